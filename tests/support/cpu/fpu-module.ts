import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import * as layout from '../../../src/cpu/emulated/core/layout';

/**
 * The soft float, x87 and SSE functions of core/ compiled on their own: memory operands are plain addresses in the module's
 * memory (the op's displacement), exceptions throw. What was compiled is kept in build/out by the hash of its sources.
 */
const CACHE = resolve(__dirname, '../../../build/out/test-modules');
const CORE = resolve(__dirname, '../../../src/cpu/emulated/core');

const STUBS: Readonly<Record<string, string>> = {
  memory: `
    export function readU16(s: usize, op: usize, la: u64): u64 { return <u64>load<u16>(<usize>la); }
    export function readU32(s: usize, op: usize, la: u64): u64 { return <u64>load<u32>(<usize>la); }
    export function readU64(s: usize, op: usize, la: u64): u64 { return load<u64>(<usize>la); }
    export function read128(s: usize, op: usize, la: u64): v128 { return v128.load(<usize>la); }
    export function writeU8(s: usize, op: usize, la: u64, value: u64): void { store<u8>(<usize>la, <u8>value); }
    export function writeU16(s: usize, op: usize, la: u64, value: u64): void { store<u16>(<usize>la, <u16>value); }
    export function writeU32(s: usize, op: usize, la: u64, value: u64): void { store<u32>(<usize>la, <u32>value); }
    export function writeU64(s: usize, op: usize, la: u64, value: u64): void { store<u64>(<usize>la, value); }
    export function write128(s: usize, op: usize, la: u64, value: v128): void { v128.store(<usize>la, value); }
    export function writeSized(s: usize, op: usize, la: u64, size: u32, value: u64): void {
      if (size == 8) store<u64>(<usize>la, value); else if (size == 4) store<u32>(<usize>la, <u32>value); else store<u16>(<usize>la, <u16>value);
    }
    export function probeRead(s: usize, op: usize, la: u64, bytes: u32): void {}
    export function probeWrite(s: usize, op: usize, la: u64, bytes: u32): void {}
  `,
  address: `
    import { OP_DISP } from './layout.generated';
    export const SEG_SELECTOR: usize = 0;
    export const SEG_BASE: usize = 8;
    export function segAt(s: usize, seg: u32): usize { return s; }
    export function effectiveAddress(s: usize, op: usize): u64 { return <u64>load<u32>(op, OP_DISP); }
    export function linearRead(s: usize, op: usize, bytes: u32): u64 { return <u64>load<u32>(op, OP_DISP); }
    export function linearWrite(s: usize, op: usize, bytes: u32): u64 { return <u64>load<u32>(op, OP_DISP); }
    export function linearSeg(s: usize, op: usize, seg: u32, offset: u64, bytes: u32, write: bool): u64 { return offset; }
  `,
  paging: 'export function translateQuiet(s: usize, la: u64): u32 { return u32.MAX_VALUE; }',
  run: 'export function leaveAfter(s: usize, op: usize): void {}',
  raise: `
    @external('env', 'raise') declare function envRaise(vector: u32): void;
    export function currentRip(s: usize, op: usize): u64 { return 0; }
    export function raiseMF(s: usize, op: usize): void { envRaise(16); }
    export function raiseXM(s: usize, op: usize): void { envRaise(19); }
    export function raiseUD(s: usize, op: usize): void { envRaise(6); }
    export function raiseGP(s: usize, op: usize, error: u32): void { envRaise(13); }
  `,
};

/** Vectors cannot cross to JavaScript: the wrappers take and leave them in memory. */
const ENTRY = `
  import * as sse from './sse/soft';
  export * from './fpu/x87';
  export * from './fpu/memory';
  export * from './fpu/partial';
  export * from './fpu/transcendental';
  export { x87Fninit, x87Fnclex, x87Fldcw, x87Fnsave, x87Frstor, x87Fnstenv, x87Fldenv, x87Fxsave, x87Fxrstor, x87Fxsave64, x87Fxrstor64 } from './fpu/env';
  export { sseLoadMxcsr } from './sse/soft';
  export function sseArithmetic(s: usize, op: usize, code: u32, a: usize, b: usize, r: usize): void {
    v128.store(r, sse.sseArithmetic(s, op, code, v128.load(a), v128.load(b)));
  }
  export function sseCompare(s: usize, op: usize, code: u32, predicate: u32, a: usize, b: usize, r: usize): void {
    v128.store(r, sse.sseCompare(s, op, code, predicate, v128.load(a), v128.load(b)));
  }
  export function sseCompareFlags(s: usize, op: usize, code: u32, a: usize, b: usize): u32 {
    return sse.sseCompareFlags(s, op, code, v128.load(a), v128.load(b));
  }
  export function sseToInteger(s: usize, op: usize, code: u32, a: usize): i64 {
    return sse.sseToInteger(s, op, code, v128.load(a));
  }
  export function sseFromInteger(s: usize, op: usize, code: u32, a: usize, value: i64, r: usize): void {
    v128.store(r, sse.sseFromInteger(s, op, code, v128.load(a), value));
  }
  export function sseConvert(s: usize, op: usize, code: u32, a: usize, b: usize, r: usize): void {
    v128.store(r, sse.sseConvert(s, op, code, v128.load(a), v128.load(b)));
  }
`;

export const STATE = 0x1000;
export const OP = 0x8000;
/** Free memory for operands. */
export const DATA = 0x9000;

export class RaisedVector extends Error {
  constructor(readonly vector: number) {
    super(`exception ${vector}`);
  }
}

type Exported = (...args: (number | bigint)[]) => number | bigint | undefined;

export interface FpuModule {
  readonly call: Readonly<Record<string, Exported>>;
  readonly view: DataView;
  state(field: string, index?: number): number;
}

function sourceOf(name: string, baseDir: string): string | null {
  const path = relative(CORE, resolve(baseDir, name)).replaceAll('\\', '/');
  if (path === 'entry.ts') return ENTRY;
  if (!path.endsWith('.ts')) return null;
  const stub = STUBS[path.replace(/\.ts$/, '')];
  if (stub !== undefined) return stub;
  try {
    return readFileSync(join(CORE, path), 'utf8');
  } catch {
    return null;
  }
}

async function compile(): Promise<Uint8Array> {
  const asc = (await import('assemblyscript/asc')).default;
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      'entry.ts',
      '--outFile',
      'out.wasm',
      '--importMemory',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '-O1',
      '--memoryBase',
      '256',
    ],
    {
      readFile: (name: string, baseDir: string) => sourceOf(name, baseDir === '.' || baseDir === '' ? CORE : baseDir),
      writeFile: (_name: string, contents: string | Uint8Array) => {
        if (typeof contents !== 'string') binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === undefined) throw new Error(`the FPU module does not compile: ${stderr.toString()}`);
  return binary;
}

function fingerprint(): string {
  const hash = createHash('sha256').update(ENTRY).update(JSON.stringify(STUBS));
  const files = ['fpu', 'sse'].flatMap((folder) => readdirSync(join(CORE, folder)).map((name) => `${folder}/${name}`));
  for (const name of [...files, 'ops.ts', 'flags.ts', 'control.ts', 'layout.generated.ts'].sort()) {
    hash.update(readFileSync(join(CORE, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function binary(): Promise<Uint8Array> {
  const kept = join(CACHE, `fpu-${fingerprint()}.wasm`);
  if (existsSync(kept)) return readFileSync(kept);
  const compiled = await compile();
  mkdirSync(dirname(kept), { recursive: true });
  const fresh = `${kept}.${process.pid}`;
  writeFileSync(fresh, compiled);
  renameSync(fresh, kept);
  return compiled;
}

export async function loadFpuModule(): Promise<FpuModule> {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536 });
  const module = await WebAssembly.compile(await binary());
  const instance = await WebAssembly.instantiate(module, {
    env: {
      memory,
      raise: (vector: number) => {
        throw new RaisedVector(vector);
      },
      abort: () => {
        throw new Error('abort');
      },
    },
  });
  return {
    call: instance.exports as Record<string, Exported>,
    view: new DataView(memory.buffer),
    state: (field, index = 0) => STATE + layout.stateOffset(field, index),
  };
}

export const opOffset = { rm: layout.OP_RM, displacement: layout.OP_DISP, flags: layout.OP_FLAGS };
