import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpuSecondsOf } from '../guest-cli';
import { pagingOf, type PrivilegedCase } from './case';
import { privilegedImage, readResults } from './image';

/** Other machines that run the same images, where Debian's packages of them are installed. */
export interface Peer {
  readonly name: string;
  /** Why it cannot run here. */
  readonly missing: string | undefined;
  /** It has no such CPU: not asked. */
  lacks(item: PrivilegedCase): boolean;
  command(image: string, output: string): { command: string; args: readonly string[] };
}

const isInstalled = (command: string, option: string): boolean => spawnSync(command, [option]).error === undefined;
const BOCHS_FILES = ['/usr/share/bochs/BIOS-bochs-latest', '/usr/share/vgabios/vgabios.bin'];
/** A whole image takes a few: more is a machine that hangs. */
const MOST_CPU_SECONDS = 25;
const MOST_MS = 600_000;
const LOOK_MS = 1000;

const qemu: Peer = {
  name: 'QEMU TCG',
  missing: isInstalled('qemu-system-x86_64', '--version') ? undefined : 'apt-get install qemu-system-x86',
  lacks: () => false,
  command: (image, output) => ({
    command: 'qemu-system-x86_64',
    args: [
      ...['-accel', 'tcg', '-cpu', 'max,vendor=GenuineIntel', '-m', '16', '-display', 'none', '-no-reboot'],
      ...['-serial', `file:${output}`, '-drive', `file=${image},format=raw,if=floppy`, '-boot', 'a'],
      ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
    ],
  }),
};

const bochsConfig = (image: string, output: string): string => `config_interface: textconfig
display_library: term
cpu: model=tigerlake, count=1, ips=50000000, reset_on_triple_fault=0, ignore_bad_msrs=0
memory: guest=32, host=32
romimage: file=${BOCHS_FILES[0]}, options=fastboot
vgaromimage: file=${BOCHS_FILES[1]}
pci: enabled=1, chipset=i440fx
floppya: 1_44=${image}, status=inserted, write_protected=1
boot: floppy
clock: sync=none, time0=local
com1: enabled=1, mode=file, dev=${output}
log: ${output}.log
panic: action=fatal
error: action=ignore
info: action=ignore
debug: action=ignore
speaker: enabled=0, mode=none
sound: driver=dummy
plugin_ctrl: speaker=0
`;

const bochs: Peer = {
  name: 'Bochs',
  missing:
    isInstalled('bochs-bin', '--help') && BOCHS_FILES.every((file) => existsSync(file))
      ? undefined
      : 'apt-get install bochs bochs-term bochsbios vgabios',
  // 2.7's models end with Tiger Lake, whose 5 levels of tables it has not
  lacks: (item) => pagingOf(item) === '5',
  command: (image, output) => {
    writeFileSync(`${output}.rc`, bochsConfig(image, output));
    writeFileSync(`${output}.commands`, 'c\n');
    // Debian's build is the debugger, whose prompt wants `c`, and its screen wants a terminal.
    const line = `exec bochs-bin -q -f '${output}.rc' -rc '${output}.commands'`;
    return { command: 'script', args: ['-qec', line, '/dev/null'] };
  },
};

export const PEERS: readonly Peer[] = [qemu, bochs];

function runOnce(peer: Peer, image: string, output: string): Promise<string> {
  rmSync(output, { force: true });
  const { command, args } = peer.command(image, output);
  const child = spawn(command, args, { stdio: 'ignore', detached: true, env: { ...process.env, TERM: 'xterm' } });
  return new Promise((done, failed) => {
    const started = Date.now();
    const timer = setInterval(() => {
      if (cpuSecondsOf(child.pid as number) < MOST_CPU_SECONDS && Date.now() - started < MOST_MS) return;
      process.kill(-(child.pid as number), 'SIGKILL');
    }, LOOK_MS);
    child.on('error', failed);
    child.on('close', () => {
      clearInterval(timer);
      done(existsSync(output) ? readFileSync(output, 'latin1').replaceAll('\r', '') : '');
    });
  });
}

/** What the peer printed for each case, 'stops' where it did not get further; such a case is left out and the others run again. */
export async function runPeer(
  peer: Peer,
  cases: readonly PrivilegedCase[],
  folder: string,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const output = join(folder, `${peer.name.replaceAll(' ', '-')}.out`);
  let left = cases.filter((item) => !peer.lacks(item));
  while (left.length > 0) {
    const image = privilegedImage(left);
    writeFileSync(`${output}.img`, image.bytes);
    const { results, unfinished, isComplete } = readResults(await runOnce(peer, `${output}.img`, output));
    for (const [name, line] of results) found.set(name, line === image.expected.get(name) ? 'as expected' : line);
    if (isComplete) return found;
    if (unfinished === undefined || !left.some(({ name }) => name === unfinished))
      throw new Error(`${peer.name} printed nothing`);
    found.set(unfinished, 'stops');
    left = left.filter(({ name }) => !found.has(name));
  }
  return found;
}
