import { describe, expect, it } from 'vitest';
import { TestPc } from '../../support/test-pc';

/**
 * A BIOS of our own that does with SMM what firmware does: opens SMRAM, puts a handler there, moves SMBASE to it by a first SMI, closes
 * SMRAM, and calls it by the APM control port.
 */
const PM_BASE = 0x600;
const words = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff];
const dwords = (value: number): number[] => [...words(value), ...words(value >>> 16)];
const movAl = (value: number): number[] => [0xb0, value];
const movDx = (value: number): number[] => [0xba, ...words(value)];
const OUT_AL = [0xee];
const outByte = (port: number, value: number): number[] => [...movDx(port), ...movAl(value), ...OUT_AL];
const outDword = (port: number, value: number): number[] => [...movDx(port), 0x66, 0xb8, ...dwords(value), 0x66, 0xef];
const config = (device: number, fn: number, register: number): number =>
  (0x80000000 | (device << 11) | (fn << 8) | (register & 0xfc)) >>> 0;
const writeConfig8 = (device: number, fn: number, register: number, value: number): number[] => [
  ...outDword(0xcf8, config(device, fn, register)),
  ...outByte(0xcfc + (register & 3), value),
];
const writeConfig32 = (device: number, fn: number, register: number, value: number): number[] => [
  ...outDword(0xcf8, config(device, fn, register)),
  ...outDword(0xcfc, value),
];
const outWord = (port: number, value: number): number[] => [...movDx(port), 0xb8, ...words(value), 0xef];
const dispi = (index: number, value: number): number[] => [...outWord(0x1ce, index), ...outWord(0x1cf, value)];
/** 640x480 in 256 colours: the VGA's window at A0000 is plain memory then. */
const SHOW_PICTURE = [...dispi(4, 0), ...dispi(1, 640), ...dispi(2, 480), ...dispi(3, 8), ...dispi(4, 0x41)];
const movDs = (segment: number): number[] => [0xb8, ...words(segment), 0x8e, 0xd8];
/** mov byte [at], value, for each byte. */
const store = (at: number, bytes: readonly number[]): number[] =>
  bytes.flatMap((byte, i) => [0xc6, 0x06, ...words(at + i), byte]);
const say = (letter: string): number[] => outByte(0x3f8, letter.charCodeAt(0));
const RSM = [0x0f, 0xaa];

/** mov dword [cs:at], A0000h; rsm. `at` is where the CPU's map has SMBASE. */
const relocate = (at: number): number[] => [0x2e, 0x66, 0xc7, 0x06, ...words(at), ...dwords(0xa0000), ...RSM];
/** Says what was called for: in al, port B2h; out 3F8h, al. */
const HANDLER = [0xe4, 0xb2, ...movDx(0x3f8), ...OUT_AL, ...RSM];

function bios(smbaseAt: number, first: readonly number[]): Uint8Array {
  const code = [
    ...first,
    ...movDs(0x3000),
    ...store(0x8000, relocate(smbaseAt)),
    ...writeConfig8(0, 0, 0x72, 0x4a), // SMRAM: D_OPEN, G_SMRAME
    ...movDs(0xa000),
    ...store(0x8000, HANDLER),
    ...writeConfig32(1, 3, 0x40, PM_BASE | 1),
    ...writeConfig8(1, 3, 0x80, 1),
    ...writeConfig32(1, 3, 0x58, 1 << 25), // DEVACTB: APMC_EN
    ...outByte(PM_BASE + 0x28, 1), // GLBCTL: SMI_EN
    ...outByte(0xb2, 0),
    ...writeConfig8(0, 0, 0x72, 0x0a), // G_SMRAME alone
    // what is at A8000 now? cmp byte [8000h], E4h; jne
    ...[0x80, 0x3e, ...words(0x8000), 0xe4, 0x75, say('!').length],
    ...say('!'),
    ...say('<'),
    ...outByte(0xb2, 'x'.charCodeAt(0)),
    ...say('>'),
    // a system that hands itself over to ACPI
    ...outByte(0xb2, 0xf1),
    0xf4,
  ];
  const image = new Uint8Array(0x20000).fill(0xf4);
  image.set(code, 0x10000);
  image.set([0xea, ...words(0), ...words(0xf000)], 0x1fff0);
  return image;
}

describe('system management on the board', () => {
  it.each([
    ['max', 'text', 0xff00, []],
    ['pentium3', 'text', 0xfef8, []],
    ['max', 'a picture', 0xff00, SHOW_PICTURE],
  ] as const)(
    'SMRAM is there for the handler alone (%s, while the screen shows %s)',
    (model, _screen, smbaseAt, first) => {
      const said: number[] = [];
      const machine = new TestPc({
        changes: { cpu: { cpus: 1, engine: 'auto', vendor: 'GenuineIntel', model } },
        bios: bios(smbaseAt, first),
        serialOut: (byte) => said.push(byte),
      });
      const { pc } = machine;
      expect(machine.run(20_000)).toBe('halted');
      expect(String.fromCharCode(...said)).toBe('<x>\xf1');
      const saved = pc.save();
      pc.restore(saved);
      expect(pc.save()).toEqual(saved);
    },
  );
});
