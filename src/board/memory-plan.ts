import type { SmramAccess, PamSegment, PamWires } from '../devices/i440fx/i440fx';
import type { InterruptLine } from '../machine/interrupt-line';
import type { MachineMemory } from '../machine/machine-memory';
import type { MemoryMap } from '../machine/memory-map';

const KIB = 1024;
const VGA_HOLE = 640 * KIB;
const MIB = KIB * KIB;
const GIB4 = 2 ** 32;
/** The part of the BIOS that also answers below 1 MiB, as on the PIIX3 (E0000-FFFFF). */
const LOW_BIOS_BYTES = 128 * KIB;
/** C0000-FFFFF is ruled by the PAM registers. */
const PAM_START = 0xc0000;

/**
 * Where RAM, ROM and shadow RAM stand in guest-physical space: RAM from 0 with the VGA hole, PAM segments, the BIOS below
 * 4 GiB. Up to 3 GiB of RAM end below the PCI hole, so none stands above 4 GiB.
 */
export class MemoryPlan implements PamWires {
  readonly #ram: number;
  readonly #lowBios: number;
  #smram: SmramAccess = { isEnabled: false, isOpen: false, isClosedToData: false };
  #isInSmm = false;

  constructor(
    private readonly memory: MachineMemory,
    map: MemoryMap,
    biosBytes: number,
  ) {
    this.#ram = map.ram.offset;
    const { size } = map.ram;
    const biosOffset = map.rom.offset + map.rom.size - biosBytes;
    this.#lowBios = map.rom.offset + map.rom.size - LOW_BIOS_BYTES;
    this.#mapRam('ram-low', 0, Math.min(size, VGA_HOLE));
    if (size > MIB) this.#mapRam('ram-high', MIB, size - MIB);
    memory.map('bios', { gpa: GIB4 - biosBytes, size: biosBytes, read: biosOffset, write: 'drop' });
  }

  mapSegment({ gpa, size, readsRam, writesRam }: PamSegment): void {
    const ram = this.#ram + gpa;
    const isBios = gpa >= PAM_START + (2 ** 18 - LOW_BIOS_BYTES);
    const rom = isBios ? this.#lowBios + (gpa - (MIB - LOW_BIOS_BYTES)) : undefined;
    const read = readsRam ? ram : rom;
    this.memory.map(`pam-${gpa.toString(16)}`, {
      gpa,
      size,
      ...(read === undefined ? {} : { read }),
      write: writesRam ? ram : 'drop',
    });
  }

  mapSmram(access: SmramAccess): void {
    this.#smram = access;
    this.#mapSmram();
  }

  /**
   * The vCPU that goes on is in system management mode, or is not: SMRAM is mapped for one vCPU at a time. D_CLS, which would send data
   * accesses of SMM to the display again but not its code, is not modelled: there is one map for both.
   */
  readonly smiact: InterruptLine = {
    set: (level) => {
      if (level === this.#isInSmm) return;
      this.#isInSmm = level;
      if (this.#smram.isEnabled && !this.#smram.isOpen) this.#mapSmram();
    },
  };

  #mapSmram(): void {
    const { isEnabled, isOpen } = this.#smram;
    const offset = this.#ram + VGA_HOLE;
    const isSeen = isOpen || (isEnabled && this.#isInSmm);
    this.memory.map(
      'smram',
      // over the VGA's window, which is memory too in some modes
      isSeen ? { gpa: VGA_HOLE, size: PAM_START - VGA_HOLE, read: offset, write: offset, isOverlay: true } : undefined,
    );
  }

  #mapRam(name: string, gpa: number, size: number): void {
    this.memory.map(name, { gpa, size, read: this.#ram + gpa, write: this.#ram + gpa });
  }
}
