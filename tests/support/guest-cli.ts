import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { NodeHostFiles } from '../../src/base/node-host-files';
import { connectTo, type VmClient } from '../../src/cli/vm-client';
import { Library } from '../../src/library/library';
import { subzeroPaths } from '../../src/library/paths';

const OUT = resolve(__dirname, '../../build/out');

/** Where set-up makes guests. */
export const GUESTS = join(OUT, 'guests');

/** A file of a guest that set-up made. */
export function guestFile(name: string): string {
  const file = join(GUESTS, name);
  if (!existsSync(file)) throw new Error(`${file} is missing: set-up makes it (npm test)`);
  return file;
}

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const CPU_LOOK_MS = 2000;
const TICKS_PER_SECOND = 100;

/** Of all threads of a process (proc(5), /proc/pid/stat, utime and stime); 0 when it is gone or this is not Linux. */
export function cpuSecondsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name before may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

/** Runs the command line as a user does, from the built bundle. */
export class Cli {
  readonly home = mkdtempSync(join(tmpdir(), 'subzero-test-'));
  readonly #children = new Set<ChildProcess>();

  run(
    args: readonly string[],
    options: {
      timeoutMs?: number;
      /** Ends it when it has used so much of the CPU: unlike the host's clock, that is the same on a busy computer. */
      cpuSeconds?: number;
      input?: string;
    } = {},
  ): Promise<CliResult> {
    const child = spawn(process.execPath, [join(OUT, 'cli.cjs'), ...args], {
      env: { ...process.env, SUBZERO_HOME: this.home },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#children.add(child);
    if (options.input !== undefined) child.stdin.write(options.input);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('latin1').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const timer =
      options.timeoutMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), options.timeoutMs);
    const { cpuSeconds } = options;
    const watch =
      cpuSeconds === undefined
        ? undefined
        : setInterval(() => {
            if (cpuSecondsOf(child.pid as number) < cpuSeconds) return;
            stderr += `ended by the test: it has used ${cpuSeconds} s of the CPU\n`;
            child.kill('SIGKILL');
          }, CPU_LOOK_MS);
    return new Promise((done) => {
      child.on('close', (status) => {
        clearTimeout(timer);
        clearInterval(watch);
        this.#children.delete(child);
        done({ status, stdout, stderr });
      });
    });
  }

  /** Like `run`, but anything but status 0 is an error that shows what was printed. */
  async ok(...args: string[]): Promise<string> {
    const { status, stdout, stderr } = await this.run(args);
    if (status !== 0) throw new Error(`subzero ${args.join(' ')} ended with ${String(status)}\n${stderr}\n${stdout}`);
    return stdout;
  }

  /** A connection to a running VM, for what a command of its own would be too slow for. */
  async connect(name: string): Promise<VmClient> {
    const library = new Library(new NodeHostFiles(), subzeroPaths({ SUBZERO_HOME: this.home }));
    return connectTo(await library.find(name));
  }

  /** Waits until the text screen of a running VM matches. */
  async screen(name: string, pattern: RegExp, timeoutMs: number): Promise<string> {
    const end = Date.now() + timeoutMs;
    let text = '';
    while (Date.now() < end) {
      text = (await this.run(['screenshot', name, '-'])).stdout;
      if (pattern.test(Buffer.from(text, 'latin1').toString('utf8'))) return text;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    throw new Error(`the screen of ${name} never matched ${String(pattern)}; it shows\n${text}`);
  }

  /** Ends what still runs and removes the VMs. */
  async close(): Promise<void> {
    const { stdout } = await this.run(['list', '--json']);
    if (stdout.startsWith('[')) {
      for (const { name, pid } of JSON.parse(stdout) as { name: string; pid: number | null }[]) {
        if (pid !== null) await this.run(['stop', name, '--force']);
      }
    }
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.home, { recursive: true, force: true });
  }
}
