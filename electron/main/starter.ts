import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { VmError } from '../../src/base/errors';
import { defaultConfig, type VmConfig } from '../../src/config/vm-config';
import type { CopiedFile } from '../../src/library/library';

const STARTER = path.join(__dirname, '..', 'guests', 'starter');
const KERNEL = 'boot/vmlinuz';
const INITRD = 'boot/initrd.gz';

export const STARTER_OS = { id: 'subzero-starter', name: 'Subzero starter Linux', icon: 'linux' };
export const STARTER_NAME = 'Subzero Linux';
export const STARTER_MEMORY_MIB = 256;

/** The small Linux that set-up makes: its kernel and initrd are copied into the VM, so that the VM is whole in itself. */
export async function starterVm(name: string, memoryMiB: number): Promise<{ config: VmConfig; copies: CopiedFile[] }> {
  const base = defaultConfig(name);
  const config: VmConfig = {
    ...base,
    os: STARTER_OS,
    memory: { memoryMiB },
    boot: { ...base.boot, kernel: { file: KERNEL, initrd: INITRD, append: await commandLine(), modules: [] } },
    cdroms: [{ id: 'cdrom0', file: null }],
  };
  const copies = [
    { from: path.join(STARTER, 'vmlinuz'), to: KERNEL },
    { from: path.join(STARTER, 'initrd.gz'), to: INITRD },
  ];
  return { config, copies };
}

export async function hasStarter(): Promise<boolean> {
  return commandLine().then(
    () => true,
    () => false,
  );
}

async function commandLine(): Promise<string> {
  const file = path.join(STARTER, 'starter.json');
  try {
    const about = JSON.parse(await readFile(file, 'utf8')) as { append?: unknown };
    if (typeof about.append === 'string') return about.append;
  } catch (cause) {
    throw new VmError(
      'file-not-found',
      'the starter Linux is not there: run the set-up again (npm start)',
      { file },
      cause,
    );
  }
  throw new VmError('file-not-found', 'the starter Linux is damaged: run the set-up again (npm start)', { file });
}
