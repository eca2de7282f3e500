import * as path from 'node:path';
import { readWholeFile, replaceFile } from '../base/atomic-file';
import { VmError } from '../base/errors';
import type { HostFiles } from '../base/host-files';
import { describeProblems, type Problem } from '../config/problem';
import { isAbsolutePath } from '../config/reader';
import { checkConfig, formatConfig, type Validated, type VmConfig } from '../config/vm-config';

export const CONFIG_FILE = 'vm.json';
export const NVRAM_FILE = 'nvram.bin';
export const LOG_FILE = 'vm.log';
export const DISKS_FOLDER = 'disks';

const MAX_CONFIG_BYTES = 1 << 20;
const MAX_NVRAM_BYTES = 64 << 10;

export type LoadedConfig =
  | { readonly ok: true; readonly config: Validated<VmConfig> }
  /** `name`: what the file says, if it says anything; else the folder's. */
  | { readonly ok: false; readonly name: string; readonly problems: readonly Problem[] };

/** undefined: no VM there. */
export async function loadConfig(files: HostFiles, vmFolder: string): Promise<LoadedConfig | undefined> {
  const file = path.join(vmFolder, CONFIG_FILE);
  const name = path.basename(vmFolder);
  const broken = (message: string): LoadedConfig => ({
    ok: false,
    name,
    problems: [{ path: '', code: 'bad-value', message: `${CONFIG_FILE} ${message}` }],
  });
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readWholeFile(files, file, MAX_CONFIG_BYTES);
  } catch (error) {
    return broken(`cannot be read: ${VmError.from(error).message}`);
  }
  if (bytes === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    return broken(`is not JSON: ${VmError.from(error).message}`);
  }
  const checked = checkConfig(json);
  if (checked.ok) return checked;
  const given = (json as { name?: unknown } | null)?.name;
  const shown = typeof given === 'string' && given !== '' ? given.slice(0, 80) : name;
  return { ok: false, name: shown, problems: checked.problems };
}

/** Throws 'vm-not-found' or 'vm-broken'. */
export async function requireConfig(files: HostFiles, vmFolder: string): Promise<Validated<VmConfig>> {
  const loaded = await loadConfig(files, vmFolder);
  if (loaded === undefined) throw new VmError('vm-not-found', `there is no VM in ${vmFolder}`, { path: vmFolder });
  if (loaded.ok) return loaded.config;
  throw new VmError('vm-broken', `${vmFolder}: ${describeProblems(loaded.problems)}`, { path: vmFolder });
}

export async function writeConfig(files: HostFiles, vmFolder: string, config: Validated<VmConfig>): Promise<void> {
  await replaceFile(files, path.join(vmFolder, CONFIG_FILE), new TextEncoder().encode(formatConfig(config)));
}

/** Throws 'config-invalid' with all problems. */
export function requireValid(config: unknown): Validated<VmConfig> {
  const checked = checkConfig(config);
  if (checked.ok) return checked.config;
  throw new VmError('config-invalid', describeProblems(checked.problems));
}

export function readNvram(files: HostFiles, vmFolder: string): Promise<Uint8Array | undefined> {
  return readWholeFile(files, path.join(vmFolder, NVRAM_FILE), MAX_NVRAM_BYTES);
}

export async function writeNvram(files: HostFiles, vmFolder: string, bytes: Uint8Array): Promise<void> {
  if (bytes.length > MAX_NVRAM_BYTES) throw new VmError('bad-argument', 'NVRAM is too large');
  await replaceFile(files, path.join(vmFolder, NVRAM_FILE), bytes);
}

/** A file of the configuration as an absolute path. */
export function resolveFile(vmFolder: string, file: string): string {
  return isAbsolutePath(file) ? file : path.join(vmFolder, ...file.split('/'));
}
