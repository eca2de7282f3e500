// `npm test`: everything a change must pass. `npm test -- unit e2e` runs those parts only.
import fs from 'node:fs';
import * as make from '../make/make.mjs';
import { electronDist } from '../setup/electron.mjs';
import { passTo } from '../setup/exec.mjs';
import { at, inOut, relative, root } from '../setup/paths.mjs';
import * as setup from '../setup/setup.mjs';
import { listFiles } from '../setup/stamp.mjs';
import { missingPackages } from '../setup/system.mjs';
import { runChecks } from './check.mjs';
import { listE2e } from './e2e-list.mjs';

const VITEST_PARTS = ['unit', 'isa', 'golden', 'guest-short', 'guest-long', 'long'];
const PARTS = { check: runChecks };
for (const part of VITEST_PARTS) PARTS[part] = (filters) => vitest(part, filters);
for (const part of ['e2e', 'looks']) PARTS[part] = (filters) => inWindow(part, filters);

/** Parts that need guests which are large to fetch, or many minutes, are run only when named. */
const DEFAULT_PARTS = ['check', 'unit', 'isa', 'golden', 'guest-short', 'e2e'];

/** A part that takes longer than this, in minutes, hangs. */
const LIMITS = { unit: 10, isa: 10, golden: 5, 'guest-short': 15, 'guest-long': 300, long: 600, e2e: 30, looks: 60 };

const print = (text) => process.stdout.write(`${text}\n`);

/** Runs a test runner whose reporter leaves a summary; one that left none has failed as a whole. */
async function summarised(part, command, args, env = {}) {
  const file = inOut('test-results', `${part}.json`);
  fs.mkdirSync(inOut('test-results'), { recursive: true });
  fs.rmSync(file, { force: true });
  const timeoutSeconds = LIMITS[part] * 60;
  const status = await passTo(command, args, { cwd: root, env: { ...env, SUBZERO_SUMMARY: file }, timeoutSeconds });
  if (status === 124) print(`${part} was ended after ${LIMITS[part]} minutes`);
  let summary = { passed: 0, failed: 1, skipped: [] };
  if (fs.existsSync(file)) summary = JSON.parse(fs.readFileSync(file, 'utf8'));
  if (status !== 0 && summary.failed === 0) summary.failed = 1;
  return summary;
}

function vitest(part, filters) {
  const reporter = at('build/commands/vitest-summary.mjs');
  return summarised(part, process.execPath, [
    ...[at('node_modules/vitest/vitest.mjs'), 'run', '--project', part, '--passWithNoTests', '--silent=passed-only'],
    ...[`--reporter=default`, `--reporter=${reporter}`, ...filters],
  ]);
}

/** A project of playwright.config.ts. */
async function inWindow(part, filters) {
  const specs = listFiles(
    ['tests/e2e'],
    (file) => file.endsWith('.spec.ts') && file.endsWith('looks.spec.ts') === (part === 'looks'),
  );
  const missing = missingPackages();
  if (missing.length > 0) {
    const skipped = specs.map((file) => `${relative(file)}: this system lacks ${missing.join(', ')}`);
    return { passed: 0, failed: 0, skipped };
  }
  const reporter = at('build/commands/playwright-summary.mjs');
  const command = [process.execPath, at('node_modules/@playwright/test/cli.js'), 'test', `--project=${part}`];
  command.push(`--reporter=list,${reporter}`);
  if (process.platform === 'linux') command.unshift('xvfb-run', '-a', '-s', '-screen 0 1920x1080x24');
  const [program, ...args] = [...command, ...filters];
  return summarised(part, program, args, { ELECTRON_OVERRIDE_DIST_PATH: electronDist() });
}

/** `npm run bless`: the texts of the golden tests as they are now. */
export function bless() {
  process.env.SUBZERO_BLESS = '1';
  return test(['golden']);
}

export async function test(args) {
  if (args.includes('e2e') && args.includes('--list')) return listE2e();
  const chosen = args.filter((arg) => arg in PARTS);
  const filters = args.filter((arg) => !(arg in PARTS));
  const parts = chosen.length > 0 ? chosen : DEFAULT_PARTS;
  const rows = [];
  const timed = async (name, work) => {
    print(`\n=== ${name}`);
    const started = Date.now();
    const result = await work();
    rows.push({ name, seconds: (Date.now() - started) / 1000, ...result });
  };

  await timed('set-up', () => setup.setUp(parts.includes('guest-long') ? setup.FOR_LONG_TESTS : setup.FOR_TESTS));
  await timed('build', async () => {
    try {
      await make.make(make.FOR_APP);
    } catch (error) {
      print(error.message); // what does not need the broken part can still be judged
      return { passed: 0, failed: 1, skipped: [] };
    }
  });
  for (const part of parts) await timed(part, () => PARTS[part](filters));

  const sum = (count) => rows.reduce((total, row) => total + count(row), 0);
  const skipped = rows.flatMap((row) => (row.skipped ?? []).map((text) => `${row.name}: ${text}`));
  const failed = sum((row) => row.failed ?? 0);
  print('\n=== summary');
  for (const row of rows) print(`${row.name.padEnd(12)} ${row.seconds.toFixed(1).padStart(7)} s${counts(row)}`);
  for (const text of skipped) print(`skipped: ${text}`);
  print(`${sum((row) => row.passed ?? 0)} passed, ${failed} failed, ${skipped.length} skipped`);
  return failed > 0 ? 1 : 0;
}

const counts = (row) =>
  row.passed === undefined ? '' : `   ${row.passed} passed, ${row.failed} failed, ${row.skipped.length} skipped`;
