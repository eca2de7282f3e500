// Types per layer, the project's rules, lint, format and stale generated files. The same here, in CI and before a commit.
import fs from 'node:fs';
import { messageProblems } from '../lint/messages.mjs';
import { problemsOf } from '../lint/rules.mjs';
import * as make from '../make/make.mjs';
import { passTo, run } from '../setup/exec.mjs';
import { at, relative, root } from '../setup/paths.mjs';
import * as setup from '../setup/setup.mjs';
import { listFiles } from '../setup/stamp.mjs';

const TYPE_LAYERS = [
  ...['src', 'electron', 'electron/preload', 'renderer', 'build'],
  ...['tests', 'tests/unit/renderer', 'tests/e2e', 'tests/package'],
];

async function types(layer) {
  try {
    await run(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', layer, '--pretty', 'false'], {
      cwd: root,
    });
  } catch (error) {
    if (!/TS18003/.test(error.output)) throw new Error(error.output.trim(), { cause: error }); // not a folder without files
  }
}

async function biome() {
  const args = ['check', '--diagnostic-level=error', '--max-diagnostics=none', '--reporter=json', '.'];
  try {
    await run(process.execPath, [at('node_modules/@biomejs/biome/bin/biome'), ...args], { cwd: root });
  } catch (error) {
    throw new Error(biomeProblems(error) ?? error.output?.trim() ?? error.message, { cause: error });
  }
}

function biomeProblems({ stdout }) {
  const report = stdout?.split('\n').find((line) => line.startsWith('{'));
  if (!report) return undefined;
  const { diagnostics } = JSON.parse(report);
  const unformatted = diagnostics.filter((problem) => problem.category === 'format');
  const lines = diagnostics
    .filter((problem) => problem.category !== 'format')
    .map(({ location, category, message }) => `${location.path}:${location.start.line} ${category}: ${message}`);
  if (unformatted.length > 0) {
    const files = unformatted.map((problem) => problem.location.path).join(' ');
    lines.push(`not formatted (npm run format -- FILES does it): ${files}`);
  }
  return lines.join('\n');
}

function rules() {
  const files = listFiles(['src', 'electron', 'renderer', 'tests', 'build'], (file) =>
    /\.(ts|tsx|mjs|cjs)$/.test(file),
  );
  const problems = files.filter((file) => !file.includes('/fixtures/')).flatMap((file) => problemsOf(relative(file)));
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

async function messages() {
  const problems = await messageProblems();
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** Writes generated files; they must then be what is committed. */
async function generate() {
  await make.make(make.FOR_CHECK);
  if (!fs.existsSync(at('.git'))) return;
  const changed = await run('git', ['status', '--porcelain', '--', '*.generated.ts'], { cwd: root });
  if (changed.trim() !== '') throw new Error(`generated files differ from what is committed:\n${changed.trimEnd()}`);
}

/** Runs every check; resolves with counts. Only failures are printed. */
export async function runChecks() {
  // First, because the others read what it writes.
  const generated = generate();
  await generated.catch(() => {});
  const checks = [
    ...TYPE_LAYERS.map((layer) => [`types of ${layer}`, () => types(layer)]),
    ['lint and format', biome],
    ["the project's rules", rules],
    ['messages', messages],
    ['generated files', () => generated],
  ];
  const results = await Promise.allSettled(checks.map(async ([, work]) => work()));
  let failed = 0;
  results.forEach((result, i) => {
    if (result.status === 'fulfilled') return;
    failed++;
    process.stdout.write(`FAILED ${checks[i][0]}\n${result.reason.message}\n\n`);
  });
  return { passed: checks.length - failed, failed, skipped: [] };
}

export async function check() {
  await setup.setUp(setup.FOR_CHECK);
  const started = Date.now();
  const { passed, failed } = await runChecks();
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${passed} checks passed, ${failed} failed in ${seconds} s\n`);
  return failed > 0 ? 1 : 0;
}

/** `npm run format -- FILES`, or everything. */
export async function format(files) {
  await setup.setUp(setup.FOR_CHECK);
  const args = ['check', '--write', '--diagnostic-level=error', ...(files.length > 0 ? files : ['.'])];
  return passTo(process.execPath, [at('node_modules/@biomejs/biome/bin/biome'), ...args], { cwd: root });
}
