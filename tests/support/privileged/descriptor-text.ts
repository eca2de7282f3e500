import * as p from './places';

/** Text of `setup` that puts descriptors into tables. */

export function put(address: number, value: bigint): string {
  return `mov dword [${address}], ${value & 0xffffffffn}; mov dword [${address + 4}], ${value >> 32n}\n`;
}

export function putDescriptor(selector: number, base: number, limit: number, access: number, flags = 0): string {
  return put(p.GDT + (selector & 0xfff8), p.descriptor(base, limit, access, flags));
}

/** A gate of 8 bytes to a label. */
export function putGate(address: number, selector: number, label: string, access: number, count = 0): string {
  return `mov dword [${address}], ${label} + ${selector * 0x10000}; mov dword [${address + 4}], ${access * 256 + count}\n`;
}

/** A gate in the GDT. */
export function putCallGate(selector: number, target: number, label: string, access = 0xec, count = 0): string {
  return putGate(p.GDT + selector, target, label, access, count);
}

/** An interrupt, trap or task gate of legacy modes. */
export function putVector(vector: number, target: number, label: string, access = 0xee): string {
  return putGate(p.IDT32 + 8 * vector, target, label, access);
}

/** One of long mode. */
export function putLongVector(vector: number, target: number, label: string, access = 0xee, ist = 0): string {
  return putGate(p.IDT64 + 16 * vector, target, label, access, ist);
}
