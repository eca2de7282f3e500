import type { ValueType } from '../isa/emitter';

/** Writes WebAssembly modules in the binary format (core specification, chapter 5): functions over one imported shared memory. */

export const VALUE_TYPES: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};

export class ByteBuffer {
  #bytes = new Uint8Array(256);
  length = 0;

  byte(value: number): void {
    if (this.length === this.#bytes.length) this.#grow(this.length + 1);
    this.#bytes[this.length++] = value;
  }
  bytes(values: ArrayLike<number>): void {
    if (this.length + values.length > this.#bytes.length) this.#grow(this.length + values.length);
    this.#bytes.set(values, this.length);
    this.length += values.length;
  }
  /** Unsigned LEB128 of up to 32 bits. */
  u32(value: number): void {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }
  s32(value: number): void {
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
        this.byte(low);
        return;
      }
      this.byte(low | 0x80);
    }
  }
  s64(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    for (;;) {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      if ((rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)) {
        this.byte(low);
        return;
      }
      this.byte(low | 0x80);
    }
  }
  name(text: string): void {
    const encoded = new TextEncoder().encode(text);
    this.u32(encoded.length);
    this.bytes(encoded);
  }
  /** What was written so far, not copied. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }
  take(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }
  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

export interface ImportedFunction {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly result: ValueType;
}

/** A function of the module that is not exported. */
export interface HelperFunction {
  readonly parameters: readonly ValueType[];
  readonly result: ValueType;
  readonly code: Uint8Array;
}

export interface FunctionCode {
  /** A code entry: locals, instructions, `end`. */
  readonly code: Uint8Array;
  /** Offsets in it of branches of which one way is likely, ascending, each with 1 if it is usually taken, else 0. */
  readonly hints: readonly number[];
}

/** The one function of a region: state and budget in, how it was left (EXIT_*) out. */
const REGION_TYPE = { parameters: ['i32', 'i32'], result: 'i64' } as const;

function section(out: ByteBuffer, id: number, fill: (body: ByteBuffer) => void): void {
  const body = new ByteBuffer();
  fill(body);
  out.byte(id);
  out.u32(body.length);
  out.bytes(body.take());
}

/**
 * A module of regions, exported as `0`, `1`... Imports: memory `env.memory` and functions from module `core`, which get the first
 * indices; `helpers`, which the regions call, get the next. Many regions share one module because each module's machine code lies somewhere else in the address space: with one
 * apiece, every entry misses the TLBs of the host (measured: a kernel's cold paths ran five times slower).
 *
 * `label` makes modules of the same code differ: V8 compiles equal bytes once, so that what is to be optimised would be the
 * baseline code that it has already. `leastPages`: of 64 KiB, that the memory has in any case; the code of an access that is known
 * to lie in them is shorter.
 */
export function buildRegionModule(
  imports: readonly ImportedFunction[],
  helpers: readonly HelperFunction[],
  codes: readonly FunctionCode[],
  label = '',
  leastPages = 0,
): Uint8Array {
  const out = new ByteBuffer();
  out.bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  section(out, 1, (body) => {
    const types = [...imports, ...helpers, REGION_TYPE];
    body.u32(types.length);
    for (const { parameters, result } of types) {
      body.byte(0x60);
      body.u32(parameters.length);
      for (const parameter of parameters) body.byte(VALUE_TYPES[parameter]);
      body.bytes([1, VALUE_TYPES[result]]);
    }
  });
  section(out, 2, (body) => {
    body.u32(imports.length + 1);
    body.name('env');
    body.name('memory');
    body.bytes([2, 3]); // memory, shared with a maximum
    body.u32(leastPages);
    body.u32(65536);
    imports.forEach(({ name }, type) => {
      body.name('core');
      body.name(name);
      body.byte(0);
      body.u32(type);
    });
  });
  section(out, 3, (body) => {
    body.u32(helpers.length + codes.length);
    helpers.forEach((_, i) => body.u32(imports.length + i));
    for (const _ of codes) body.u32(imports.length + helpers.length);
  });
  section(out, 7, (body) => {
    body.u32(codes.length);
    codes.forEach((_, i) => {
      body.name(String(i));
      body.byte(0);
      body.u32(imports.length + helpers.length + i);
    });
  });
  section(out, 0, (body) => writeBranchHints(body, imports.length + helpers.length, codes));
  section(out, 10, (body) => {
    body.u32(helpers.length + codes.length);
    for (const { code } of [...helpers, ...codes]) {
      body.u32(code.length);
      body.bytes(code);
    }
  });
  if (label !== '') section(out, 0, (body) => body.name(label));
  return out.take();
}

/** The custom section of the branch hinting proposal; an engine that does not know it passes it over. */
function writeBranchHints(body: ByteBuffer, first: number, codes: readonly FunctionCode[]): void {
  body.name('metadata.code.branch_hint');
  body.u32(codes.filter(({ hints }) => hints.length > 0).length);
  codes.forEach(({ hints }, i) => {
    if (hints.length === 0) return;
    body.u32(first + i);
    body.u32(hints.length / 2);
    for (let k = 0; k < hints.length; k += 2) {
      body.u32(hints[k]!);
      body.byte(1);
      body.byte(hints[k + 1]!);
    }
  });
}
