import { expect } from 'vitest';
import type { SystemCase } from './system-cases';
import type { SystemMachine } from './system-machine';

const hex = (value: bigint | number): string => value.toString(16);

/** Runs a case and compares what it says with what came out. */
export function checkCase(machine: SystemMachine, item: SystemCase): void {
  const result = machine.run(item);
  expect(result.vector, 'vector').toBe(item.vector);
  if (item.error !== undefined) expect(hex(result.error), 'error code').toBe(hex(item.error));
  for (const [name, value] of Object.entries(item.expected ?? {})) {
    expect(hex(result.gpr(name)), name).toBe(hex(value));
  }
  if (item.expectedFlags !== undefined) {
    const [mask, value] = item.expectedFlags;
    expect(hex(Number(result.state.rflags) & mask), 'flags').toBe(hex(value));
  }
  for (const [address, bytes] of item.expectedMemory ?? []) {
    expect(result.peek(address, bytes.length), `memory at ${hex(address)}`).toEqual([...bytes]);
  }
  if (item.check !== undefined) expect(item.check(result), 'check').toBe(true);
}
