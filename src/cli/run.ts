import { parseArgs } from 'node:util';
import { messageOf, VmError } from '../base/errors';
import { NodeHostFiles } from '../base/node-host-files';
import { engineReason } from '../config/cpu';
import type { Validated, VmConfig } from '../config/vm-config';
import { createGuestProcess, type GuestProcess, startOrClose } from '../guest/guest-process';
import { ThrowAwayStore } from '../guest/throw-away-store';
import { assetsIn } from '../guest/vm-assets';
import type { VmSession } from '../guest/vm-session';
import type { VmStore } from '../disk/vm-store';
import { translate } from '../i18n/translate';
import { Library } from '../library/library';
import { preferredPaths } from '../library/preferences-file';
import { prepareSocket } from '../library/runtime-socket';
import type { VmEnd } from '../protocol/guest';
import {
  configFromOptions,
  type HardwareValues,
  hardwareHelp,
  hardwareOptions,
  parseInteger,
  temporaryPlace,
} from './hardware-options';
import { OutputFile, requireWritable, writeWhole } from './output-file';
import { EXIT_DONE, EXIT_FAILED, EXIT_TIMEOUT, UsageError } from './usage-error';

export const runHelp = `subzero run [NAME] [options]: runs a VM of the library, or a throw-away VM from options, without a window
${hardwareHelp}
  --headless            the default here; a window is the app's
  --serial stdio|FILE   where the first serial port goes
  --until REGEX         ends with status 0 as soon as serial output or the text screen matches
  --timeout SECONDS     ends with status 124 after that time
  --type TEXT           typed on the keyboard when the VM runs; \\n is Enter; with --type-after REGEX once that was seen
  --screenshot FILE     a PNG of the screen at the end
  --tap-port PORT=FILE  every byte the guest writes to that I/O port, e.g. 0x402=-; '-' is stderr
  --debug-exit          a write of V to port 0xf4 ends with status (V << 1) | 1
  --no-reboot           a reset of the guest ends the run
  --stats               a line of figures on stderr at the end
  --stats-after REGEX   the instructions so far on stderr after every line of serial output that matches`;

const runOptions = {
  ...hardwareOptions,
  headless: { type: 'boolean' },
  serial: { type: 'string' },
  until: { type: 'string' },
  timeout: { type: 'string' },
  type: { type: 'string', multiple: true },
  'type-after': { type: 'string', multiple: true },
  screenshot: { type: 'string' },
  'tap-port': { type: 'string', multiple: true },
  'debug-exit': { type: 'boolean' },
  'no-reboot': { type: 'boolean' },
  stats: { type: 'boolean' },
  'stats-after': { type: 'string' },
} as const;

/** Text kept for matching across chunks. */
const MATCH_WINDOW = 64 << 10;
const SCREEN_LOOK_MS = 100;

interface RunValues extends HardwareValues {
  readonly serial?: string;
  readonly until?: string;
  readonly timeout?: string;
  readonly type?: string[];
  readonly 'type-after'?: string[];
  readonly screenshot?: string;
  readonly 'tap-port'?: string[];
  readonly 'debug-exit'?: boolean;
  readonly 'no-reboot'?: boolean;
  readonly stats?: boolean;
  readonly 'stats-after'?: string;
}

/** What is waited for, and what to type then. */
class Expectation {
  #seen = '';
  constructor(
    readonly pattern: RegExp,
    readonly then: () => void,
  ) {}

  /** True once, when the text matched. */
  feed(text: string): boolean {
    this.#seen = (this.#seen + text).slice(-MATCH_WINDOW);
    return this.pattern.test(this.#seen);
  }
}

export async function run(args: readonly string[], out: string): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options: runOptions, allowPositionals: true });
  if (positionals.length > 1)
    throw new UsageError(`run takes one NAME at most, not '${positionals.slice(1).join(' ')}'`);
  const until = regexOf('until', values.until);
  const timeoutMs =
    values.timeout === undefined ? undefined : parseInteger('timeout', values.timeout, 1, 1_000_000) * 1000;
  if ((values['type-after']?.length ?? 0) > (values.type?.length ?? 0))
    throw new UsageError('--type-after: needs a --type of its own');
  const { store, socketPath } = await prepare(positionals[0], values);
  let guest: GuestProcess;
  try {
    if (socketPath !== undefined) await prepareSocket(socketPath);
    guest = await createGuestProcess(store, assetsIn(out), socketPath, { noReboot: values['no-reboot'] ?? false });
  } catch (error) {
    await store.close();
    throw error;
  }
  try {
    return await new Run(store, values, until, guest).toEnd(timeoutMs);
  } finally {
    await guest.stopServing();
    // Whatever went wrong, the machine does not stay behind.
    await guest.session.powerOff().catch(() => undefined);
    await store.close();
  }
}

interface Prepared {
  readonly store: VmStore<Validated<VmConfig>>;
  /** Of a VM of the library: others may control it meanwhile. */
  readonly socketPath: string | undefined;
}

async function prepare(name: string | undefined, values: RunValues): Promise<Prepared> {
  const files = new NodeHostFiles();
  const taps = (values['tap-port'] ?? []).map(parseTap);
  if (name !== undefined) return fromLibrary(files, name, values);
  const debug = { debugExit: values['debug-exit'] ?? false, tapPorts: taps };
  const place = temporaryPlace(files);
  const config = await configFromOptions(files, 'throw-away', values, place, { debug });
  return { store: new ThrowAwayStore(files, config, place.made), socketPath: undefined };
}

async function fromLibrary(files: NodeHostFiles, name: string, values: RunValues): Promise<Prepared> {
  const fixed = [...Object.keys(hardwareOptions), 'tap-port', 'debug-exit'].find((option) => option in values);
  if (fixed !== undefined) {
    throw new UsageError(
      `run ${name} --${fixed}: a VM of the library has its own hardware; leave the option or the name out`,
    );
  }
  const library = new Library(files, preferredPaths());
  const { folder } = await library.find(name);
  const socketPath = library.socketPath(folder);
  return { store: await library.openToRun(folder, socketPath), socketPath };
}

function parseTap(text: string): { port: number; file: string } {
  const equals = text.indexOf('=');
  if (equals <= 0 || equals === text.length - 1) throw new UsageError(`--tap-port ${text}: must be PORT=FILE`);
  return { port: parseInteger('tap-port', text.slice(0, equals), 0, 0xffff), file: text.slice(equals + 1) };
}

function regexOf(option: string, text: string | undefined): RegExp | undefined {
  if (text === undefined) return undefined;
  try {
    return new RegExp(text, 'm');
  } catch (error) {
    throw new UsageError(`--${option} ${text}: ${messageOf(error)}`);
  }
}

class Run {
  readonly #session: VmSession;
  readonly #taps = new Map<number, OutputFile | 'stderr'>();
  readonly #expectations: Expectation[] = [];
  readonly #serialFile: OutputFile | undefined;
  readonly #typing: readonly { readonly text: string; readonly after: RegExp | undefined }[];
  readonly #statsAfter: RegExp | undefined;
  /** Of serial output, a line that has not ended. */
  #line = '';
  #finish: (status: number) => void = () => undefined;
  #untilSeen = false;

  constructor(
    private readonly store: VmStore<Validated<VmConfig>>,
    private readonly values: RunValues,
    private readonly until: RegExp | undefined,
    private readonly guest: GuestProcess,
  ) {
    const { session, service } = guest;
    this.#session = session;
    this.#typing = (values.type ?? []).map((raw, index) => ({
      text: raw.replaceAll('\\n', '\n').replaceAll('\\t', '\t'),
      after: regexOf('type-after', values['type-after']?.[index]),
    }));
    this.#statsAfter = regexOf('stats-after', values['stats-after']);
    const cannotWrite = (error: VmError): void => this.#fail(error);
    for (const { port, file } of store.config.debug.tapPorts)
      this.#taps.set(
        port,
        file === '-' ? 'stderr' : new OutputFile(`tap-port 0x${port.toString(16)}`, file, cannotWrite),
      );
    if (values.serial !== undefined && values.serial !== 'stdio')
      this.#serialFile = new OutputFile('serial', values.serial, cannotWrite);
    if (values.screenshot !== undefined) requireWritable('screenshot', values.screenshot);
    if (until !== undefined) {
      this.#expectations.push(
        new Expectation(until, () => {
          this.#untilSeen = true;
          this.#finish(EXIT_DONE);
        }),
      );
    }
    service.addListener({
      end: (end) => this.#ended(end),
      serial: (port, bytes) => this.#serial(port, bytes),
      tap: (port, bytes) => this.#tap(port, bytes),
      log: (level, message) => {
        if (level !== 'info') process.stderr.write(`subzero: ${message}\n`);
      },
    });
    if (store.config.cpu.engine === 'auto')
      process.stderr.write(`subzero: engine emulated: ${translate(`engine.why.${engineReason(store.config.cpu)}`)}\n`);
  }

  async toEnd(timeoutMs: number | undefined): Promise<number> {
    const finished = new Promise<number>((resolve) => {
      this.#finish = resolve;
    });
    await startOrClose(this.guest, this.store);
    this.#typeLater();
    const stdin = this.values.serial === 'stdio' ? this.#readStdin() : undefined;
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => this.#finish(EXIT_TIMEOUT), timeoutMs);
    const isLooking = this.until !== undefined || this.#typing.some(({ after }) => after !== undefined);
    const looker = isLooking ? setInterval(() => void this.#lookAtScreen(), SCREEN_LOOK_MS) : undefined;
    const interrupted = (): void => this.#finish(EXIT_FAILED);
    process.once('SIGINT', interrupted);
    process.once('SIGTERM', interrupted);
    const status = await finished;
    clearTimeout(timer);
    clearInterval(looker);
    stdin?.();
    const isComplete = await this.#atEnd();
    return isComplete || status !== EXIT_DONE ? status : EXIT_FAILED;
  }

  /** Also of a guest that has switched itself off. False when there is no picture. */
  async #takeScreenshot(file: string): Promise<boolean> {
    try {
      writeWhole('--screenshot', file, await this.#session.screenPicture());
      return true;
    } catch (error) {
      process.stderr.write(`subzero: no screenshot: ${VmError.from(error).message}\n`);
      return false;
    }
  }

  /** Screenshot and figures, then off. False when something that was asked for is missing. */
  async #atEnd(): Promise<boolean> {
    const { screenshot } = this.values;
    const isComplete = screenshot === undefined || (await this.#takeScreenshot(screenshot));
    if (this.values.stats && this.#session.status.kind === 'running') {
      const { count, guestNs, mips, load, jit } = await this.#session.stats();
      process.stderr.write(
        `subzero: ${count} instructions, ${(guestNs / 1e9).toFixed(2)} s guest time, ${mips.toFixed(1)} MIPS, load ${load.toFixed(2)}\n`,
      );
      if (jit !== undefined) process.stderr.write(`subzero: compiled code: ${JSON.stringify(jit)}\n`);
    }
    if (this.#session.status.kind !== 'stopped') await this.#session.powerOff().catch(() => undefined);
    for (const tap of this.#taps.values()) if (tap !== 'stderr') await tap.close();
    await this.#serialFile?.close();
    return isComplete;
  }

  #fail(error: unknown): void {
    process.stderr.write(`subzero: ${VmError.from(error).message}\n`);
    this.#finish(EXIT_FAILED);
  }

  #ended(end: VmEnd): void {
    switch (end.kind) {
      case 'poweredOff':
      case 'noReboot':
      case 'suspended':
        return this.#finish(this.until === undefined || this.#untilSeen ? EXIT_DONE : EXIT_FAILED);
      case 'debugExit':
        return this.#finish(end.status);
      case 'tripleFault':
        process.stderr.write('subzero: the guest triple-faulted: its CPU could not deliver an exception\n');
        return this.#finish(EXIT_FAILED);
      case 'failed':
        process.stderr.write(`subzero: ${end.error.message}\n`);
        return this.#finish(EXIT_FAILED);
    }
  }

  #serial(port: number, bytes: Uint8Array): void {
    if (port !== 0) return;
    if (this.values.serial === 'stdio') process.stdout.write(bytes);
    this.#serialFile?.write(bytes);
    const text = Buffer.from(bytes).toString('latin1');
    this.#feed(text);
    if (this.#statsAfter !== undefined) this.#tellInstructions(this.#statsAfter, text);
  }

  #tellInstructions(after: RegExp, text: string): void {
    const lines = (this.#line + text).split(/\r*\n/);
    this.#line = (lines.pop() as string).slice(-MATCH_WINDOW);
    for (const line of lines.filter((one) => after.test(one))) {
      this.#session.stats().then(
        ({ count }) => process.stderr.write(`subzero: after '${line}': ${count} instructions\n`),
        () => undefined, // it has ended meanwhile
      );
    }
  }

  #tap(port: number, bytes: Uint8Array): void {
    const tap = this.#taps.get(port);
    if (tap === 'stderr') process.stderr.write(bytes);
    else tap?.write(bytes);
  }

  #feed(text: string): void {
    for (const expectation of [...this.#expectations]) {
      if (!expectation.feed(text)) continue;
      this.#expectations.splice(this.#expectations.indexOf(expectation), 1);
      expectation.then();
    }
  }

  async #lookAtScreen(): Promise<void> {
    if (this.#session.status.kind !== 'running') return;
    const screen = await this.#session.screenText().catch(() => undefined);
    if (screen !== undefined) this.#feed(`\n${screen.lines.join('\n')}\n`);
  }

  /** `--type` texts: each waits for its `--type-after`, in order; without one it is typed at once. */
  #typeLater(next = 0): void {
    const typing = this.#typing[next];
    if (typing === undefined) return;
    const type = (): void => {
      this.#session.typeText(typing.text).catch((error: unknown) => this.#fail(error));
      this.#typeLater(next + 1);
    };
    if (typing.after === undefined) type();
    else this.#expectations.push(new Expectation(typing.after, type));
  }

  #readStdin(): () => void {
    const onData = (chunk: Buffer): void => this.#session.writeSerial(0, new Uint8Array(chunk));
    process.stdin.on('data', onData);
    if (process.stdin.isTTY) process.stdin.setRawMode(true);
    return () => {
      process.stdin.off('data', onData);
      if (process.stdin.isTTY) process.stdin.setRawMode(false);
      process.stdin.pause();
    };
  }
}
