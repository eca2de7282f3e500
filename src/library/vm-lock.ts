/**
 * One process at a time owns a VM. `vm.lock` names it: pid with start time, socket, and the folder it was made for, so
 * that neither a pid used again nor a copied folder looks owned. It is made by hard-linking a finished file, which
 * succeeds for one process only. Removing a stale lock is guarded by claim files: whoever sees another live claim backs
 * off, so at most one process removes.
 */
import { randomBytes } from 'node:crypto';
import * as path from 'node:path';
import { readWholeFile } from '../base/atomic-file';
import { hexOf } from '../base/bytes';
import { isVmError, VmError } from '../base/errors';
import type { HostFiles } from '../base/host-files';
import { identityOf, isRunning, type ProcessIdentity } from './process-identity';

const LOCK = 'vm.lock';
const CLAIM = 'vm.lock.claim-';
const TRIES = 20;
const MAX_LOCK_BYTES = 16 << 10;

export interface LockOwner extends ProcessIdentity {
  /** Where the owner serves `protocol/guest.ts`; '' when it does not. */
  readonly socketPath: string;
  /** The folder's identity: device and inode. */
  readonly folder: string;
}

export interface VmLock {
  /** The last owner ended without giving the VM back: a crash, a kill or a power failure. */
  readonly wasStale: boolean;
  release(): Promise<void>;
}

/** The process that owns a VM now; undefined when none does, whatever an old lock says. */
export async function readOwner(files: HostFiles, vmFolder: string): Promise<LockOwner | undefined> {
  const lock = await readLock(files, path.join(vmFolder, LOCK));
  return lock !== undefined && lock !== 'unreadable' && (await isLive(files, vmFolder, lock)) ? lock : undefined;
}

/** Whether the last owner ended without giving the VM back: killed, crashed, or the power failed. */
export async function wasLeftBehind(files: HostFiles, vmFolder: string): Promise<boolean> {
  const lock = await readLock(files, path.join(vmFolder, LOCK));
  if (lock === undefined || lock === 'unreadable') return false;
  // A copied folder brings the lock of another.
  return lock.folder === (await identityOfFolder(files, vmFolder)) && !isRunning(lock);
}

/** Throws 'vm-in-use' naming the owner. */
export async function acquireLock(files: HostFiles, vmFolder: string, socketPath: string): Promise<VmLock> {
  const lockPath = path.join(vmFolder, LOCK);
  const unique = `${process.pid}-${hexOf(randomBytes(6))}`;
  const mine: LockOwner = { ...identityOf(process.pid), socketPath, folder: await identityOfFolder(files, vmFolder) };
  const finished = path.join(vmFolder, `${LOCK}.${unique}`);
  await writeLock(files, finished, mine);
  let wasStale = false;
  try {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (await tryLink(files, finished, lockPath)) {
        await removeLeftovers(files, vmFolder, path.basename(finished));
        return new HeldLock(files, lockPath, mine, wasStale);
      }
      const found = await readLock(files, lockPath);
      if (found === undefined) continue;
      if (found !== 'unreadable' && (await isLive(files, vmFolder, found))) throw inUse(vmFolder, found);
      wasStale = true;
      if (!(await removeStale(files, vmFolder, lockPath, finished, unique))) await randomPause();
    }
  } finally {
    await files.removeFile(finished);
  }
  throw new VmError('vm-in-use', `${vmFolder} is being opened by another process; try again`, { path: vmFolder });
}

class HeldLock implements VmLock {
  #isHeld = true;

  constructor(
    private readonly files: HostFiles,
    private readonly lockPath: string,
    private readonly mine: LockOwner,
    readonly wasStale: boolean,
  ) {}

  async release(): Promise<void> {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    const found = await readLock(this.files, this.lockPath);
    // The user may have removed it by hand and somebody else taken the VM.
    if (found === undefined || found === 'unreadable') return;
    if (found.pid === this.mine.pid && found.startTime === this.mine.startTime)
      await this.files.removeFile(this.lockPath);
  }
}

/** Removes a lock without owner; false when another process is at it. */
async function removeStale(
  files: HostFiles,
  vmFolder: string,
  lockPath: string,
  finished: string,
  unique: string,
): Promise<boolean> {
  const claim = path.join(vmFolder, CLAIM + unique);
  await files.link(finished, claim);
  try {
    for (const name of (await files.list(vmFolder)) ?? []) {
      if (!name.startsWith(CLAIM) || name === path.basename(claim)) continue;
      const other = path.join(vmFolder, name);
      const owner = await readLock(files, other);
      if (owner === undefined) continue;
      if (owner !== 'unreadable' && (await isLive(files, vmFolder, owner))) return false;
      await files.removeFile(other);
    }
    // Still the stale one? Somebody may have been through here since.
    const found = await readLock(files, lockPath);
    if (found === undefined || (found !== 'unreadable' && (await isLive(files, vmFolder, found)))) return true;
    await files.removeFile(lockPath);
    return true;
  } finally {
    await files.removeFile(claim);
  }
}

/** What processes left that ended while they were taking the lock. */
async function removeLeftovers(files: HostFiles, vmFolder: string, mine: string): Promise<void> {
  for (const name of (await files.list(vmFolder)) ?? []) {
    if (!name.startsWith(`${LOCK}.`) || name === mine) continue;
    const owner = await readLock(files, path.join(vmFolder, name));
    // One that cannot be read may be on its way.
    if (owner === undefined || owner === 'unreadable' || (await isLive(files, vmFolder, owner))) continue;
    await files.removeFile(path.join(vmFolder, name));
  }
}

async function tryLink(files: HostFiles, from: string, to: string): Promise<boolean> {
  try {
    await files.link(from, to);
    return true;
  } catch (error) {
    if (isVmError(error, 'file-exists')) return false;
    throw error;
  }
}

async function isLive(files: HostFiles, vmFolder: string, owner: LockOwner): Promise<boolean> {
  return owner.folder === (await identityOfFolder(files, vmFolder)) && isRunning(owner);
}

async function identityOfFolder(files: HostFiles, vmFolder: string): Promise<string> {
  const info = await files.stat(vmFolder);
  if (info === undefined) throw new VmError('vm-not-found', `${vmFolder} does not exist`, { path: vmFolder });
  return info.identity;
}

async function writeLock(files: HostFiles, lockPath: string, owner: LockOwner): Promise<void> {
  const file = await files.open(lockPath, 'create');
  try {
    await file.write(0, new TextEncoder().encode(`${JSON.stringify(owner)}\n`));
    await file.sync();
  } finally {
    await file.close();
  }
}

async function readLock(files: HostFiles, lockPath: string): Promise<LockOwner | 'unreadable' | undefined> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readWholeFile(files, lockPath, MAX_LOCK_BYTES);
  } catch (error) {
    // Removed between looking and reading.
    if (isVmError(error, 'file-not-found')) return undefined;
    throw error;
  }
  if (bytes === undefined) return undefined;
  try {
    const json = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Record<keyof LockOwner, unknown>> | null;
    const { pid, startTime, bootId, host, socketPath, folder } = json ?? {};
    const texts = [startTime, bootId, host, socketPath, folder];
    if (
      typeof pid !== 'number' ||
      !Number.isInteger(pid) ||
      pid < 1 ||
      texts.some((text) => typeof text !== 'string')
    ) {
      return 'unreadable';
    }
    return json as LockOwner;
  } catch (error) {
    if (error instanceof SyntaxError) return 'unreadable';
    throw error;
  }
}

function inUse(vmFolder: string, owner: LockOwner): VmError {
  return new VmError(
    'vm-in-use',
    `${vmFolder} is in use by process ${owner.pid} on ${owner.host}; if that is not so, remove its vm.lock`,
    { path: vmFolder, pid: String(owner.pid), host: owner.host, socket: owner.socketPath },
  );
}

function randomPause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 45));
}
