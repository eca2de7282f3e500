import { allOnes, type AccessSize, type PortHandler } from './device';

interface PortRange {
  readonly first: number;
  readonly count: number;
  readonly handler: PortHandler;
  /** Widest access the chip understands; wider ones are split, low byte first. */
  readonly width: AccessSize;
}

/** The 64 Ki I/O ports. Reads of nothing give all ones. */
export class PortBus implements PortHandler {
  readonly #ports: (PortRange | undefined)[] = new Array<PortRange | undefined>(0x10000).fill(undefined);
  readonly #named = new Map<string, PortRange>();
  readonly #taps = new Map<number, (value: number, size: AccessSize) => void>();

  map(first: number, count: number, handler: PortHandler, width: AccessSize = 1): void {
    this.#place({ first, count, handler, width });
  }

  /** A range that moves (a BAR): replaces the earlier place of `name`; undefined removes it. Fixed ranges win. */
  mapNamed(name: string, first: number | undefined, count: number, handler: PortHandler): void {
    const old = this.#named.get(name);
    if (old !== undefined) {
      for (let port = old.first; port < old.first + old.count; port++) {
        if (this.#ports[port] === old) this.#ports[port] = undefined;
      }
      this.#named.delete(name);
    }
    if (first === undefined || first + count > 0x10000) return;
    const range: PortRange = { first, count, handler, width: 4 };
    this.#named.set(name, range);
    for (let port = first; port < first + count; port++) this.#ports[port] ??= range;
  }

  /** Sees every write to a port, before the device does. */
  tap(port: number, seen: (value: number, size: AccessSize) => void): void {
    this.#taps.set(port, seen);
  }

  readPort(port: number, size: AccessSize): number {
    const range = this.#ports[port];
    if (range !== undefined && size <= range.width && port - range.first + size <= range.count) {
      return range.handler.readPort(port - range.first, size) >>> 0;
    }
    if (size === 1) return allOnes(1);
    let value = 0;
    for (let i = 0; i < size; i++) value |= this.readPort((port + i) & 0xffff, 1) << (8 * i);
    return value >>> 0;
  }

  writePort(port: number, size: AccessSize, value: number): void {
    if (this.#taps.size > 0) this.#taps.get(port)?.(value, size);
    this.#write(port, size, value);
  }

  #write(port: number, size: AccessSize, value: number): void {
    const range = this.#ports[port];
    if (range !== undefined && size <= range.width && port - range.first + size <= range.count) {
      range.handler.writePort(port - range.first, size, value >>> 0);
      return;
    }
    if (size === 1) return;
    for (let i = 0; i < size; i++) this.#write((port + i) & 0xffff, 1, (value >>> (8 * i)) & 0xff);
  }

  #place(range: PortRange): void {
    for (let port = range.first; port < range.first + range.count; port++) this.#ports[port] = range;
  }
}
