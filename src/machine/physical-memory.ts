import type { Gpa, GuestMemory } from './guest-memory';
import { FRAME_SIZE } from './memory-map';
import type { SharedMemory } from './shared-memory';
import type { SlotTable } from './slots';

/** Guest-physical memory for devices (DMA), frame by frame through the slot table and the page flags. */
export class PhysicalMemory implements GuestMemory {
  readonly #small = new Uint8Array(4);
  readonly #smallView = new DataView(this.#small.buffer);

  constructor(
    private readonly shared: SharedMemory,
    private readonly slots: SlotTable,
  ) {}

  read(gpa: Gpa, into: Uint8Array): void {
    let done = 0;
    while (done < into.length) {
      const size = Math.min(into.length - done, FRAME_SIZE - ((gpa + done) % FRAME_SIZE));
      const offset = this.slots.readOffset(gpa + done);
      if (offset === undefined) into.fill(0xff, done, done + size);
      else {
        this.shared.prepareRead(offset);
        into.set(this.shared.bytes.subarray(offset, offset + size), done);
      }
      done += size;
    }
  }

  write(gpa: Gpa, from: Uint8Array): void {
    let done = 0;
    while (done < from.length) {
      const size = Math.min(from.length - done, FRAME_SIZE - ((gpa + done) % FRAME_SIZE));
      const offset = this.slots.writeOffset(gpa + done);
      if (offset !== undefined && this.shared.prepareWrite(offset, size)) {
        this.shared.bytes.set(from.subarray(done, done + size), offset);
      }
      done += size;
    }
  }

  #readSmall(gpa: Gpa, size: number): DataView {
    this.read(gpa, this.#small.subarray(0, size));
    return this.#smallView;
  }

  readU8(gpa: Gpa): number {
    return this.#readSmall(gpa, 1).getUint8(0);
  }

  readU16(gpa: Gpa): number {
    return this.#readSmall(gpa, 2).getUint16(0, true);
  }

  readU32(gpa: Gpa): number {
    return this.#readSmall(gpa, 4).getUint32(0, true);
  }

  writeU8(gpa: Gpa, value: number): void {
    this.#smallView.setUint8(0, value);
    this.write(gpa, this.#small.subarray(0, 1));
  }

  writeU16(gpa: Gpa, value: number): void {
    this.#smallView.setUint16(0, value, true);
    this.write(gpa, this.#small.subarray(0, 2));
  }

  writeU32(gpa: Gpa, value: number): void {
    this.#smallView.setUint32(0, value, true);
    this.write(gpa, this.#small.subarray(0, 4));
  }
}
