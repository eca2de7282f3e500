/** ACPI Machine Language, as much as our DSDT needs (ACPI 6.3, chapters 19 and 20). Every function gives encoded bytes. */
export type Aml = readonly number[];

export const ZERO: Aml = [0x00];
export const ONE: Aml = [0x01];
export const LOCAL0: Aml = [0x60];
export const ARG0: Aml = [0x68];

export function integer(value: number): Aml {
  if (value === 0) return ZERO;
  if (value === 1) return ONE;
  if (value < 0x100) return [0x0a, value];
  if (value < 0x10000) return [0x0b, ...little(value, 2)];
  if (value < 0x1_0000_0000) return [0x0c, ...little(value, 4)];
  return [0x0e, ...little(value, 8)];
}

/** Little-endian bytes of an integer below 2^53. */
export function little(value: number, size: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (let i = 0; i < size; i++) {
    bytes.push(rest % 256);
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

/** 20.2.2; segments are padded with underscores. */
export function nameString(path: string): Aml {
  const isRoot = path.startsWith('\\');
  const segments = (isRoot ? path.slice(1) : path).split('.');
  const bytes = segments.flatMap((segment) => [...segment.padEnd(4, '_')].map((c) => c.charCodeAt(0)));
  const prefix = segments.length === 1 ? [] : segments.length === 2 ? [0x2e] : [0x2f, segments.length];
  return [...(isRoot ? [0x5c] : []), ...prefix, ...bytes];
}

/** A compressed EISA id such as PNP0A03 (6.1.5). */
export function eisaId(id: string): Aml {
  const letter = (i: number): number => id.charCodeAt(i) - 0x40;
  const digit = (i: number): number => Number.parseInt(id[i]!, 16);
  const first = (letter(0) << 10) | (letter(1) << 5) | letter(2);
  return [0x0c, first >> 8, first & 0xff, (digit(3) << 4) | digit(4), (digit(5) << 4) | digit(6)];
}

/** A package length counts its own bytes (20.2.4). */
function withLength(body: Aml): Aml {
  const length = body.length;
  if (length + 1 < 0x40) return [length + 1, ...body];
  for (let extra = 1; extra < 4; extra++) {
    const total = length + 1 + extra;
    if (total >= 2 ** (4 + 8 * extra)) continue;
    return [(extra << 6) | (total & 15), ...little(Math.floor(total / 16), extra), ...body];
  }
  throw new RangeError('AML package too long');
}

export function buffer(bytes: Aml): Aml {
  return [0x11, ...withLength([...integer(bytes.length), ...bytes])];
}

export function pack(elements: readonly Aml[]): Aml {
  return [0x12, ...withLength([elements.length, ...elements.flat()])];
}

export function name(path: string, value: Aml): Aml {
  return [0x08, ...nameString(path), ...value];
}

export function scope(path: string, ...items: Aml[]): Aml {
  return [0x10, ...withLength([...nameString(path), ...items.flat()])];
}

export function device(path: string, ...items: Aml[]): Aml {
  return [0x5b, 0x82, ...withLength([...nameString(path), ...items.flat()])];
}

export function processor(path: string, id: number): Aml {
  return [0x5b, 0x83, ...withLength([...nameString(path), id, 0, 0, 0, 0, 0])];
}

export function method(path: string, argumentCount: number, isSerialized: boolean, ...body: Aml[]): Aml {
  return [0x14, ...withLength([...nameString(path), argumentCount | (isSerialized ? 8 : 0), ...body.flat()])];
}

export const SPACE_SYSTEM_IO = 1;
export const SPACE_PCI_CONFIG = 2;

export function operationRegion(path: string, space: number, offset: number, length: number): Aml {
  return [0x5b, 0x80, ...nameString(path), space, ...integer(offset), ...integer(length)];
}

/** Byte-access fields, writes preserve the rest; each [name, bits]. */
export function byteField(region: string, fields: readonly (readonly [string, number])[]): Aml {
  const list = fields.flatMap(([field, bits]) => [...nameString(field), ...fieldLength(bits)]);
  return [0x5b, 0x81, ...withLength([...nameString(region), 0x01, ...list])];
}

/** Like a package length, but counting bits and not itself. */
function fieldLength(bits: number): number[] {
  if (bits < 0x40) return [bits];
  return [0x40 | (bits & 15), bits >> 4];
}

export function createDwordField(source: Aml, index: number, path: string): Aml {
  return [0x8a, ...source, ...integer(index), ...nameString(path)];
}

export function store(value: Aml, target: Aml): Aml {
  return [0x70, ...value, ...target];
}

export function and(a: Aml, b: Aml): Aml {
  return [0x7b, ...a, ...b, 0x00];
}

export function or(a: Aml, b: Aml, target: Aml = [0x00]): Aml {
  return [0x7d, ...a, ...b, ...target];
}

export function lessThan(a: Aml, b: Aml): Aml {
  return [0x95, ...a, ...b];
}

export function when(condition: Aml, ...then: Aml[]): Aml {
  return [0xa0, ...withLength([...condition, ...then.flat()])];
}

export function otherwise(...body: Aml[]): Aml {
  return [0xa1, ...withLength(body.flat())];
}

export function giveBack(value: Aml): Aml {
  return [0xa4, ...value];
}

// Resource descriptors (6.4).

export function resourceTemplate(...items: Aml[]): Aml {
  return buffer([...items.flat(), 0x79, 0x00]);
}

/** Fixed ports, 16-bit decode. */
export function ports(first: number, length: number, alignment = 1): Aml {
  return [0x47, 0x01, ...little(first, 2), ...little(first, 2), alignment, length];
}

/** Edge-triggered, active high, exclusive. */
export function isaInterrupts(...irqs: number[]): Aml {
  return [
    0x22,
    ...little(
      irqs.reduce((mask, irq) => mask | (1 << irq), 0),
      2,
    ),
  ];
}

/** Compatibility timing, no bus master, 8-bit transfers. */
export function isaDma(channel: number): Aml {
  return [0x2a, 1 << channel, 0x00];
}

/** Level-triggered, active high, shared. */
export function pciInterrupts(...irqs: number[]): Aml {
  return [0x89, ...little(2 + 4 * irqs.length, 2), 0x09, irqs.length, ...irqs.flatMap((irq) => little(irq, 4))];
}

const RANGE_MEMORY = 0;
const RANGE_IO = 1;
const RANGE_BUS = 2;
/** Minimum and maximum are fixed; the bridge passes the range on. */
const RANGE_FIXED = 0x0c;

function wordRange(type: number, specific: number, first: number, last: number): Aml {
  const words = [0, first, last, 0, last - first + 1];
  return [0x88, 13, 0, type, RANGE_FIXED, specific, ...words.flatMap((word) => little(word, 2))];
}

export function busRange(first: number, last: number): Aml {
  return wordRange(RANGE_BUS, 0, first, last);
}

export function portRange(first: number, last: number): Aml {
  return wordRange(RANGE_IO, 3, first, last);
}

/** A device's own registers. */
export function fixedMemory(first: number, length: number): Aml {
  return [0x86, 9, 0, 0, ...little(first, 4), ...little(length, 4)];
}

/** Read-write; `isCacheable` for frame buffers. */
export function memoryRange(first: number, last: number, isCacheable: boolean): Aml {
  const dwords = [0, first, last, 0, last - first + 1];
  const specific = isCacheable ? 3 : 1;
  return [0x87, 23, 0, RANGE_MEMORY, RANGE_FIXED, specific, ...dwords.flatMap((dword) => little(dword, 4))];
}
