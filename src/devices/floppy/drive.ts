import type { BlockPort, BlockResult } from '../../machine/block-port';
import { type FloppyFormat, formatOf, SECTOR } from './formats';

/** The highest track that heads reach: a few beyond 80. */
const MAX_TRACK = 85;

/** A drive's mechanics: head position, disk change line, and sectors of the medium by cylinder, head and record. */
export class FloppyDrive {
  track = 0;
  /** The disk change line: active until the next step with a medium in. */
  isChanged = true;

  constructor(private readonly port: BlockPort) {
    port.onMediumChange = () => {
      this.isChanged = true;
    };
  }

  get hasMedium(): boolean {
    return this.port.medium !== undefined;
  }

  get isWriteProtected(): boolean {
    return this.port.medium?.isReadOnly === true;
  }

  /** undefined: no medium, or it does not read at this data rate. */
  format(rate: number): FloppyFormat | undefined {
    const medium = this.port.medium;
    const format = medium && formatOf(medium.sizeBytes);
    return format?.rates.includes(rate) ? format : undefined;
  }

  step(track: number): void {
    const target = Math.min(track, MAX_TRACK);
    if (this.track === target) return;
    this.track = target;
    if (this.hasMedium) this.isChanged = false;
  }

  powerOn(): void {
    this.track = 0;
    this.isChanged = true;
  }

  read(offset: number, length: number, done: (result: BlockResult<Uint8Array>) => void): void {
    this.port.read(offset, this.#clip(offset, length), done);
  }

  write(offset: number, data: Uint8Array, done: (result: BlockResult<undefined>) => void): void {
    this.port.write(offset, data.subarray(0, this.#clip(offset, data.length)), done);
  }

  /** An image shorter than its format ends in zeros that cannot be written. */
  #clip(offset: number, length: number): number {
    return Math.max(0, Math.min(length, (this.port.medium?.sizeBytes ?? 0) - offset));
  }
}

/** Where a sector lies in the image. */
export function sectorOffset(format: FloppyFormat, cylinder: number, head: number, record: number): number {
  return ((cylinder * format.heads + head) * format.sectors + record - 1) * SECTOR;
}
