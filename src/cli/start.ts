import { fork } from 'node:child_process';
import { join } from 'node:path';
import { VmError } from '../base/errors';
import { parseCommand } from './arguments';
import type { StartMessage } from './guest-child';
import { EXIT_DONE, UsageError } from './usage-error';
import { openLibrary } from './vm-client';

export const startHelp = `subzero start NAME [--agree] [--moved | --copied]: starts a VM in the background, or goes on from where it was suspended
  --agree   let a VM that came from elsewhere reach the files outside its folder that it names
  --moved   its folder was moved here: it stays the computer that it was
  --copied  its folder is a copy: it becomes a computer of its own, with another UUID`;

const OPTIONS = { agree: { type: 'boolean' }, moved: { type: 'boolean' }, copied: { type: 'boolean' } } as const;

export async function start(args: readonly string[], out: string): Promise<number> {
  const { values, positionals } = parseCommand('start', args, OPTIONS, ['NAME']);
  if (values.moved && values.copied) throw new UsageError('--moved and --copied do not go together');
  const library = openLibrary();
  const entry = await library.find(positionals[0] as string);
  if (entry.kind === 'broken') {
    throw new VmError(
      'vm-broken',
      `'${entry.name}' cannot start: ${entry.problems.map(({ path, message }) => `${path} ${message}`).join('; ')}`,
    );
  }
  if (entry.owner !== undefined)
    throw new VmError('vm-in-use', `'${entry.name}' is running already, in process ${entry.owner.pid}`, {
      name: entry.name,
    });
  if (values.agree) await library.agree(entry.folder, await library.unagreed(entry.folder));
  if (values.moved || values.copied) await library.settleIdentity(entry.folder, values.moved ? 'moved' : 'copied');
  const child = fork(join(out, 'guest-child.cjs'), [entry.folder], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // glibc's arena for each thread keeps what the compiler needed once: a third of all that such a process takes
    env: { ...process.env, MALLOC_ARENA_MAX: '1' },
  });
  const message = await new Promise<StartMessage>((resolve, reject) => {
    child.once('message', (value) => resolve(value as StartMessage));
    child.once('error', (cause) =>
      reject(new VmError('engine-failed', `cannot start a process for '${entry.name}'`, undefined, cause)),
    );
    child.once('exit', (code) =>
      reject(
        new VmError('guest-gone', `the process of '${entry.name}' ended with status ${String(code)} before the VM ran`),
      ),
    );
  });
  child.removeAllListeners();
  if (child.connected) child.disconnect();
  child.unref();
  if (!message.ok) throw VmError.fromWire(message.error);
  await library.markUsed(entry.folder, Date.now());
  return EXIT_DONE;
}
