import { VmError } from '../base/errors';
import type { VmStatus } from '../protocol/guest';
import { parseCommand } from './arguments';
import { parseInteger } from './hardware-options';
import { EXIT_DONE, EXIT_TIMEOUT } from './usage-error';
import { openLibrary, type VmClient, withRunningVm } from './vm-client';

export const stopHelp = `subzero stop NAME [--force] [--timeout SECONDS]: presses the power button and waits; --force cuts the power`;
export const suspendHelp = `subzero suspend NAME: saves the running VM to disk and ends it; 'start' goes on from there`;
export const resumeHelp = `subzero resume NAME: a paused VM runs again, a suspended one is started`;
export const pauseHelp = `subzero pause NAME: holds a running VM in memory`;
export const resetHelp = `subzero reset NAME: presses the reset button`;

const DEFAULT_STOP_SECONDS = 60;

/** Resolves when the VM's process says that it ended, or is gone. */
function ended(vm: VmClient): Promise<void> {
  return new Promise((resolve) => {
    vm.on('end', () => resolve());
    vm.on('status', (status: VmStatus) => {
      if (status.kind === 'stopped' || status.kind === 'suspended') resolve();
    });
    vm.onClose = resolve;
  });
}

export async function stop(args: readonly string[]): Promise<number> {
  const options = { force: { type: 'boolean' }, timeout: { type: 'string' } } as const;
  const { values, positionals } = parseCommand('stop', args, options, ['NAME']);
  const name = positionals[0] as string;
  const seconds =
    values.timeout === undefined ? DEFAULT_STOP_SECONDS : parseInteger('timeout', values.timeout, 1, 1_000_000);
  return withRunningVm(name, async (vm) => {
    const end = ended(vm);
    if (values.force) {
      await vm.call('vm.powerOff', null).catch(ignoreGone);
      await end;
      return EXIT_DONE;
    }
    await vm.call('vm.shutDown', null);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), seconds * 1000);
    });
    const outcome = await Promise.race([end, late]);
    clearTimeout(timer);
    if (outcome !== 'late') return EXIT_DONE;
    process.stderr.write(
      `subzero: '${name}' did not power off within ${seconds} s of its power button; its system may not listen to it: stop --force\n`,
    );
    return EXIT_TIMEOUT;
  });
}

export async function suspend(args: readonly string[]): Promise<number> {
  const { positionals } = parseCommand('suspend', args, {}, ['NAME']);
  return withRunningVm(positionals[0] as string, async (vm) => {
    const end = ended(vm);
    await vm.call('vm.suspend', null);
    await end;
    return EXIT_DONE;
  });
}

export async function resume(
  args: readonly string[],
  start: (args: readonly string[]) => Promise<number>,
): Promise<number> {
  const { positionals } = parseCommand('resume', args, {}, ['NAME']);
  const name = positionals[0] as string;
  const entry = await openLibrary().find(name);
  if (entry.owner === undefined) {
    if (!entry.isSuspended) throw new VmError('bad-state', `'${name}' is off; start it with 'subzero start'`);
    return start([name]);
  }
  return simpleCall(name, 'vm.resume');
}

export async function pause(args: readonly string[]): Promise<number> {
  const { positionals } = parseCommand('pause', args, {}, ['NAME']);
  return simpleCall(positionals[0] as string, 'vm.pause');
}

export async function reset(args: readonly string[]): Promise<number> {
  const { positionals } = parseCommand('reset', args, {}, ['NAME']);
  return simpleCall(positionals[0] as string, 'vm.reset');
}

function simpleCall(name: string, call: 'vm.resume' | 'vm.pause' | 'vm.reset'): Promise<number> {
  return withRunningVm(name, async (vm) => {
    await vm.call(call, null);
    return EXIT_DONE;
  });
}

/** The process may end before it has answered. */
function ignoreGone(error: unknown): void {
  if (!(error instanceof VmError) || error.code !== 'guest-gone') throw error;
}
