// Runs other programs. Their output is kept and shown only if they fail; Ctrl+C ends them before us.
import { spawn } from 'node:child_process';

/** How long an interrupted program may take to tidy up before we leave it to itself. */
const TIDY_MS = 15_000;

/** What runs, and the signal that ends it; by default, the one that we got. */
const running = new Map();
let isEnding = false;
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]) {
  process.on(signal, () => {
    // The next command must not meet programs of this one that still write.
    isEnding = true;
    const endIfAlone = () => running.size === 0 && process.exit(code);
    for (const [child, endWith] of running) {
      child.once('close', endIfAlone);
      child.kill(endWith ?? signal);
    }
    endIfAlone();
    setTimeout(() => process.exit(code), TIDY_MS);
  });
}

export class CommandError extends Error {
  constructor(command, status, output, stdout = '') {
    const tail = output.trim().split('\n').slice(-15).join('\n');
    super(`${command} ended with ${status}${tail ? `:\n${tail}` : ''}`);
    this.output = output;
    this.stdout = stdout;
  }
}

/**
 * Resolves with the program's stdout; `env` is added to ours; `timeout` is in milliseconds; `endWith` is the signal that
 * Ctrl+C becomes.
 */
export function run(command, args, { cwd, env, timeout, input, endWith } = {}) {
  return new Promise((resolve, reject) => {
    if (isEnding) return; // nothing goes on from here
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      timeout,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    running.set(child, endWith);
    const stdout = [];
    const all = [];
    child.stdout.on('data', (chunk) => {
      stdout.push(chunk);
      all.push(chunk);
    });
    child.stderr.on('data', (chunk) => all.push(chunk));
    child.on('error', (error) => {
      running.delete(child);
      reject(new CommandError(command, error.code ?? error.message, ''));
    });
    child.on('close', (status, signal) => {
      running.delete(child);
      if (isEnding) return;
      if (status === 0) resolve(Buffer.concat(stdout).toString());
      else {
        const [output, text] = [all, stdout].map((chunks) => Buffer.concat(chunks).toString());
        reject(new CommandError(command, signal ?? `status ${status}`, output, text));
      }
    });
    if (input !== undefined) child.stdin.end(input);
  });
}

/**
 * Hands the terminal to the program and resolves with its exit status; `signal` ends it. With `timeoutSeconds` the program
 * and all its children are ended after that time (status 124), even if they spin.
 */
export function passTo(command, args, { cwd, env, stdio = 'inherit', signal: abort, timeoutSeconds } = {}) {
  const isTimed = timeoutSeconds !== undefined && process.platform === 'linux';
  const [program, ...rest] = [...(isTimed ? ['timeout', '-k', '10', String(timeoutSeconds)] : []), command, ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { cwd, env: { ...process.env, ...env }, stdio });
    abort?.addEventListener('abort', () => child.kill('SIGTERM'));
    running.set(child, undefined);
    // The terminal sends Ctrl+C to the child too; it decides what that means, and we report how it ended. timeout(1) puts
    // it into a group of its own, which the terminal does not reach.
    const inherited = process.listeners('SIGINT');
    process.removeAllListeners('SIGINT');
    const ignore = () => isTimed && child.kill('SIGINT');
    process.on('SIGINT', ignore);
    const settle = () => {
      running.delete(child);
      process.removeListener('SIGINT', ignore);
      for (const listener of inherited) process.on('SIGINT', listener);
    };
    child.on('error', (error) => {
      settle();
      reject(new CommandError(command, error.code ?? error.message, ''));
    });
    child.on('close', (status, signal) => {
      settle();
      resolve(
        status ?? 128 + ({ SIGHUP: 1, SIGINT: 2, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }[signal] ?? 0),
      );
    });
  });
}
