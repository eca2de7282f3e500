import { beforeAll, describe, expect, test } from 'vitest';
import {
  BASE_RIP,
  CODE_16,
  CODE_32,
  CODE_64,
  type CodeSize,
  DECODE_MORE,
  DECODE_OK,
  DECODE_TOO_LONG,
  DECODE_UNDEFINED,
  Decoder,
  NO_REGISTER,
} from '../../../src/cpu/emulated/decoder';
import { FORM_MEMORY, FORM_REGISTER } from '../../../src/cpu/emulated/isa/compile';

let decoder: Decoder;
beforeAll(() => {
  decoder = new Decoder();
});

function decode(text: string, codeSize: CodeSize): number {
  const bytes = Uint8Array.from(text.split(' ').map((word) => Number.parseInt(word, 16)));
  return decoder.decode(bytes, 0, bytes.length, codeSize);
}

/** Name and length of what must decode. */
function name(text: string, codeSize: CodeSize): string {
  const result = decode(text, codeSize);
  return result === DECODE_OK
    ? `${decoder.instruction.compiled.row.name}/${decoder.instruction.length}`
    : `error ${result}`;
}

describe('VEX', () => {
  test('two and three bytes', () => {
    expect(name('c4 e2 70 f2 c2', CODE_64)).toBe('andn/5');
    expect(decoder.instruction).toMatchObject({ reg: 0, vvvv: 1, rm: 2, size: 32, form: FORM_REGISTER });
    expect(name('c4 42 80 f2 44 88 10', CODE_64)).toBe('andn/7');
    expect(decoder.instruction).toMatchObject({ reg: 8, vvvv: 15, base: 8, index: 1, size: 64, displacement: 16 });
  });

  test('outside of 64-bit mode there are eight registers and W means nothing', () => {
    expect(name('c4 c2 80 f2 c2', CODE_32)).toBe('andn/5');
    expect(decoder.instruction).toMatchObject({ reg: 0, vvvv: 7, rm: 2, size: 32 });
  });

  test('LES and LDS stay what they were', () => {
    expect(name('c4 06', CODE_32)).toBe('les/2');
    expect(name('c5 06', CODE_32)).toBe('lds/2');
  });

  test('is undefined after 66, F2, F3, LOCK and REX', () => {
    for (const prefix of ['66', 'f2', 'f3', 'f0', '48'])
      expect(decode(`${prefix} c4 e2 70 f2 c2`, CODE_64), prefix).toBe(DECODE_UNDEFINED);
    expect(name('67 c4 e2 70 f2 02', CODE_64)).toBe('andn/6');
  });

  test('is undefined with an unknown map, or with vvvv where no operand takes it', () => {
    expect(decode('c4 e0 70 f2 c2', CODE_64)).toBe(DECODE_UNDEFINED);
    expect(decode('c4 e4 70 f2 c2', CODE_64)).toBe(DECODE_UNDEFINED);
    expect(name('c4 e3 7b f0 c2 03', CODE_64)).toBe('rorx/6');
    expect(decode('c4 e3 73 f0 c2 03', CODE_64)).toBe(DECODE_UNDEFINED);
  });

  test('wants all its bytes', () => {
    expect(decode('c4', CODE_64)).toBe(DECODE_MORE);
    expect(decode('c4 e2 70', CODE_64)).toBe(DECODE_MORE);
    expect(decode('c4 e2 70 f2', CODE_64)).toBe(DECODE_MORE);
  });
});

describe('prefixes', () => {
  test('90h is NOP, PAUSE with F3, XCHG with REX.B', () => {
    expect(name('90', CODE_64)).toBe('nop/1');
    expect(name('f3 90', CODE_64)).toBe('pause/2');
    expect(name('41 90', CODE_64)).toBe('xchg/2');
    expect(name('66 90', CODE_32)).toBe('nop/2');
  });

  test('REX counts only directly before the opcode', () => {
    expect(name('48 66 01 c0', CODE_64)).toBe('add/4');
    expect(decoder.instruction.size).toBe(16);
    expect(decoder.instruction.hasRex).toBe(false);
  });

  test('REX.W wins over 66', () => {
    expect(name('66 48 01 c0', CODE_64)).toBe('add/4');
    expect(decoder.instruction.size).toBe(64);
  });

  test('40h..4Fh are INC and DEC outside 64-bit mode', () => {
    expect(name('48', CODE_32)).toBe('dec/1');
    expect(name('40', CODE_16)).toBe('inc/1');
    expect(decode('48', CODE_64)).toBe(DECODE_MORE);
  });

  test('the last of F2 and F3 is the mandatory prefix', () => {
    expect(name('f2 f3 0f 58 c1', CODE_64)).toBe('addss/5');
    expect(name('f3 f2 0f 58 c1', CODE_64)).toBe('addsd/5');
    expect(name('66 0f 58 c1', CODE_64)).toBe('addpd/4');
    expect(name('0f 58 c1', CODE_64)).toBe('addps/3');
  });

  test('near branches ignore 66 in 64-bit mode', () => {
    expect(name('66 e8 00 00 00 00', CODE_64)).toBe('call/6');
    expect(decoder.instruction.size).toBe(64);
    expect(name('66 e8 00 00', CODE_32)).toBe('call/4');
    expect(decoder.instruction.size).toBe(16);
  });

  test('push takes 64 bits by default, 16 with 66, never 32', () => {
    expect(name('50', CODE_64)).toBe('push/1');
    expect(decoder.instruction.size).toBe(64);
    expect(name('66 50', CODE_64)).toBe('push/2');
    expect(decoder.instruction.size).toBe(16);
  });

  test('LOCK is legal only with a memory destination that allows it', () => {
    expect(name('f0 01 00', CODE_32)).toBe('add/3');
    expect(decode('f0 01 c0', CODE_32)).toBe(DECODE_UNDEFINED);
    expect(decode('f0 39 00', CODE_32)).toBe(DECODE_UNDEFINED);
    expect(decode('f0 8b 00', CODE_32)).toBe(DECODE_UNDEFINED);
    expect(decode('f0 90', CODE_32)).toBe(DECODE_UNDEFINED);
  });
});

describe('length', () => {
  const pad = (count: number, rest: string): string => `${'66 '.repeat(count)}${rest}`;
  test('15 bytes are legal, 16 are not', () => {
    expect(name(pad(13, '01 c0'), CODE_32)).toBe('add/15');
    expect(decode(pad(14, '01 c0'), CODE_32)).toBe(DECODE_TOO_LONG);
    expect(decode(pad(20, '90'), CODE_64)).toBe(DECODE_TOO_LONG);
  });

  test('missing bytes ask for more at every point', () => {
    for (const [text, codeSize] of [
      ['48 8b 84 d8 78 56 34 12', CODE_64],
      ['81 05 00 00 00 00 78 56 34 12', CODE_32],
      ['48 b8 01 02 03 04 05 06 07 08', CODE_64],
      ['66 0f 3a 0f c1 08', CODE_64],
      ['a1 00 01 02 03 04 05 06 07', CODE_64],
      ['ea 00 00 00 00 08 00', CODE_32],
      ['c8 10 00 01', CODE_32],
    ] as const) {
      const words = text.split(' ');
      for (let count = 1; count < words.length; count++) {
        expect(decode(words.slice(0, count).join(' '), codeSize), `${text} cut to ${count}`).toBe(DECODE_MORE);
      }
      expect(decode(text, codeSize), text).toBe(DECODE_OK);
      expect(decoder.instruction.length).toBe(words.length);
    }
  });
});

describe('addresses', () => {
  test('RIP-relative in 64-bit mode, absolute in 32-bit mode', () => {
    expect(name('8b 05 10 00 00 00', CODE_64)).toBe('mov/6');
    expect(decoder.instruction.base).toBe(BASE_RIP);
    expect(name('8b 05 10 00 00 00', CODE_32)).toBe('mov/6');
    expect(decoder.instruction.base).toBe(NO_REGISTER);
    expect(decoder.instruction.displacement).toBe(16);
  });

  test('SIB: no index, R12 as index, no base', () => {
    expect(decode('8b 04 24', CODE_64)).toBe(DECODE_OK);
    expect(decoder.instruction).toMatchObject({ base: 4, index: NO_REGISTER, segment: 2 });
    expect(decode('42 8b 04 a4', CODE_64)).toBe(DECODE_OK);
    expect(decoder.instruction).toMatchObject({ base: 4, index: 12, scale: 2 });
    expect(decode('8b 04 8d 00 10 00 00', CODE_64)).toBe(DECODE_OK);
    expect(decoder.instruction).toMatchObject({
      base: NO_REGISTER,
      index: 1,
      scale: 2,
      displacement: 4096,
      segment: 3,
    });
  });

  test('RBP and R13 need a displacement, R12 needs a SIB', () => {
    expect(decode('8b 45 00', CODE_64)).toBe(DECODE_OK);
    expect(decoder.instruction).toMatchObject({ base: 5, segment: 2, displacement: 0 });
    expect(decode('41 8b 45 ff', CODE_64)).toBe(DECODE_OK);
    expect(decoder.instruction).toMatchObject({ base: 13, segment: 3, displacement: -1 });
    expect(decode('41 8b 04 24', CODE_64)).toBe(DECODE_OK);
    expect(decoder.instruction).toMatchObject({ base: 12, segment: 3 });
  });

  test('16-bit forms', () => {
    const forms = [
      [3, 6],
      [3, 7],
      [5, 6],
      [5, 7],
      [6, NO_REGISTER],
      [7, NO_REGISTER],
      [NO_REGISTER, NO_REGISTER],
      [3, NO_REGISTER],
    ] as const;
    forms.forEach(([base, index], rm) => {
      const text = rm === 6 ? '8b 06 34 12' : `8b 0${rm}`;
      expect(decode(text, CODE_16)).toBe(DECODE_OK);
      expect(decoder.instruction).toMatchObject({ base, index, segment: base === 5 ? 2 : 3, size: 16 });
    });
    expect(decode('8b 46 fe', CODE_16)).toBe(DECODE_OK);
    expect(decoder.instruction).toMatchObject({ base: 5, displacement: -2, segment: 2 });
    expect(decode('67 8b 04 24', CODE_16)).toBe(DECODE_OK);
    expect(decoder.instruction).toMatchObject({ base: 4, addressSize: 32, size: 16 });
  });

  test('segment overrides: only FS and GS count in 64-bit mode', () => {
    expect(decode('2e 8b 00', CODE_32)).toBe(DECODE_OK);
    expect(decoder.instruction.segment).toBe(1);
    expect(decode('2e 8b 00', CODE_64)).toBe(DECODE_OK);
    expect(decoder.instruction.segment).toBe(3);
    expect(decode('65 8b 00', CODE_64)).toBe(DECODE_OK);
    expect(decoder.instruction.segment).toBe(5);
  });

  test('moves to and from control registers take a register whatever mod says', () => {
    expect(decode('0f 20 00', CODE_32)).toBe(DECODE_OK);
    expect(decoder.instruction.form).toBe(FORM_REGISTER);
    expect(decode('8b 00', CODE_32)).toBe(DECODE_OK);
    expect(decoder.instruction.form).toBe(FORM_MEMORY);
  });
});

describe('immediates', () => {
  test('are extended as their kinds say', () => {
    expect(decode('48 83 c0 80', CODE_64)).toBe(DECODE_OK);
    expect(decoder.instruction).toMatchObject({ immLow: -128, immHigh: -1 });
    expect(decode('48 c7 c0 00 00 00 80', CODE_64)).toBe(DECODE_OK);
    expect(decoder.instruction).toMatchObject({ immLow: -0x80000000, immHigh: -1 });
    expect(decode('48 b8 01 00 00 00 02 00 00 00', CODE_64)).toBe(DECODE_OK);
    expect(decoder.instruction).toMatchObject({ immLow: 1, immHigh: 2 });
    expect(decode('cd 80', CODE_32)).toBe(DECODE_OK);
    expect(decoder.instruction).toMatchObject({ immLow: 0x80, immHigh: 0 });
  });

  test('far pointers and ENTER have two', () => {
    expect(decode('9a 78 56 34 12 08 00', CODE_32)).toBe(DECODE_OK);
    expect(decoder.instruction).toMatchObject({ immLow: 0x12345678, imm2: 8 });
    expect(decode('ea 34 12 00 f0', CODE_16)).toBe(DECODE_OK);
    expect(decoder.instruction).toMatchObject({ immLow: 0x1234, imm2: 0xf000, length: 5 });
    expect(decode('c8 10 00 02', CODE_32)).toBe(DECODE_OK);
    expect(decoder.instruction).toMatchObject({ immLow: 16, imm2: 2 });
  });
});

describe('undefined', () => {
  test('what 64-bit mode took away', () => {
    for (const text of [
      '06',
      '0e',
      '27',
      '37',
      '60',
      '62 00',
      '82 c0 00',
      '9a 00 00 00 00 00 00',
      'c4 00 00 00',
      'ce',
      'd6',
      'ea 00 00 00 00 00 00',
    ]) {
      expect(decode(text, CODE_64), text).toBe(DECODE_UNDEFINED);
    }
  });
  test('empty places', () => {
    expect(decode('0f 04', CODE_32)).toBe(DECODE_UNDEFINED);
    expect(decode('fe 38', CODE_32)).toBe(DECODE_UNDEFINED);
    expect(decode('ff f8', CODE_32)).toBe(DECODE_UNDEFINED);
    expect(decode('8d c0', CODE_32)).toBe(DECODE_UNDEFINED);
    expect(decode('0f c7 c8', CODE_32)).toBe(DECODE_UNDEFINED);
  });
  test('a feature that is absent', () => {
    const plain = new Decoder((feature) => feature !== 'popcnt' && feature !== 'bmi1');
    const bytes = Uint8Array.from([0xf3, 0x0f, 0xb8, 0xc1]);
    expect(plain.decode(bytes, 0, 4, CODE_32)).toBe(DECODE_UNDEFINED);
    // TZCNT is BSF there
    expect(plain.decode(Uint8Array.from([0xf3, 0x0f, 0xbc, 0xc1]), 0, 4, CODE_32)).toBe(DECODE_OK);
    expect(plain.instruction.compiled.row.name).toBe('bsf');
  });
});

test('random bytes never throw and never look past the end', () => {
  let seed = 1;
  const next = (): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return seed >>> 16;
  };
  const bytes = new Uint8Array(24);
  for (let i = 0; i < 100_000; i++) {
    for (let k = 0; k < bytes.length; k++) bytes[k] = next();
    const codeSize = ([CODE_16, CODE_32, CODE_64] as const)[i % 3]!;
    const end = 1 + (next() % 15);
    const result = decoder.decode(bytes, 0, end, codeSize);
    const { length } = decoder.instruction;
    if (length > end || (result === DECODE_OK && length === 0))
      throw new Error(`${bytes.join(' ')} of ${end}: ${length}`);
  }
});
