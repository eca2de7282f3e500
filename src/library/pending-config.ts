/**
 * Changes of hardware that wait for the VM's next power-on, as a whole configuration in the VM's folder. While a VM runs,
 * or is suspended, `vm.json` says what its memory belongs to and cannot change.
 */
import * as path from 'node:path';
import { readWholeFile, replaceFile } from '../base/atomic-file';
import type { HostFiles } from '../base/host-files';
import { checkConfig, formatConfig, type Validated, type VmConfig } from '../config/vm-config';

export const PENDING_FILE = 'vm.next.json';
const MAX_BYTES = 1 << 20;

/** What a saved state depends on. */
export function hardwareOf(config: VmConfig): Partial<VmConfig> {
  const { cpu, memory, firmware, boot, clock, disks, cdroms, floppies, serial, parallel, display, network, debug } =
    config;
  // How the window shows the screen is no business of the guest's.
  return {
    cpu,
    memory,
    firmware,
    boot,
    clock,
    disks,
    cdroms,
    floppies,
    serial,
    parallel,
    display: { ...display, scale: 'fit' },
    network,
    debug,
  };
}

export function hasSameHardware(a: VmConfig, b: VmConfig): boolean {
  return JSON.stringify(hardwareOf(a)) === JSON.stringify(hardwareOf(b));
}

/** undefined: nothing waits. One that cannot be read is as none: it is only a wish. */
export async function readPending(files: HostFiles, folder: string): Promise<Validated<VmConfig> | undefined> {
  const bytes = await readWholeFile(files, path.join(folder, PENDING_FILE), MAX_BYTES);
  if (bytes === undefined) return undefined;
  try {
    const checked = checkConfig(JSON.parse(new TextDecoder().decode(bytes)));
    return checked.ok ? checked.config : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export async function writePending(files: HostFiles, folder: string, config: VmConfig): Promise<void> {
  await replaceFile(files, path.join(folder, PENDING_FILE), new TextEncoder().encode(formatConfig(config)));
}

export async function removePending(files: HostFiles, folder: string): Promise<void> {
  await files.removeFile(path.join(folder, PENDING_FILE));
}

/**
 * A configuration with the hardware of another: one that waited, or a snapshot's. `media` says whose are in the drives: the
 * user may have changed them since hardware waited, while a saved state knows the medium that it had.
 */
export function withPending(now: VmConfig, pending: VmConfig, media: 'ours' | 'theirs' = 'ours'): VmConfig {
  const keepMedium = <T extends { readonly id: string; readonly file: string | null }>(
    drives: readonly T[],
    old: readonly T[],
  ): T[] => drives.map((drive) => ({ ...drive, file: (old.find(({ id }) => id === drive.id) ?? drive).file }));
  return {
    ...now,
    ...hardwareOf(pending),
    display: { ...pending.display, scale: now.display.scale },
    ...(media === 'theirs'
      ? {}
      : {
          cdroms: keepMedium(pending.cdroms, now.cdroms),
          floppies: keepMedium(pending.floppies, now.floppies),
        }),
  };
}
