import * as codes from '../core/sse/codes';
import type { Semantics } from './emitter';
import { type Fused, fuse } from './semantics/avx';
import { vex128, vex256 } from './semantics/vex';
import { type Operand, type RowWithoutFamily, family, op } from './table';
import { xmm, xmmm128, xmmm32, xmmm64, xmmv, ymm, ymmm256, ymmv } from './vector-words';

const ATTRIBUTES = { unit: 'avx', protectedOnly: true, feature: 'fma' } as const;

/** [name, low opcode digit of the packed form, signs, whether there is a scalar form, one digit on]. */
const OPERATIONS = [
  ['fmaddsub', 0x6, codes.FMA_EVEN, false],
  ['fmsubadd', 0x7, codes.FMA_ODD, false],
  ['fmadd', 0x8, 0, true],
  ['fmsub', 0xa, codes.FMA_NEGATE_ADDEND, true],
  ['fnmadd', 0xc, codes.FMA_NEGATE_PRODUCT, true],
  ['fnmsub', 0xe, codes.FMA_NEGATE_PRODUCT | codes.FMA_NEGATE_ADDEND, true],
] as const;
/** Which operands are multiplied and added, by the digits of the name: 1 the destination, 2 VEX.vvvv, 3 ModRM.rm. */
const ORDERS: ReadonlyArray<readonly [digits: string, high: number, order: Fused['order']]> = [
  ['132', 0x90, [0, 2, 1]],
  ['213', 0xa0, [1, 0, 2]],
  ['231', 0xb0, [1, 2, 0]],
];

const fused =
  (how: Fused): Semantics =>
  (e, x) => {
    const b = x.xmm(2);
    x.setXmm(0, fuse(e, how, [x.xmm(0), x.xmm(1), b]));
  };

function rows(double: boolean): RowWithoutFamily[] {
  const width = double ? 'W1' : 'W0';
  const letter = double ? 'd' : 's';
  return ORDERS.flatMap(([digits, high, order]) =>
    OPERATIONS.flatMap(([name, low, signs, hasScalar]) => {
      const hex = (code: number): string => code.toString(16).toUpperCase();
      const full = `v${name}${digits}`;
      const packed = fused({ order, double, scalar: false, signs });
      const scalar = fused({ order, double, scalar: true, signs });
      const one: Operand[] = [xmm.rw, xmmv.r, double ? xmmm64.r : xmmm32.r];
      const packedRows = [
        op(
          `${full}p${letter}`,
          `VEX.128.66.0F38.${width} ${hex(high + low)} /r`,
          [xmm.rw, xmmv.r, xmmm128.r],
          vex128(packed, false),
          ATTRIBUTES,
        ),
        op(
          `${full}p${letter}`,
          `VEX.256.66.0F38.${width} ${hex(high + low)} /r`,
          [ymm.rw, ymmv.r, ymmm256.r],
          vex256(packed, false),
          ATTRIBUTES,
        ),
      ];
      if (!hasScalar) return packedRows;
      return [
        ...packedRows,
        op(
          `${full}s${letter}`,
          `VEX.LIG.66.0F38.${width} ${hex(high + low + 1)} /r`,
          one,
          vex128(scalar, false),
          ATTRIBUTES,
        ),
      ];
    }),
  );
}

/** Fused multiply-add: one rounding. */
export const fma = family('fma', [...rows(false), ...rows(true)]);
