// `npm run test:e2e -- --list`: what the window promises, and the tests that show it.
import { subjects } from '../../tests/e2e/subjects.mjs';
import { run } from '../setup/exec.mjs';
import { at, root } from '../setup/paths.mjs';

/** '  file.spec.ts:21:5 › title' */
const LINE = /^\s+(?:\[[^\]]+\] › )?(\S+\.spec\.ts):\d+:\d+ › (.+)$/;

/** Returns 1 when a promise has no test, or a test no promise. */
export async function listE2e() {
  const playwright = at('node_modules/@playwright/test/cli.js');
  const stdout = await run(process.execPath, [playwright, 'test', '--list'], { cwd: root });
  const tests = stdout.split('\n').flatMap((line) => {
    const found = LINE.exec(line);
    return found ? [{ file: found[1].replace(/^.*\//, ''), title: found[2] }] : [];
  });
  const shown = new Set();
  let missing = 0;
  for (const { name, tests: wanted } of subjects) {
    const theirs = tests.filter(({ file, title }) => wanted.some((part) => part === file || title.includes(part)));
    for (const test of theirs) shown.add(test);
    const idle = wanted.filter((part) => !tests.some(({ file, title }) => part === file || title.includes(part)));
    missing += idle.length;
    process.stdout.write(`${name}\n`);
    for (const { file, title } of theirs) process.stdout.write(`  ${file.padEnd(28)} ${title}\n`);
    for (const part of idle) process.stdout.write(`  NO TEST for ‘${part}’\n`);
  }
  const others = tests.filter((test) => !shown.has(test));
  if (others.length > 0) process.stdout.write('Without a subject (tests/e2e/subjects.mjs)\n');
  for (const { file, title } of others) process.stdout.write(`  ${file.padEnd(28)} ${title}\n`);
  process.stdout.write(`\n${tests.length} tests, ${subjects.length} subjects\n`);
  return missing + others.length > 0 ? 1 : 0;
}
