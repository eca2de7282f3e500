import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

/** WebAssembly core specification, 5.5.2: id and size of each section. */
function sections(module: Uint8Array): number[] {
  const ids: number[] = [];
  let at = 8;
  while (at < module.length) {
    ids.push(module[at++] as number);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = module[at++] as number;
      size += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    at += size;
  }
  return ids;
}

const GLOBALS = 6;
const CODE = 10;

test('the core keeps no state of its own: it has no globals, so that several vCPUs share it', () => {
  const ids = sections(readFileSync(resolve(__dirname, '../../../../build/out/core.wasm')));
  expect(ids).toContain(CODE);
  expect(ids).not.toContain(GLOBALS);
});
