/**
 * A VGA with the Bochs VBE extension on PCI, as SeaVGABIOS "stdvga" expects it (1234:1111): the IBM VGA after the "PS/2
 * Hardware Interface Technical Reference, Video Subsystem" (1992), packed-pixel modes in up to 16 MiB, the registers a
 * second time in BAR 2, the video BIOS in the expansion ROM.
 *
 * Left out: the vertical retrace interrupt, the light pen, the overscan border, interlace, register changes that take
 * effect within a frame.
 */
import type { GuestClock } from '../../machine/clock';
import {
  allOnes,
  type AccessSize,
  type Device,
  type DeviceId,
  type MmioHandler,
  type PortHandler,
} from '../../machine/device';
import type { MemoryBlock } from '../../machine/guest-memory';
import { COMMAND_IO, COMMAND_MEMORY, PciConfigSpace } from '../../machine/pci-config';
import type { PciWires } from '../../machine/pci';
import { noneLeft } from '../../machine/saved-state';
import type { ScreenSource } from '../../machine/screen';
import { Dispi } from './dispi';
import { makeEdid } from './edid';
import { Planes } from './planes';
import {
  ATTR_INDEX_PAS,
  ATTRIBUTE_COUNT,
  attributeBits,
  CLOCKING_SCREEN_OFF,
  CR_ATTRIBUTE_FLIP_FLOP,
  CR_CPU_LATCH,
  CR_CURSOR_END,
  CR_CURSOR_LOCATION_HIGH,
  CR_CURSOR_LOCATION_LOW,
  CR_CURSOR_START,
  CR_OVERFLOW,
  CR_START_ADDRESS_HIGH,
  CR_START_ADDRESS_LOW,
  CR_VERTICAL_RETRACE_END,
  CRTC_COUNT,
  GR_MISCELLANEOUS,
  GR_MODE,
  GR_READ_MAP_SELECT,
  GRAPHICS_COUNT,
  graphicsBits,
  MISC_ERAM,
  MISC_IOAS,
  MISCELLANEOUS_GRAPHICS,
  MODE_SHIFT_256,
  MODE_SHIFT_INTERLEAVED,
  powerOnRegisters,
  RETRACE_END_PROTECT,
  SEQUENCER_COUNT,
  sequencerBits,
  SR_CLOCKING_MODE,
  SR_MAP_MASK,
  type VgaRegisters,
} from './registers';
import type { VgaState } from './state';
import { type BeamTiming, beamStatus, beamTiming } from './timing';
import { CHANGE_ALL, CHANGE_POSITION, VgaScreen } from './vga-screen';

export interface VgaWires {
  /** A power of two from 256 KiB to 64 MiB. */
  readonly vram: MemoryBlock;
  readonly clock: GuestClock;
  readonly pci: PciWires;
  /** The video BIOS. */
  readonly rom?: Uint8Array;
  /** Resolution the monitor says it prefers; default 1280 x 800. */
  readonly preferred?: { readonly width: number; readonly height: number };
}

/** Ports of `Vga.ports` and `Vga.dispiPorts`. */
export const VGA_FIRST_PORT = 0x3b0;
export const VGA_PORT_COUNT = 0x30;
export const DISPI_FIRST_PORT = 0x1ce;
export const DISPI_PORT_COUNT = 4;
/** Guest-physical place of `Vga.window`. */
export const VGA_WINDOW = 0xa0000;
export const VGA_WINDOW_SIZE = 0x20000;

/** BAR 2: EDID, legacy ports from 3C0 on, DISPI registers, and the byte order registers of the Bochs adapter. */
const BAR2_SIZE = 0x1000;
const BAR2_PORTS = 0x400;
const BAR2_DISPI = 0x500;
const BAR2_DISPI_END = 0x516;
const BAR2_EXTENSION_SIZE = 0x600;
const BAR2_BYTE_ORDER = 0x604;
const LITTLE_ENDIAN = 0x1e1e1e1e;
const INPUT_STATUS_0 = 0x10; // switch sense: a monitor is there

export class Vga implements Device<VgaState> {
  readonly config: PciConfigSpace;
  readonly ports: PortHandler;
  readonly dispiPorts: PortHandler;
  readonly window: MmioHandler;
  readonly screen: ScreenSource;
  readonly #regs: VgaRegisters = powerOnRegisters();
  readonly #dispi: Dispi;
  readonly #planes: Planes;
  readonly #screen: VgaScreen;
  readonly #bytes: Uint8Array;
  readonly #edid: Uint8Array;
  /** Pages that may be written without asking `prepareWrite` again. */
  readonly #prepared: Uint8Array;
  #hasPrepared = false;
  /** First offset of the A0000 window that answers, and how many do. */
  #windowStart = 0;
  #windowSize = 0;
  /** Where the window is mapped as memory: offset in video memory and size; undefined: it is not. */
  #mapped: { readonly offset: number; readonly size: number } | undefined;
  #timing: BeamTiming | undefined;

  constructor(
    readonly id: DeviceId,
    private readonly wires: VgaWires,
  ) {
    const { vram, clock } = wires;
    this.#bytes = vram.bytes;
    this.#prepared = new Uint8Array(vram.size >>> 12);
    this.#edid = makeEdid(wires.preferred?.width ?? 1280, wires.preferred?.height ?? 800);
    const words = new Int32Array(vram.bytes.buffer, vram.bytes.byteOffset, vram.size >>> 2);
    this.#planes = new Planes(this.#regs, words, (p) => this.#prepare(p >>> 10));
    this.#dispi = new Dispi(vram.size, {
      changed: (isShown) => this.#update(isShown ? CHANGE_ALL : 0),
      clear: (length) => this.#clear(length),
    });
    this.#screen = new VgaScreen(this.#regs, this.#dispi, vram, words, clock, () => this.#forgetPrepared());
    this.screen = this.#screen;
    this.dispiPorts = this.#dispi;
    this.ports = {
      readPort: (offset, size) => this.#readPorts(VGA_FIRST_PORT + offset, size),
      writePort: (offset, size, value) => this.#writePorts(VGA_FIRST_PORT + offset, size, value),
    };
    this.window = {
      readMmio: (offset, size) => this.#readWindow(offset, size),
      writeMmio: (offset, size, value) => this.#writeWindow(offset, size, value),
    };
    const registers: MmioHandler = {
      readMmio: (offset, size) => this.#readBar2(offset, size),
      writeMmio: (offset, size, value) => this.#writeBar2(offset, size, value),
    };
    this.config = new PciConfigSpace(
      id,
      {
        vendor: 0x1234,
        device: 0x1111,
        revision: 2,
        classCode: 0x030000,
        subsystemVendor: 0x1af4,
        subsystem: 0x1100,
        commandWritable: COMMAND_IO | COMMAND_MEMORY,
      },
      wires.pci,
      [
        { kind: 'memory', index: 0, size: vram.size, isPrefetchable: true, offset: vram.offset },
        { kind: 'mmio', index: 2, size: BAR2_SIZE, handler: registers },
      ],
      wires.rom,
    );
    this.#update(CHANGE_ALL);
  }

  reset(): void {
    Object.assign(this.#regs, powerOnRegisters());
    this.#dispi.reset();
    this.config.reset();
    this.#update(CHANGE_ALL);
  }

  /** A snapshot may follow: its page flags ask for `prepareWrite` anew. */
  pause(): void {
    this.#forgetPrepared();
  }

  save(): VgaState {
    const {
      misc,
      feature,
      subsystemEnable,
      seqIndex,
      seq,
      gcIndex,
      gc,
      crtcIndex,
      crtc,
      attrIndex,
      attrIsData,
      attr,
      pelMask,
      dacState,
      dacReadIndex,
      dacWriteIndex,
      dacComponent,
      dacPending,
      dac,
      latch,
      ...rest
    } = this.#regs;
    noneLeft(rest);
    return {
      config: this.config.save(),
      dispi: { ...this.#dispi.regs },
      misc,
      feature,
      subsystemEnable,
      seqIndex,
      seq: seq.slice(),
      gcIndex,
      gc: gc.slice(),
      crtcIndex,
      crtc: crtc.slice(),
      attrIndex,
      attrIsData,
      attr: attr.slice(),
      pelMask,
      dacState,
      dacReadIndex,
      dacWriteIndex,
      dacComponent,
      dacPending: dacPending.slice(),
      dac: dac.slice(),
      latch: latch >>> 0,
    };
  }

  restore(state: VgaState): void {
    const { config, dispi, latch, seq, gc, crtc, attr, dacPending, dac, ...plain } = state;
    Object.assign(this.#regs, plain, {
      latch: latch | 0,
      seq: seq.map((value, i) => value & sequencerBits(i)),
      gc: gc.map((value, i) => value & graphicsBits(i)),
      crtc: crtc.slice(),
      attr: attr.map((value, i) => value & attributeBits(i)),
      dacPending: dacPending.slice(),
      dac: dac.slice(),
    });
    this.#dispi.restore({ ...dispi });
    this.#forgetPrepared();
    this.config.restore(config);
    this.#update(CHANGE_ALL);
  }

  #readPorts(port: number, size: AccessSize): number {
    let value = 0;
    for (let i = 0; i < size; i++) value |= this.#readPort(port + i) << (8 * i);
    return value >>> 0;
  }

  #writePorts(port: number, size: AccessSize, value: number): void {
    for (let i = 0; i < size; i++) this.#writePort(port + i, (value >>> (8 * i)) & 0xff);
  }

  #readPort(port: number): number {
    const regs = this.#regs;
    switch (port) {
      case 0x3c0:
        return regs.attrIndex;
      case 0x3c1:
        return regs.attr[regs.attrIndex & 0x1f] ?? 0;
      case 0x3c2:
        return INPUT_STATUS_0;
      case 0x3c3:
        return regs.subsystemEnable;
      case 0x3c4:
        return regs.seqIndex;
      case 0x3c5:
        return regs.seq[regs.seqIndex] ?? 0;
      case 0x3c6:
        return regs.pelMask;
      case 0x3c7:
        return regs.dacState;
      case 0x3c8:
        return regs.dacWriteIndex;
      case 0x3c9:
        return this.#readDac();
      case 0x3ca:
        return regs.feature;
      case 0x3cc:
        return regs.misc;
      case 0x3ce:
        return regs.gcIndex;
      case 0x3cf:
        return regs.gc[regs.gcIndex] ?? 0;
      default:
        break;
    }
    switch (this.#crtcPort(port)) {
      case 4:
        return regs.crtcIndex;
      case 5:
        return this.#readCrtc(regs.crtcIndex);
      case 10:
        regs.attrIsData = false;
        this.#timing ??= beamTiming(regs, this.#dispi.isEnabled ? this.#dispi.regs.yres : undefined);
        return beamStatus(this.#timing, this.wires.clock.nowNs());
      default:
        return 0xff;
    }
  }

  #writePort(port: number, value: number): void {
    const regs = this.#regs;
    switch (port) {
      case 0x3c0:
        this.#writeAttribute(value);
        return;
      case 0x3c2:
        this.#writeMisc(value);
        return;
      case 0x3c3:
        regs.subsystemEnable = value & 1;
        return;
      case 0x3c4:
        regs.seqIndex = value & 7;
        return;
      case 0x3c5:
        this.#writeSequencer(regs.seqIndex, value);
        return;
      case 0x3c6:
        if (regs.pelMask === value) return;
        regs.pelMask = value;
        this.#screen.noteChange(CHANGE_ALL);
        return;
      case 0x3c7:
        regs.dacReadIndex = value;
        regs.dacComponent = 0;
        regs.dacState = 3;
        return;
      case 0x3c8:
        regs.dacWriteIndex = value;
        regs.dacComponent = 0;
        regs.dacState = 0;
        return;
      case 0x3c9:
        this.#writeDac(value);
        return;
      case 0x3ce:
        regs.gcIndex = value & 15;
        return;
      case 0x3cf:
        this.#writeGraphics(regs.gcIndex, value);
        return;
      default:
        break;
    }
    switch (this.#crtcPort(port)) {
      case 4:
        regs.crtcIndex = value;
        return;
      case 5:
        this.#writeCrtc(regs.crtcIndex, value);
        return;
      case 10:
        regs.feature = value & 3;
        return;
      default:
        return;
    }
  }

  /** Low digit of a port of the CRTC's active range (3D0-3DF or 3B0-3BF), -1 for others. */
  #crtcPort(port: number): number {
    const base = (this.#regs.misc & MISC_IOAS) !== 0 ? 0x3d0 : 0x3b0;
    return (port & ~15) === base ? port & 15 : -1;
  }

  #writeMisc(value: number): void {
    this.#regs.misc = value;
    this.#timing = undefined;
    this.#update(0);
  }

  #writeAttribute(value: number): void {
    const regs = this.#regs;
    if (!regs.attrIsData) {
      regs.attrIsData = true;
      regs.attrIndex = value & (0x1f | ATTR_INDEX_PAS);
      return;
    }
    regs.attrIsData = false;
    const index = regs.attrIndex & 0x1f;
    if (index >= ATTRIBUTE_COUNT) return;
    const bits = value & attributeBits(index);
    if (regs.attr[index] === bits) return;
    regs.attr[index] = bits;
    this.#screen.noteChange(CHANGE_ALL);
  }

  #writeSequencer(index: number, value: number): void {
    const { seq } = this.#regs;
    if (index >= SEQUENCER_COUNT) return;
    const bits = value & sequencerBits(index);
    const changed = seq[index]! ^ bits;
    seq[index] = bits;
    if (changed === 0) return;
    // Neither the map mask nor switching the screen off and on again within a frame changes the picture.
    const isUnseen = index === SR_MAP_MASK || (index === SR_CLOCKING_MODE && changed === CLOCKING_SCREEN_OFF);
    this.#update(isUnseen ? 0 : CHANGE_ALL);
  }

  #writeGraphics(index: number, value: number): void {
    const { gc } = this.#regs;
    if (index >= GRAPHICS_COUNT) return;
    const bits = value & graphicsBits(index);
    const changed = gc[index]! ^ bits;
    if (changed === 0) return;
    gc[index] = bits;
    if (index === GR_READ_MAP_SELECT) return;
    const isShown =
      (index === GR_MODE && (changed & (MODE_SHIFT_256 | MODE_SHIFT_INTERLEAVED)) !== 0) ||
      (index === GR_MISCELLANEOUS && (changed & MISCELLANEOUS_GRAPHICS) !== 0);
    this.#update(isShown ? CHANGE_ALL : 0);
  }

  #readCrtc(index: number): number {
    const regs = this.#regs;
    if (index < CRTC_COUNT) return regs.crtc[index]!;
    if (index === CR_CPU_LATCH) return (regs.latch >>> (8 * regs.gc[GR_READ_MAP_SELECT]!)) & 0xff;
    if (index === CR_ATTRIBUTE_FLIP_FLOP) return (regs.attrIsData ? 0x80 : 0) | (regs.attrIndex & 0x3f);
    return 0;
  }

  #writeCrtc(index: number, value: number): void {
    const { crtc } = this.#regs;
    if (index >= CRTC_COUNT) return;
    let bits = value;
    if (index <= CR_OVERFLOW && (crtc[CR_VERTICAL_RETRACE_END]! & RETRACE_END_PROTECT) !== 0) {
      // Only the line compare bit escapes the write protection.
      if (index !== CR_OVERFLOW) return;
      bits = (crtc[index]! & ~0x10) | (value & 0x10);
    }
    if (crtc[index] === bits) return;
    crtc[index] = bits;
    switch (index) {
      case CR_CURSOR_START:
      case CR_CURSOR_END:
      case CR_CURSOR_LOCATION_HIGH:
      case CR_CURSOR_LOCATION_LOW:
        return; // looked at when drawing
      case CR_START_ADDRESS_HIGH:
      case CR_START_ADDRESS_LOW:
        this.#screen.noteChange(CHANGE_POSITION);
        return;
      default:
        this.#timing = undefined;
        this.#screen.noteChange(CHANGE_ALL);
    }
  }

  #readDac(): number {
    const regs = this.#regs;
    const value = regs.dac[3 * regs.dacReadIndex + regs.dacComponent]!;
    if (++regs.dacComponent === 3) {
      regs.dacComponent = 0;
      regs.dacReadIndex = (regs.dacReadIndex + 1) & 0xff;
    }
    return this.#dispi.hasDac8 ? value : value & 0x3f;
  }

  #writeDac(value: number): void {
    const regs = this.#regs;
    regs.dacPending[regs.dacComponent] = this.#dispi.hasDac8 ? value : value & 0x3f;
    if (++regs.dacComponent < 3) return;
    regs.dacComponent = 0;
    const at = 3 * regs.dacWriteIndex;
    regs.dacWriteIndex = (regs.dacWriteIndex + 1) & 0xff;
    const { dac, dacPending } = regs;
    if (dac[at] === dacPending[0] && dac[at + 1] === dacPending[1] && dac[at + 2] === dacPending[2]) return;
    dac.set(dacPending, at);
    this.#screen.noteChange(CHANGE_ALL);
  }

  /** Takes over changed registers everywhere: memory access, window, timing and (as `change` says) picture. */
  #update(change: number): void {
    const { gc, misc } = this.#regs;
    const dispi = this.#dispi;
    if (change !== 0) {
      this.#screen.noteChange(change);
      this.#timing = undefined;
    }
    this.#planes.addressMask = dispi.isPlanar ? (this.wires.vram.size >>> 2) - 1 : 0xffff;
    this.#planes.update();
    const map = dispi.isEnabled ? 1 : (gc[GR_MISCELLANEOUS]! >> 2) & 3;
    this.#windowStart = map < 2 ? 0 : map === 2 ? 0x10000 : 0x18000;
    this.#windowSize = map === 0 ? 0x20000 : map === 1 ? 0x10000 : 0x8000;
    if ((misc & MISC_ERAM) === 0 && !dispi.isEnabled) this.#windowSize = 0;
    this.#updateMapping();
  }

  /** Maps the A0000 window as memory where that is all it is. */
  #updateMapping(): void {
    const dispi = this.#dispi;
    const { vram, pci } = this.wires;
    let wanted: number | undefined;
    if (dispi.isLinear) {
      const offset = dispi.writeBankOffset;
      if (offset === dispi.readBankOffset && offset + this.#windowSize <= vram.size) wanted = offset;
    } else if (!dispi.isEnabled && this.#windowStart === 0 && this.#windowSize > 0 && this.#planes.isChain4Linear) {
      wanted = 0;
    }
    if (wanted === undefined) {
      if (this.#mapped === undefined) return;
      pci.bars.mapMemory('vga-window', undefined, this.#mapped.size, vram.offset);
      this.#mapped = undefined;
    } else if (this.#mapped?.offset !== wanted || this.#mapped.size !== this.#windowSize) {
      this.#mapped = { offset: wanted, size: this.#windowSize };
      pci.bars.mapMemory('vga-window', VGA_WINDOW, this.#windowSize, vram.offset + wanted);
    }
  }

  #readWindow(offset: number, size: AccessSize): number {
    const at = offset - this.#windowStart;
    if (at < 0 || at + size > this.#windowSize) return allOnes(size);
    let value = 0;
    const dispi = this.#dispi;
    if (dispi.isLinear) {
      const from = dispi.readBankOffset + at;
      if (from + size > this.#bytes.length) return allOnes(size);
      for (let i = 0; i < size; i++) value |= this.#bytes[from + i]! << (8 * i);
    } else {
      const from = dispi.isPlanar ? dispi.readBankOffset + at : at;
      for (let i = 0; i < size; i++) value |= this.#planes.read(from + i) << (8 * i);
    }
    return value >>> 0;
  }

  #writeWindow(offset: number, size: AccessSize, value: number): void {
    const at = offset - this.#windowStart;
    if (at < 0 || at + size > this.#windowSize) return;
    const dispi = this.#dispi;
    if (dispi.isLinear) {
      const to = dispi.writeBankOffset + at;
      if (to + size > this.#bytes.length) return;
      for (let i = 0; i < size; i++) {
        this.#prepare((to + i) >>> 12);
        this.#bytes[to + i] = value >>> (8 * i);
      }
    } else {
      const to = dispi.isPlanar ? dispi.writeBankOffset + at : at;
      for (let i = 0; i < size; i++) this.#planes.write(to + i, (value >>> (8 * i)) & 0xff);
    }
  }

  #readBar2(offset: number, size: AccessSize): number {
    if (offset + size <= BAR2_PORTS) return little(this.#edid, offset, size);
    if (offset >= BAR2_PORTS && offset + size <= BAR2_PORTS + 0x20)
      return this.#readPorts(0x3c0 + offset - BAR2_PORTS, size);
    if (offset >= BAR2_DISPI && offset + size <= BAR2_DISPI_END && size === 2) {
      return this.#dispi.read((offset - BAR2_DISPI) >> 1);
    }
    if (size === 4 && offset === BAR2_EXTENSION_SIZE) return 8;
    if (size === 4 && offset === BAR2_BYTE_ORDER) return LITTLE_ENDIAN;
    return allOnes(size);
  }

  #writeBar2(offset: number, size: AccessSize, value: number): void {
    if (offset >= BAR2_PORTS && offset + size <= BAR2_PORTS + 0x20) {
      this.#writePorts(0x3c0 + offset - BAR2_PORTS, size, value);
    } else if (offset >= BAR2_DISPI && offset + size <= BAR2_DISPI_END && size === 2) {
      this.#dispi.write((offset - BAR2_DISPI) >> 1, value & 0xffff);
    }
  }

  #clear(length: number): void {
    const end = Math.min(length, this.#bytes.length);
    for (let page = 0; page << 12 < end; page++) this.#prepare(page);
    this.#bytes.fill(0, 0, end);
  }

  #prepare(page: number): void {
    if (this.#prepared[page] !== 0) return;
    this.#prepared[page] = 1;
    this.#hasPrepared = true;
    this.wires.vram.prepareWrite(page);
  }

  #forgetPrepared(): void {
    if (!this.#hasPrepared) return;
    this.#hasPrepared = false;
    this.#prepared.fill(0);
  }
}

/** Bytes beyond the end are 0. */
function little(bytes: Uint8Array, at: number, size: AccessSize): number {
  let value = 0;
  for (let i = 0; i < size; i++) value |= (bytes[at + i] ?? 0) << (8 * i);
  return value >>> 0;
}
