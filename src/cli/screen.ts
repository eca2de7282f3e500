import { isVmError, VmError } from '../base/errors';
import { parseCommand, say } from './arguments';
import { parseInteger } from './hardware-options';
import { writeWhole } from './output-file';
import { EXIT_DONE, UsageError } from './usage-error';
import { type VmClient, withRunningVm } from './vm-client';

export const screenshotHelp = `subzero screenshot NAME FILE: a PNG of the guest's screen; '-' prints a text screen`;
export const sendKeysHelp = `subzero send-keys NAME TEXT...: types on the guest's keyboard; \\n is Enter; --press KEYS sends a chord like ctrl+alt+delete`;

/** How long typing may take beyond what the text itself needs. */
const PATIENCE_MS = 30_000;
/** More than a character takes to enter the machine of a guest that reads it. */
const TYPE_MS = 50;

/** USB HID usages (page 7) of the names that --press takes. */
const KEYS: Readonly<Record<string, number>> = {
  ctrl: 0xe0,
  shift: 0xe1,
  alt: 0xe2,
  meta: 0xe3,
  super: 0xe3,
  altgr: 0xe6,
  enter: 0x28,
  esc: 0x29,
  backspace: 0x2a,
  tab: 0x2b,
  space: 0x2c,
  delete: 0x4c,
  del: 0x4c,
  insert: 0x49,
  home: 0x4a,
  end: 0x4d,
  pageup: 0x4b,
  pagedown: 0x4e,
  right: 0x4f,
  left: 0x50,
  down: 0x51,
  up: 0x52,
  capslock: 0x39,
  printscreen: 0x46,
  scrolllock: 0x47,
  pause: 0x48,
  numlock: 0x53,
};

export async function screenshot(args: readonly string[]): Promise<number> {
  const { positionals } = parseCommand('screenshot', args, {}, ['NAME', 'FILE']);
  const [name, file] = positionals as [string, string];
  return withRunningVm(name, async (vm) => {
    if (file === '-') say((await vm.call('screen.text', null)).lines.join('\n'));
    else writeWhole('screenshot', file, await vm.call('screen.picture', null));
    return EXIT_DONE;
  });
}

export const serialHelp = `subzero serial NAME [--port 1..4] [--send TEXT]: prints what the guest sent on a serial port, or sends it TEXT`;

export async function serial(args: readonly string[]): Promise<number> {
  const options = { port: { type: 'string' }, send: { type: 'string' } } as const;
  const { values, positionals } = parseCommand('serial', args, options, ['NAME']);
  const port = values.port === undefined ? 0 : parseInteger('port', values.port, 1, 4) - 1;
  return withRunningVm(positionals[0] as string, async (vm) => {
    if (values.send === undefined) process.stdout.write(await vm.call('serial.history', { port }));
    else await vm.call('serial.write', { port, bytes: new TextEncoder().encode(values.send.replaceAll('\\n', '\r')) });
    return EXIT_DONE;
  });
}

export async function sendKeys(args: readonly string[]): Promise<number> {
  const presses: string[] = [];
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--press') presses.push(args[++i] ?? '');
    else rest.push(args[i] as string);
  }
  const { positionals } = parseCommand('send-keys', rest.slice(0, 1), {}, ['NAME']);
  const text = rest.slice(1).join(' ').replaceAll('\\n', '\n').replaceAll('\\t', '\t');
  if (rest.length > 0 && text === '' && presses.length === 0)
    throw new UsageError("send-keys needs a TEXT or --press KEYS; see 'subzero send-keys --help'");
  const chords = presses.map(chordOf);
  return withRunningVm(positionals[0] as string, async (vm) => {
    for (const usages of chords) {
      const strokes = [
        ...usages.map((usage) => ({ usage, down: true })),
        ...[...usages].reverse().map((usage) => ({ usage, down: false })),
      ];
      await vm.call('keys.send', { strokes });
    }
    if (text !== '') await type(positionals[0] as string, vm, text);
    return EXIT_DONE;
  });
}

async function type(name: string, vm: VmClient, text: string): Promise<void> {
  try {
    await vm.call('keys.type', { text }, { timeoutMs: PATIENCE_MS + text.length * TYPE_MS });
  } catch (error) {
    if (!isVmError(error, 'timeout')) throw error;
    throw new VmError(
      'timeout',
      `${name}: the guest has not read all the keys yet; they wait until it does, or until it is reset`,
    );
  }
}

function chordOf(text: string): number[] {
  return text.toLowerCase().split('+').map(usageOf);
}

function usageOf(name: string): number {
  const named = KEYS[name];
  if (named !== undefined) return named;
  if (/^[a-z]$/.test(name)) return 0x04 + name.charCodeAt(0) - 97;
  if (/^[1-9]$/.test(name)) return 0x1e + Number(name) - 1;
  if (name === '0') return 0x27;
  const fn = /^f([1-9]|1[0-2])$/.exec(name);
  if (fn !== null) return 0x3a + Number(fn[1]) - 1;
  throw new UsageError(
    `--press ${name}: not a key; names are ${Object.keys(KEYS).join(', ')}, letters, digits, f1 to f12`,
  );
}
