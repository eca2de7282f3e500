import { assert } from '../base/errors';
import type { Gpa, GuestMemory, MemoryBlock, MemorySlots, SlotMapping } from './guest-memory';
import { FRAME_BYTES, PAGE_FLAGS_BYTES, PAGE_FLAGS_OFFSET, SLOT_TABLE_BYTES, SLOT_TABLE_OFFSET } from './memory-map';
import {
  PAGE_CLEAN,
  PAGE_COPYING,
  PAGE_HAS_CODE,
  PAGE_NOT_LOADED,
  PAGE_ROM,
  PAGE_WATCHED,
  WRITE_BLOCKERS,
} from './page-flags';

/** The slot table in shared memory, which the CPU's page walker reads (core/slots.ts). */
const SLOT_COUNT = 0;
const SLOT_A20 = 1;
/** The range that most addresses lie in: first page, end page, frame of the first. */
const SLOT_PLAIN = 2;
const SLOT_FIRST_WORD = 8;
const SLOT_WORDS = 4;
const SLOT_ABSENT = 0xffffffff;
const SLOT_DROP = 0xfffffffe;
const MAX_SLOTS = (SLOT_TABLE_BYTES / 4 - SLOT_FIRST_WORD) / SLOT_WORDS;

/** What must be told when translations, permissions or code change; the partition listens. */
export interface MemoryListener {
  /** Slots or A20 changed. */
  memoryChanged(): void;
  /** Plain writes to frames [first, end) are forbidden from now on. */
  writesForbidden(firstFrame: number, endFrame: number): void;
  /** A device writes [offset, offset + size) of a frame with code. */
  codeWritten(offset: number, size: number): void;
  /** A frame is COPYING or NOT_LOADED and must become plain. */
  pageSlow(offset: number): void;
}

interface Slot {
  readonly firstPage: number;
  readonly endPage: number;
  readonly readFrame: number;
  readonly writeFrame: number;
  readonly isOverlay: boolean;
}

const NO_LISTENER: MemoryListener = {
  memoryChanged: () => undefined,
  writesForbidden: () => undefined,
  codeWritten: () => undefined,
  pageSlow: () => undefined,
};

/** Guest-physical memory over the shared memory: slots, page flags, the devices' reads and writes. Machine thread only. */
export class MachineMemory implements GuestMemory, MemorySlots {
  readonly bytes: Uint8Array;
  readonly flags: Uint8Array;
  readonly #view: DataView;
  readonly #table: Uint32Array;
  readonly #slots = new Map<string, Slot>();
  #order: Slot[] = [];
  #a20 = true;
  listener: MemoryListener = NO_LISTENER;

  constructor(readonly memory: WebAssembly.Memory) {
    this.bytes = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
    this.flags = new Uint8Array(memory.buffer, PAGE_FLAGS_OFFSET, PAGE_FLAGS_BYTES);
    this.#table = new Uint32Array(memory.buffer, SLOT_TABLE_OFFSET, SLOT_TABLE_BYTES / 4);
    this.#table[SLOT_A20] = 1;
  }

  // slots

  map(name: string, mapping: SlotMapping | undefined): void {
    if (mapping === undefined) {
      if (!this.#slots.delete(name)) return;
    } else {
      assert(
        mapping.gpa % FRAME_BYTES === 0 && mapping.size % FRAME_BYTES === 0 && mapping.size > 0,
        `slot ${name} is page-aligned`,
      );
      const firstPage = mapping.gpa / FRAME_BYTES;
      const frame = (offset: number | 'drop' | undefined): number =>
        offset === undefined ? SLOT_ABSENT : offset === 'drop' ? SLOT_DROP : offset / FRAME_BYTES;
      const slot = {
        firstPage,
        endPage: firstPage + mapping.size / FRAME_BYTES,
        readFrame: frame(mapping.read),
        writeFrame: frame(mapping.write),
        isOverlay: mapping.isOverlay === true,
      };
      const old = this.#slots.get(name);
      if (old !== undefined && isSame(old, slot)) return;
      this.#slots.set(name, slot);
    }
    this.#writeTable();
  }

  setA20(enabled: boolean): void {
    if (this.#a20 === enabled) return;
    this.#a20 = enabled;
    this.#table[SLOT_A20] = enabled ? 1 : 0;
    this.listener.memoryChanged();
  }

  /** A part of the shared memory for one owner. */
  block(offset: number, size: number, flags: number): MemoryBlock {
    const first = offset / FRAME_BYTES;
    this.flags.fill(flags, first, first + size / FRAME_BYTES);
    return {
      offset,
      size,
      bytes: this.bytes.subarray(offset, offset + size),
      prepareWrite: (page) => this.prepareWrite(offset + page * FRAME_BYTES, FRAME_BYTES),
      collectWritten: () => this.#collectWritten(first, size / FRAME_BYTES),
    };
  }

  // GuestMemory

  read(gpa: Gpa, into: Uint8Array): void {
    for (let done = 0; done < into.length; ) {
      const at = gpa + done;
      const length = Math.min(FRAME_BYTES - (at % FRAME_BYTES), into.length - done);
      const offset = this.#readOffset(at);
      if (offset < 0) into.fill(0xff, done, done + length);
      else into.set(this.bytes.subarray(offset, offset + length), done);
      done += length;
    }
  }

  write(gpa: Gpa, from: Uint8Array): void {
    for (let done = 0; done < from.length; ) {
      const at = gpa + done;
      const length = Math.min(FRAME_BYTES - (at % FRAME_BYTES), from.length - done);
      const offset = this.#writeOffset(at, length);
      if (offset >= 0)
        this.bytes.set(done === 0 && length === from.length ? from : from.subarray(done, done + length), offset);
      done += length;
    }
  }

  readU8(gpa: Gpa): number {
    const offset = this.#readOffset(gpa);
    return offset < 0 ? 0xff : this.#view.getUint8(offset);
  }

  readU16(gpa: Gpa): number {
    if (gpa % FRAME_BYTES > FRAME_BYTES - 2) return this.readU8(gpa) | (this.readU8(gpa + 1) << 8);
    const offset = this.#readOffset(gpa);
    return offset < 0 ? 0xffff : this.#view.getUint16(offset, true);
  }

  readU32(gpa: Gpa): number {
    if (gpa % FRAME_BYTES > FRAME_BYTES - 4) return (this.readU16(gpa) | (this.readU16(gpa + 2) << 16)) >>> 0;
    const offset = this.#readOffset(gpa);
    return offset < 0 ? 0xffffffff : this.#view.getUint32(offset, true);
  }

  writeU8(gpa: Gpa, value: number): void {
    const offset = this.#writeOffset(gpa, 1);
    if (offset >= 0) this.#view.setUint8(offset, value);
  }

  writeU16(gpa: Gpa, value: number): void {
    if (gpa % FRAME_BYTES > FRAME_BYTES - 2) {
      this.writeU8(gpa, value & 0xff);
      this.writeU8(gpa + 1, (value >>> 8) & 0xff);
      return;
    }
    const offset = this.#writeOffset(gpa, 2);
    if (offset >= 0) this.#view.setUint16(offset, value, true);
  }

  writeU32(gpa: Gpa, value: number): void {
    if (gpa % FRAME_BYTES > FRAME_BYTES - 4) {
      this.writeU16(gpa, value & 0xffff);
      this.writeU16(gpa + 2, value >>> 16);
      return;
    }
    const offset = this.#writeOffset(gpa, 4);
    if (offset >= 0) this.#view.setUint32(offset, value, true);
  }

  // flags

  /** Before anybody but the CPU writes [offset, offset + size) of one frame. */
  prepareWrite(offset: number, size: number): void {
    const frame = Math.floor(offset / FRAME_BYTES);
    let flags = this.flags[frame] as number;
    if ((flags & WRITE_BLOCKERS) === 0) return;
    if ((flags & (PAGE_COPYING | PAGE_NOT_LOADED)) !== 0) this.listener.pageSlow(offset);
    if ((flags & PAGE_HAS_CODE) !== 0) this.listener.codeWritten(offset, size);
    flags = this.flags[frame] as number;
    this.flags[frame] = flags & ~(PAGE_CLEAN | PAGE_WATCHED);
  }

  #collectWritten(first: number, count: number): Uint8Array {
    const written = new Uint8Array(Math.ceil(count / 8));
    let isAny = false;
    for (let page = 0; page < count; page++) {
      const flags = this.flags[first + page] as number;
      if ((flags & PAGE_WATCHED) !== 0) continue;
      written[page >> 3] = (written[page >> 3] as number) | (1 << (page & 7));
      this.flags[first + page] = flags | PAGE_WATCHED;
      isAny = true;
    }
    if (isAny) this.listener.writesForbidden(first, first + count);
    return written;
  }

  #slotOf(gpa: number): Slot | undefined {
    const page = Math.floor(gpa / FRAME_BYTES);
    for (const slot of this.#order) if (page >= slot.firstPage && page < slot.endPage) return slot;
    return undefined;
  }

  /** -1: no memory there. DMA does not pass through the A20 gate, which stands between CPU and bus. */
  #readOffset(gpa: number): number {
    const slot = this.#slotOf(gpa);
    if (slot === undefined || slot.readFrame >= SLOT_DROP) return -1;
    const offset = gpa - slot.firstPage * FRAME_BYTES + slot.readFrame * FRAME_BYTES;
    if (((this.flags[Math.floor(offset / FRAME_BYTES)] as number) & PAGE_NOT_LOADED) !== 0)
      this.listener.pageSlow(offset);
    return offset;
  }

  #writeOffset(gpa: number, size: number): number {
    const slot = this.#slotOf(gpa);
    if (slot === undefined || slot.writeFrame >= SLOT_DROP) return -1;
    const offset = gpa - slot.firstPage * FRAME_BYTES + slot.writeFrame * FRAME_BYTES;
    if (((this.flags[Math.floor(offset / FRAME_BYTES)] as number) & PAGE_ROM) !== 0) return -1;
    this.prepareWrite(offset, size);
    return offset;
  }

  #writeTable(): void {
    const slots = [...this.#slots.values()];
    this.#order = [...slots.filter((slot) => slot.isOverlay), ...slots.filter((slot) => !slot.isOverlay)];
    assert(this.#order.length <= MAX_SLOTS, 'the slot table has room');
    this.#table[SLOT_COUNT] = this.#order.length;
    this.#order.forEach((slot, index) => {
      this.#table.set(
        [slot.firstPage, slot.endPage, slot.readFrame, slot.writeFrame],
        SLOT_FIRST_WORD + index * SLOT_WORDS,
      );
    });
    this.#table.set(plainRange(this.#order), SLOT_PLAIN);
    this.listener.memoryChanged();
  }
}

/** The longest range of pages that are read and written at one place, with nothing above them: first page, end page, frame. */
function plainRange(order: readonly Slot[]): readonly [number, number, number] {
  let best: readonly [number, number, number] = [0, 0, 0];
  order.forEach((slot, index) => {
    if (slot.readFrame !== slot.writeFrame || slot.readFrame >= SLOT_DROP) return;
    const above = order.slice(0, index);
    const borders = [slot.firstPage, slot.endPage, ...above.flatMap(({ firstPage, endPage }) => [firstPage, endPage])]
      .filter((page) => page >= slot.firstPage && page <= slot.endPage)
      .sort((a, b) => a - b);
    borders.forEach((first, i) => {
      const end = borders[i + 1] ?? first;
      const isCovered = above.some(({ firstPage, endPage }) => firstPage < end && first < endPage);
      if (!isCovered && end - first > best[1] - best[0]) best = [first, end, slot.readFrame + first - slot.firstPage];
    });
  });
  return best;
}

function isSame(a: Slot, b: Slot): boolean {
  return (
    a.firstPage === b.firstPage &&
    a.endPage === b.endPage &&
    a.readFrame === b.readFrame &&
    a.writeFrame === b.writeFrame &&
    a.isOverlay === b.isOverlay
  );
}
