// What the benchmark's guests boot: Debian's kernels with an initramfs of busybox and the programs of tests/bench, compiled
// here; the same files for every emulator. Bochs, which loads no kernels, gets them on a CD.
import fs from 'node:fs';
import zlib from 'node:zlib';
import { CpioArchive, readFromCpio } from '../guests/cpio.mjs';
import { MediaBuilder, TOOL_PACKAGES } from '../guests/media.mjs';
import { unpackPackages } from '../setup/debian.mjs';
import { run } from '../setup/exec.mjs';
import { at, inOut } from '../setup/paths.mjs';

const SOURCES = ['programs.c', 'computing.c', 'system.c'];
const ALL_FLAGS = ['-O2', '-static', '-fno-pie', '-no-pie', '-fno-tree-vectorize'];

/** The 32-bit programs use the x87 and no SSE, but for those that ask for it: so are i686 distributions compiled. */
const CLASSES = {
  32: { guest: 'linux-686', flags: ['-m32', '-march=i686', '-mfpmath=387', '-mno-sse'], needs: 'gcc-multilib' },
  64: { guest: 'linux-cloud', flags: ['-m64', '-march=x86-64'], needs: 'gcc libc6-dev' },
};

export const folder = inOut('bench');

/** Compiles the programs and makes the initramfs of one class, 32 or 64. */
export async function buildGuest(bits) {
  fs.mkdirSync(folder, { recursive: true });
  const { guest, flags, needs } = CLASSES[bits];
  const program = `${folder}/bench${bits}`;
  const busybox = `${folder}/busybox${bits}`;
  try {
    const sources = SOURCES.map((name) => at('tests/bench', name));
    await run('gcc', [...ALL_FLAGS, ...flags, '-o', program, ...sources, '-lm']);
  } catch (error) {
    const message = `the ${bits}-bit benchmark programs need gcc (apt-get install ${needs}): ${error.message}`;
    throw new Error(message, { cause: error });
  }
  const starter = zlib.gunzipSync(fs.readFileSync(inOut('guests', guest, 'initrd.gz')));
  fs.writeFileSync(busybox, readFromCpio(starter, 'bin/busybox'), { mode: 0o755 });

  const archive = new CpioArchive();
  for (const name of ['proc', 'sys', 'dev', 'tmp']) archive.directory(name);
  archive.characterDevice('dev/console', 5, 1);
  archive.characterDevice('dev/null', 1, 3, 0o666);
  archive.executable('bin/busybox', fs.readFileSync(busybox));
  archive.link('bin/sh', 'busybox');
  archive.executable('bench', fs.readFileSync(program));
  archive.executable('init', fs.readFileSync(at('tests/bench/init')));
  const initrd = `${folder}/initrd${bits}.gz`;
  fs.writeFileSync(initrd, zlib.gzipSync(archive.toBuffer(), { level: 9 }));
  return { bits, program, busybox, kernel: inOut('guests', guest, 'vmlinuz'), initrd };
}

/** A CD that boots this guest with this command line at once. */
export async function buildCd({ bits, kernel, initrd }, append) {
  const tools = `${folder}/tools`;
  if (!fs.existsSync(`${tools}/usr/bin/xorriso`)) await unpackPackages(TOOL_PACKAGES, tools);
  const file = `${folder}/${bits}.iso`;
  await new MediaBuilder(tools).isolinuxCd(file, {
    volume: 'BENCH',
    config: `PROMPT 0\nDEFAULT linux\nLABEL linux\nKERNEL /vmlinuz\nINITRD /initrd.gz\nAPPEND ${append}\n`,
    files: { vmlinuz: kernel, 'initrd.gz': initrd },
  });
  return file;
}
