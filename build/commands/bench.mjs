// `npm run bench`: Subzero and the peers that are installed, on the same kernel and the same static program, interleaved.
//   npm run bench -- --runs 5 --only fib35,intmix
// Times are the host's clock as the guest's lines arrive; ratios travel between machines, the figures themselves do not.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import zlib from 'node:zlib';
import { CpioArchive } from '../guests/cpio.mjs';
import * as make from '../make/make.mjs';
import { run } from '../setup/exec.mjs';
import { at, inOut } from '../setup/paths.mjs';
import { say } from '../setup/report.mjs';
import * as setup from '../setup/setup.mjs';

const NEEDS = [...setup.FOR_CLI, 'linux-cloud'];
const MEMORY_MIB = 256;
const TIMEOUT_MS = 30 * 60_000;
const print = (text) => process.stdout.write(`${text}\n`);

/** Compiles the programs and lays them over the cloud kernel's initramfs: of two archives in a row the later one wins. */
async function buildImages() {
  const folder = inOut('bench');
  fs.mkdirSync(folder, { recursive: true });
  const program = `${folder}/bench64`;
  const flags = ['-O2', '-static', '-m64', '-march=x86-64', '-fno-pie', '-no-pie', '-fno-tree-vectorize'];
  try {
    await run('gcc', [...flags, '-o', program, at('tests/bench/programs.c'), '-lm']);
  } catch (error) {
    throw new Error(`the benchmark's programs need gcc (apt-get install gcc libc6-dev): ${error.message}`, {
      cause: error,
    });
  }
  const archive = new CpioArchive();
  archive.executable('bench', fs.readFileSync(program));
  archive.executable('init', fs.readFileSync(at('tests/bench/init')));
  const initrd = `${folder}/initrd64.gz`;
  const base = fs.readFileSync(inOut('guests/linux-cloud/initrd.gz'));
  fs.writeFileSync(initrd, Buffer.concat([base, zlib.gzipSync(archive.toBuffer())]));
  return { kernel: inOut('guests/linux-cloud/vmlinuz'), initrd };
}

function contenders({ kernel, initrd }, append) {
  const list = [
    {
      name: 'Subzero',
      command: process.execPath,
      args: [
        ...[inOut('cli.cjs'), 'run', '--memory', String(MEMORY_MIB), '--kernel', kernel, '--initrd', initrd],
        ...['--append', append, '--serial', 'stdio', '--stats'],
      ],
    },
  ];
  if (isInstalled('qemu-system-x86_64')) {
    list.push({
      name: 'QEMU TCG',
      command: 'qemu-system-x86_64',
      args: [
        ...['-accel', 'tcg', '-m', String(MEMORY_MIB), '-display', 'none', '-serial', 'stdio', '-monitor', 'none'],
        ...['-no-reboot', '-nic', 'none', '-kernel', kernel, '-initrd', initrd, '-append', append],
      ],
    });
  }
  return list;
}

const isInstalled = (command) =>
  (process.env.PATH ?? '').split(':').some((folder) => folder !== '' && fs.existsSync(`${folder}/${command}`));

/** One run: ms from the start to BOOT-OK and for each program, and the checksums. */
function measure({ command, args }) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const result = { boot: undefined, times: new Map(), sums: new Map(), figures: '' };
    const begun = new Map();
    let rest = '';
    child.stdout.setEncoding('latin1').on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      for (const line of lines) read(line.trim());
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      result.figures = /[\d.]+ MIPS/.exec(text)?.[0] ?? result.figures;
    });
    const read = (line) => {
      const now = performance.now();
      const [kind, name, , sum] = line.split(' ');
      if (line.includes('BOOT-OK')) result.boot = now - started;
      else if (kind === 'S') begun.set(name, now);
      else if (kind === 'R' && begun.has(name)) {
        result.times.set(name, now - begun.get(name));
        result.sums.set(name, sum);
      }
    };
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      resolve(result);
    });
  });
}

const median = (values) => {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
};

function report(list, results) {
  const names = ['boot', ...new Set(results.get('Subzero').flatMap(({ times }) => [...times.keys()]))];
  const cell = (who, name) =>
    median(results.get(who).map((result) => (name === 'boot' ? result.boot : result.times.get(name))));
  print(`| ms | ${list.map(({ name }) => name).join(' | ')} | ratio |`);
  print(`| --- | ${list.map(() => '---:').join(' | ')} | ---: |`);
  for (const name of names) {
    const values = list.map((who) => cell(who.name, name));
    const ratio = values[1] === undefined || values[0] === undefined ? '' : (values[0] / values[1]).toFixed(2);
    print(
      `| ${name} | ${values.map((value) => (value === undefined ? '–' : value.toFixed(0))).join(' | ')} | ${ratio} |`,
    );
  }
  for (const name of names.slice(1)) {
    const sums = new Set(list.flatMap((who) => results.get(who.name).map(({ sums: all }) => all.get(name))));
    sums.delete(undefined);
    if (sums.size > 1) print(`CHECKSUMS DIFFER: ${name}: ${[...sums].join(', ')}`);
  }
  print(
    `Subzero over its whole run: ${results
      .get('Subzero')
      .map(({ figures }) => figures)
      .join(', ')}`,
  );
}

export async function bench(args) {
  const value = (name, otherwise) => {
    const index = args.indexOf(`--${name}`);
    return index < 0 ? otherwise : args[index + 1];
  };
  const runs = Number(value('runs', '3'));
  const only = value('only', '');
  await setup.setUp(NEEDS);
  await make.make(make.FOR_APP);
  const images = await buildImages();
  const list = contenders(images, `console=ttyS0,115200 quiet panic=1${only === '' ? '' : ` bargs=${only}`}`);
  const results = new Map(list.map(({ name }) => [name, []]));
  for (let turn = 0; turn < runs; turn++) {
    for (const contender of list) {
      say(`run ${turn + 1} of ${runs}: ${contender.name}`);
      results.get(contender.name).push(await measure(contender));
    }
  }
  report(list, results);
  return results.get('Subzero').every(({ boot }) => boot !== undefined) ? 0 : 1;
}
