/** Writes generated files; `npm run gen` bundles and runs this from the project's root. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { generateInterpreter } from './interpreter';
import { layoutText } from './layout';

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  let old: string | undefined;
  try {
    old = readFileSync(path, 'utf8');
  } catch {
    old = undefined;
  }
  if (old !== text) writeFileSync(path, text);
}

write('src/cpu/emulated/core/layout.generated.ts', layoutText());
for (const [path, text] of generateInterpreter().files) write(path, text);
