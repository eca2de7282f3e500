import type { SmramAccess, PamSegment, PamWires } from '../devices/i440fx/i440fx';
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

  /** SMM is declared absent, so only an open SMRAM (D_OPEN) is ever seen. */
  mapSmram({ isOpen }: SmramAccess): void {
    const offset = this.#ram + VGA_HOLE;
    this.memory.map(
      'smram',
      isOpen ? { gpa: VGA_HOLE, size: PAM_START - VGA_HOLE, read: offset, write: offset } : undefined,
    );
  }

  #mapRam(name: string, gpa: number, size: number): void {
    this.memory.map(name, { gpa, size, read: this.#ram + gpa, write: this.#ram + gpa });
  }
}
