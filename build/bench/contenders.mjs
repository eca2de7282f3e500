// Who takes part: Subzero, the peers that are installed, and the host's own CPU for times and checksums. Each contender says
// how it starts one guest with the guest's first serial port on stdout (or in a FIFO).
import fs from 'node:fs';
import { run } from '../setup/exec.mjs';
import { at, inOut } from '../setup/paths.mjs';
import { buildCd, folder } from './images.mjs';
import { STATS_AFTER } from './measure.mjs';

export const MEMORY_MIB = 256;

const isInstalled = (command) =>
  (process.env.PATH ?? '').split(':').some((place) => place !== '' && fs.existsSync(`${place}/${command}`));

/** Guests: `linux32` and `linux64` run the programs; `starter` only boots, as the wizard sets it up. */
const native = {
  id: 'native',
  title: 'native',
  guests: ['linux32', 'linux64'],
  missing: () => undefined,
  async prepare({ guest, only }) {
    // A host without 32-bit programs checks the 32-bit guests with its 64-bit ones: every checksum is the same for both.
    const is32 = guest.bits === 32 && (await runs(guest.program));
    const { program, busybox } = is32 ? guest : guest.native;
    const env = { BENCH_TMP: folder, BENCH_BUSYBOX: busybox, BENCH_SELF: program };
    return { command: program, args: only, env, hasTrueClock: true };
  },
};

const runs = (program) =>
  run(program, ['-l']).then(
    () => true,
    () => false,
  );

const subzero = {
  id: 'subzero',
  title: 'Subzero',
  guests: ['linux32', 'linux64', 'starter'],
  missing: () => undefined,
  async prepare({ name, guest, append, engine }) {
    const command = process.execPath;
    const more = ['--serial', 'stdio', '--stats', '--stats-after', STATS_AFTER, ...engine];
    if (name === 'starter') {
      const env = { SUBZERO_HOME: `${folder}/home` };
      await makeStarterVm(env, guest);
      return { command, args: [inOut('cli.cjs'), 'run', 'starter', ...more], env };
    }
    const boot = ['--kernel', guest.kernel, '--initrd', guest.initrd, '--append', append];
    // the figures are told while the machine still is there
    const end = ['--until', 'BENCH-DONE'];
    return { command, args: [inOut('cli.cjs'), 'run', '--memory', `${MEMORY_MIB}`, ...boot, ...more, ...end] };
  },
};

/** The VM that the wizard makes for the starter Linux: defaults, and an empty CD drive. */
async function makeStarterVm(env, { kernel, initrd, append }) {
  fs.rmSync(env.SUBZERO_HOME, { recursive: true, force: true });
  const boot = ['--kernel', kernel, '--initrd', initrd, '--append', append];
  const create = [inOut('cli.cjs'), 'create', 'starter', '--memory', `${MEMORY_MIB}`, ...boot];
  const place = (await run(process.execPath, create, { env })).trim();
  const file = fs.readdirSync(place).find((name) => name.endsWith('.json'));
  const config = JSON.parse(fs.readFileSync(`${place}/${file}`, 'utf8'));
  fs.writeFileSync(`${place}/${file}`, JSON.stringify({ ...config, cdroms: [{ id: 'cdrom0', file: null }] }, null, 2));
}

const qemu = {
  id: 'qemu',
  title: 'QEMU TCG',
  guests: ['linux32', 'linux64', 'starter'],
  missing: () => (isInstalled('qemu-system-x86_64') ? undefined : 'apt-get install qemu-system-x86'),
  prepare({ name, guest, append }) {
    const machine = [
      '-accel',
      'tcg',
      '-m',
      `${MEMORY_MIB}`,
      '-display',
      'none',
      '-serial',
      'stdio',
      '-monitor',
      'none',
    ];
    const devices = name === 'starter' ? [] : ['-no-reboot', '-nic', 'none'];
    const boot = ['-kernel', guest.kernel, '-initrd', guest.initrd, '-append', append];
    const command = guest.bits === 32 ? 'qemu-system-i386' : 'qemu-system-x86_64';
    return { command, args: [...machine, ...devices, ...boot] };
  },
};

const V86_VERSION = '0.5.462';
const v86 = {
  id: 'v86',
  title: 'v86',
  guests: ['linux32'],
  missing: () => undefined,
  async prepare({ guest, append }) {
    const place = `${folder}/v86`;
    const module = `${place}/node_modules/v86`;
    if (!fs.existsSync(`${module}/build/v86.wasm`)) {
      fs.mkdirSync(place, { recursive: true });
      fs.writeFileSync(`${place}/package.json`, '{ "private": true }\n');
      await run('npm', ['install', '--no-audit', '--no-fund', `v86@${V86_VERSION}`], { cwd: place });
    }
    const args = [module, inOut('firmware'), `${MEMORY_MIB}`, guest.kernel, guest.initrd, append];
    return { command: process.execPath, args: [at('build/bench/v86-run.mjs'), ...args] };
  },
};

const BOCHS_FILES = ['/usr/share/bochs/BIOS-bochs-latest', '/usr/share/vgabios/vgabios.bin'];
const bochs = {
  id: 'bochs',
  title: 'Bochs',
  guests: ['linux64', 'starter'],
  missing: () =>
    isInstalled('bochs-bin') && BOCHS_FILES.every((file) => fs.existsSync(file))
      ? undefined
      : 'apt-get install bochs bochs-term bochsbios vgabios',
  async prepare({ name, guest, append }) {
    const cd = name === 'starter' ? inOut('guests/starter.iso') : await buildCd(guest, append);
    const fifo = `${folder}/bochs-serial`;
    const config = `${folder}/bochsrc-${name}`;
    fs.rmSync(fifo, { force: true });
    await run('mkfifo', [fifo]);
    fs.writeFileSync(config, bochsConfig(cd, fifo));
    fs.writeFileSync(`${folder}/bochs-commands`, 'c\n');
    // Debian's build is the debugger, whose prompt wants `c`, and its screen wants a terminal.
    const line = `exec bochs-bin -q -f '${config}' -rc '${folder}/bochs-commands'`;
    // It draws on a terminal of its own, which somebody has to read.
    const terminalSaid = /connected to screen "(\/dev\/pts\/\d+)"/;
    return { command: 'script', args: ['-qec', line, '/dev/null'], env: { TERM: 'xterm' }, fifo, terminalSaid };
  },
};

const bochsConfig = (cd, fifo) => `config_interface: textconfig
display_library: term
cpu: model=core2_penryn_t9600, count=1, ips=150000000, reset_on_triple_fault=0, ignore_bad_msrs=1
memory: guest=${MEMORY_MIB}, host=${MEMORY_MIB}
romimage: file=${BOCHS_FILES[0]}, options=fastboot
vgaromimage: file=${BOCHS_FILES[1]}
pci: enabled=1, chipset=i440fx
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=cdrom, path="${cd}", status=inserted
boot: cdrom
clock: sync=none, time0=local
com1: enabled=1, mode=file, dev="${fifo}"
log: ${folder}/bochs.log
panic: action=fatal
error: action=report
info: action=ignore
debug: action=ignore
speaker: enabled=0, mode=none
sound: driver=dummy
plugin_ctrl: speaker=0
`;

export const contenders = [native, subzero, qemu, v86, bochs];
