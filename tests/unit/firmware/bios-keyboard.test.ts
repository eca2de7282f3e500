import { expect, test } from 'vitest';
import { biosKeyBuffer } from '../../../src/firmware/bios-keyboard';

const memory = (segment: number, head: number, tail: number) => (gpa: number) =>
  ({ 38: segment, 1050: head, 1052: tail })[gpa] ?? 0;

test.each([
  ['empty', 0x1e, 0x1e, false],
  ['half full', 0x1e, 0x2c, false],
  ['full', 0x1e, 0x3c, true],
  ['full, wrapped', 0x24, 0x22, true],
  ['full once the key on its way is stored', 0x24, 0x20, true],
  ['able to take two keys', 0x24, 0x1e, false],
])('a buffer that is %s', (_name, head, tail, isFull) => {
  expect(biosKeyBuffer(memory(0xf000, head, tail))).toEqual({ isFull, head });
});

test.each([
  ['before the BIOS has set its vectors', 0, 0x1e, 0x3c],
  ['when another program serves the keyboard', 0x1234, 0x1e, 0x3c],
  ['when the pointers are not of its usual buffer', 0xf000, 0x80, 0xa0],
  ['when a pointer is odd', 0xf000, 0x1f, 0x1e],
])('none %s', (_name, segment, head, tail) => {
  expect(biosKeyBuffer(memory(segment, head, tail))).toBeUndefined();
});
