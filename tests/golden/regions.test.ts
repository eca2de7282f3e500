import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import binaryen from 'binaryen';
import { describe, expect, test } from 'vitest';
import { Decoder } from '../../src/cpu/emulated/decoder';
import { isImplemented } from '../../src/cpu/emulated/features';
import { type RegionCode, RegionCompiler } from '../../src/cpu/emulated/jit/compile-region';
import { OP_IF } from '../../src/cpu/emulated/jit/function-writer';
import { regionModule } from '../../src/cpu/emulated/jit/region-module';
import { SAMPLES, type Sample } from './regions';

const FOLDER = join(__dirname, 'regions');
const EMPTY_BLOCK = 0x40;
const I32_RESULT = 0x7f;
const isBlessing = process.env['SUBZERO_BLESS'] === '1';
const fileOf = (name: string): string => join(FOLDER, `${name}.wat`);

/** Of the machine's one vCPU. */
const STATE = 0x10_0000;

function compiled({ mode, nodes, targets, code, isBaseline }: Sample): RegionCode | undefined {
  const compiler = new RegionCompiler(new Decoder(isImplemented));
  return compiler.compile({ id: 1, state: isBaseline ? STATE : 0, mode, isHot: !isBaseline, heatAt: 0, nodes, targets, code });
}

/** The region's WebAssembly as text; what cannot be compiled says so. */
function textOf(sample: Sample): string {
  const code = compiled(sample);
  if (code === undefined) return ';; left to the interpreter\n';
  const module = binaryen.readBinary(regionModule([code]));
  try {
    return module.emitText();
  } finally {
    module.dispose();
  }
}

describe('compiled regions', () => {
  test.each(SAMPLES.map((sample) => [sample.name, sample] as const))('%s', (name, sample) => {
    const text = textOf(sample);
    const file = fileOf(name);
    if (isBlessing) writeFileSync(file, text);
    expect(existsSync(file), `npm run bless writes ${name}.wat`).toBe(true);
    expect(text).toBe(readFileSync(file, 'utf8'));
  });

  test('each branch of which one way is likely is an if, told in its section', () => {
    const codes = SAMPLES.map(compiled).filter((code) => code !== undefined);
    for (const { code, hints } of codes) {
      let before = -1;
      for (let i = 0; i < hints.length; i += 2) {
        expect(hints[i]).toBeGreaterThan(before);
        expect(code[hints[i]!]).toBe(OP_IF);
        expect([EMPTY_BLOCK, I32_RESULT]).toContain(code[hints[i]! + 1]);
        before = hints[i]!;
      }
    }
    const hinted = codes.filter(({ hints }) => hints.length > 0);
    expect(hinted.length).toBeGreaterThan(10);
    const binary = regionModule(codes) as Uint8Array<ArrayBuffer>;
    const [section, ...more] = WebAssembly.Module.customSections(
      new WebAssembly.Module(binary),
      'metadata.code.branch_hint',
    );
    expect(more).toEqual([]);
    // fewer than 128 functions: one byte
    expect(new Uint8Array(section!)[0]).toBe(hinted.length);
  });

  test('a label makes modules of the same code differ', () => {
    const codes = SAMPLES.slice(0, 1).map((sample) => compiled(sample)!);
    const plain = regionModule(codes);
    const labelled = regionModule(codes, 'hot') as Uint8Array<ArrayBuffer>;
    expect(labelled).not.toEqual(plain);
    expect(WebAssembly.Module.exports(new WebAssembly.Module(labelled))).toHaveLength(1);
  });

  test('every text belongs to a sample', () => {
    const wanted = new Set(SAMPLES.map(({ name }) => `${name}.wat`));
    const strays = readdirSync(FOLDER).filter((file) => !wanted.has(file));
    if (isBlessing) for (const file of strays) rmSync(join(FOLDER, file));
    else expect(strays).toEqual([]);
  });
});
