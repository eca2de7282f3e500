import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import binaryen from 'binaryen';
import { describe, expect, test } from 'vitest';
import { Decoder } from '../../src/cpu/emulated/decoder';
import { isImplemented } from '../../src/cpu/emulated/features';
import { RegionCompiler } from '../../src/cpu/emulated/jit/compile-region';
import { REGION_IMPORTS } from '../../src/cpu/emulated/jit/region-context';
import { buildRegionModule } from '../../src/cpu/emulated/jit/wasm-module';
import { SAMPLES, type Sample } from './regions';

const FOLDER = join(__dirname, 'regions');
const isBlessing = process.env['SUBZERO_BLESS'] === '1';
const fileOf = (name: string): string => join(FOLDER, `${name}.wat`);

/** The region's WebAssembly as text; what cannot be compiled says so. */
function textOf({ mode, nodes, targets, code: bytes }: Sample): string {
  const code = new RegionCompiler(new Decoder(isImplemented)).compile({ id: 1, mode, nodes, targets, code: bytes });
  if (code === undefined) return ';; left to the interpreter\n';
  const module = binaryen.readBinary(buildRegionModule(REGION_IMPORTS, [code]));
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

  test('every text belongs to a sample', () => {
    const wanted = new Set(SAMPLES.map(({ name }) => `${name}.wat`));
    const strays = readdirSync(FOLDER).filter((file) => !wanted.has(file));
    if (isBlessing) for (const file of strays) rmSync(join(FOLDER, file));
    else expect(strays).toEqual([]);
  });
});
