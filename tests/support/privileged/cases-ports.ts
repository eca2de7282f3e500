import type { PrivilegedCase } from './case';

/** Keyboard controller, serial port, floppy controller and ports where nothing is, as software asks them. */

interface Wanted {
  readonly code: string;
  readonly expect: string;
}
const item = (name: string, manual: string, { code, expect }: Wanted): PrivilegedCase => ({
  ...{ name, manual, world: 'flat32', code, show: 'eax', expect },
});

/** CALLed: a byte to the controller, to the keyboard; a byte from them, shifted into EDI. */
const KEYBOARD = `
  jmp .start
  .ready: in al, 0x64; test al, 2; jne .ready; ret
  .command: push eax; call .ready; pop eax; out 0x64, al; ret
  .data: push eax; call .ready; pop eax; out 0x60, al; ret
  .answer:
  mov ecx, 0x200000
  .full: in al, 0x64; test al, 1; jne .there; dec ecx; jne .full
  mov al, 0xee; jmp .take
  .there: in al, 0x60
  .take: shl edi, 8; movzx eax, al; or edi, eax; ret
  .empty:
  mov ecx, 0x4000
  .drain: in al, 0x64; test al, 1; je .none; in al, 0x60
  .none: dec ecx; jne .drain; ret
  .start:
  call .empty
  # no interrupts, keyboard and mouse on, translation
  mov al, 0x60; call .command; mov al, 0x44; call .data
  mov edi, 0
`;
const command = (value: number): string => `mov al, ${value}; call .command\n`;
const data = (value: number): string => `mov al, ${value}; call .data\n`;
const answers = (count: number): string => 'call .answer\n'.repeat(count);
const keyboard = (...bytes: readonly number[]): string => bytes.map((byte) => `${data(byte)}${answers(1)}`).join('');
const mouse = (...bytes: readonly number[]): string =>
  bytes.map((byte) => `${command(0xd4)}${data(byte)}${answers(1)}`).join('');
const forget = 'call .empty\nmov edi, 0\n';
const RESULT = 'mov esi, edi\ncall .empty\nmov eax, esi\n';

const i8042 = (name: string, manual: string, code: string, expect: string): PrivilegedCase =>
  item(`keyboard controller, ${name}`, manual, { code: `${KEYBOARD}${code}${RESULT}`, expect: `eax=${expect}` });

const controller: PrivilegedCase[] = [
  i8042('self test', 'IBM PS/2, AA', `${command(0xaa)}${answers(1)}`, '55'),
  i8042('interface tests', 'IBM PS/2, AB and A9', `${command(0xab)}${answers(1)}${command(0xa9)}${answers(1)}`, '0'),
  i8042('command byte', 'IBM PS/2, 20 and 60', `${command(0x20)}${answers(1)}`, '44'),
  i8042('the A20 gate by the output port', 'IBM PS/2, D0', `${command(0xd0)}${answers(1)}and edi, 3\n`, '3'),
  i8042('a byte as from the keyboard', 'IBM PS/2, D2', `${command(0xd2)}${data(0x5a)}${answers(1)}`, '5a'),
  i8042(
    'a byte as from the mouse',
    'IBM PS/2, D3',
    `${command(0xd3)}${data(0x5a)}
    mov ecx, 0x200000; .aux: in al, 0x64; and al, 0x21; cmp al, 0x21; je .got; dec ecx; jne .aux
    .got: movzx edi, al; ${answers(1)}`,
    '215a',
  ),
  i8042('echo', 'IBM PS/2, EE', keyboard(0xee), 'ee'),
  i8042('keyboard identity, translated', 'IBM PS/2, F2', `${keyboard(0xf2)}${answers(2)}`, 'faab41'),
  i8042('keyboard reset', 'IBM PS/2, FF', `${keyboard(0xff)}${answers(1)}`, 'faaa'),
  i8042('scan code set, asked for', 'IBM PS/2, F0', `${keyboard(0xf0, 0)}${answers(1)}`, 'fafa41'),
  i8042('unknown keyboard command', 'IBM PS/2, FE', keyboard(0x01), 'fe'),
  i8042('keyboard lights', 'IBM PS/2, ED', keyboard(0xed, 0), 'fafa'),
  i8042('mouse reset', 'IBM PS/2, mouse FF', `${mouse(0xff)}${answers(2)}`, 'faaa00'),
  i8042('mouse status', 'IBM PS/2, mouse E9', `${mouse(0xf6)}${forget}${mouse(0xe9)}${answers(3)}`, 'fa000264'),
  i8042(
    'mouse with a wheel',
    'Microsoft, IntelliMouse',
    `${mouse(0xff)}${answers(2)}${mouse(0xf3, 200, 0xf3, 100, 0xf3, 80)}${forget}${mouse(0xf2)}${answers(1)}`,
    'fa03',
  ),
  i8042(
    'mouse in remote mode',
    'IBM PS/2, mouse F0 and EB',
    `${mouse(0xff)}${answers(2)}${mouse(0xf0)}${forget}${mouse(0xeb)}${answers(3)}`,
    'fa080000',
  ),
  i8042(
    'mouse in wrap mode',
    'IBM PS/2, mouse EE and EC',
    `${mouse(0xff)}${answers(2)}${mouse(0xee)}${forget}${mouse(0x5a, 0xec)}`,
    '5afa',
  ),
  i8042('unknown mouse command', 'IBM PS/2, mouse FE', `${mouse(0x10)}`, 'fe'),
];

const COM1 = 0x3f8;
const out = (register: number, value: number): string => `mov edx, ${COM1 + register}; mov al, ${value}; out dx, al\n`;
const read = (register: number): string => `mov edx, ${COM1 + register}; in al, dx\n`;
const take = (register: number): string => `${read(register)}shl edi, 8; movzx eax, al; or edi, eax\n`;
/** What has been printed is sent first; the port is as before afterwards. */
const uart = (name: string, manual: string, code: string, expect: string): PrivilegedCase =>
  item(`serial port, ${name}`, manual, {
    code: `
      mov edx, ${COM1 + 5}
      .sent: in al, dx; and al, 0x60; cmp al, 0x60; jne .sent
      ${read(4)} mov bl, al
      ${out(4, 0x10)}
      ${out(2, 7)} ${out(2, 0)} ${read(0)} ${read(5)} ${read(6)}
      mov edi, 0
      ${code}
      ${out(1, 0)} ${out(2, 0)} ${out(3, 3)} ${read(0)}
      mov edx, ${COM1 + 4}; mov al, bl; out dx, al
      ${read(6)}
      mov eax, edi`,
    expect: `eax=${expect}`,
  });
/** Until the byte that was sent has come back, or long enough. */
const ARRIVES = `
  mov edx, ${COM1 + 5}; mov ecx, 0x100000
  .wait: in al, dx; test al, 1; jne .there; dec ecx; jne .wait
  .there:
`;
const SETTLE = 'pushad; mov ecx, 20000; mov esi, 0; mov edx, 0x80; rep outsb; popad\n';

const serial: PrivilegedCase[] = [
  uart('scratch register', 'PC16550D, 8.10', `${out(7, 0xa5)}${take(7)}`, 'a5'),
  uart(
    'divisor latch',
    'PC16550D, 8.2',
    `${out(3, 0x83)}${take(0)}${take(1)}${out(1, 0x12)}${take(1)}${out(1, 0)}${out(3, 3)}`,
    '10012',
  ),
  uart('loop-back of data', 'PC16550D, 8.6', `${out(0, 0x5a)}${ARRIVES}${take(0)}`, '5a'),
  uart('loop-back of modem lines', 'PC16550D, 8.6', `${out(4, 0x1f)}${take(6)}${take(6)}`, 'fbf0'),
  uart('end of a ring', 'PC16550D, 8.8', `${out(4, 0x14)}${read(6)}${out(4, 0x10)}${take(6)}`, '4'),
  uart('FIFOs that are on', 'PC16550D, 8.4', `${out(2, 1)}${take(2)}${out(2, 0)}${take(2)}`, 'c101'),
  uart('interrupt of the empty transmitter', 'PC16550D, 8.5', `${out(1, 2)}${take(2)}${take(2)}`, '201'),
  uart(
    'a character that was not read in time',
    'PC16550D, 8.3',
    `${out(0, 0x41)}${SETTLE}${out(0, 0x42)}${SETTLE}${read(5)}and eax, 3; mov edi, eax; ${take(0)}`,
    '342',
  ),
  uart(
    'break in loop-back',
    'PC16550D, 8.1',
    `${out(3, 0x43)}${SETTLE}${read(5)}and eax, 0x10; mov edi, eax; ${out(3, 3)}`,
    '10',
  ),
];

const FLOPPY = `
  jmp .start
  .send: push eax; mov edx, 0x3f4
  .ready: in al, dx; and al, 0xc0; cmp al, 0x80; jne .ready
  pop eax; mov edx, 0x3f5; out dx, al; ret
  .get: mov edx, 0x3f4
  .full: in al, dx; and al, 0xc0; cmp al, 0xc0; jne .full
  mov edx, 0x3f5; in al, dx; shl edi, 8; movzx eax, al; or edi, eax; ret
  .wait: mov ecx, 0x40000
  .more: in al, 0x80; dec ecx; jne .more; ret
  .start:
  mov edx, 0x3f2; mov al, 0x18; out dx, al; call .wait; mov al, 0x1c; mov edx, 0x3f2; out dx, al; call .wait
  mov edx, 0x3f7; mov al, 0; out dx, al
  mov edi, 0
`;
const send = (...bytes: readonly number[]): string => bytes.map((byte) => `mov al, ${byte}; call .send\n`).join('');
const get = (count: number): string => 'call .get\n'.repeat(count);
const SENSED = `${send(8)}${get(2)}`.repeat(4);
const fdc = (name: string, manual: string, code: string, expect: string): PrivilegedCase =>
  item(`floppy controller, ${name}`, manual, { code: `${FLOPPY}${code}\nmov eax, edi`, expect: `eax=${expect}` });

const floppy: PrivilegedCase[] = [
  fdc(
    'four interrupts after a reset',
    '82078, 3.4',
    `${send(8)}${get(1)}mov esi, edi; ${get(1)}${send(8)}${get(2)}mov edi, esi`,
    'c0',
  ),
  fdc('nothing to sense', '82078, 5.2.1', `${SENSED}mov edi, 0; ${send(8)}${get(1)}`, '80'),
  fdc('unknown command', '82078, 5.1', `${SENSED}mov edi, 0; ${send(0x1f)}${get(1)}`, '80'),
  fdc('version', '82078, 5.2', `${SENSED}mov edi, 0; ${send(0x10)}${get(1)}`, '90'),
  fdc('lock', '82078, 5.2.16', `${SENSED}mov edi, 0; ${send(0x94)}${get(1)}${send(0x14)}${get(1)}`, '1000'),
  fdc(
    'seek and recalibration',
    '82078, 5.2',
    `${SENSED}mov edi, 0; ${send(0x0f, 0, 5)}call .wait; ${send(8)}${get(2)}${send(7, 0)}call .wait; ${send(8)}${get(2)}`,
    '20052000',
  ),
  fdc(
    'drive at track 0',
    '82078, ST3',
    `${SENSED}${send(7, 0)}call .wait; ${send(8)}${get(2)}mov edi, 0; ${send(4, 0)}${get(1)}and edi, 0xb7`,
    '30',
  ),
  fdc(
    'identity of a sector',
    '82078, READ ID',
    `${SENSED}${send(7, 0)}call .wait; ${send(8)}${get(2)}
    ${send(0x4a, 0)}call .wait; call .wait; ${get(4)}and edi, 0xf0ffffff; mov esi, edi; mov edi, 0; ${get(3)}and edi, 0xff00ff; or edi, esi`,
    '2',
  ),
];

const nothing: PrivilegedCase[] = [
  item('port where nothing is', 'ISA: pulled high', {
    code: 'mov edx, 0x310; in al, dx; movzx esi, al; in ax, dx; shl esi, 16; movzx eax, ax; or eax, esi',
    expect: 'eax=ffffff',
  }),
  item('no joystick', 'IBM PC, game control adapter', {
    code: 'mov edx, 0x201; in al, dx; movzx eax, al',
    expect: 'eax=ff',
  }),
];

export const PORT_CASES: readonly PrivilegedCase[] = [...controller, ...serial, ...floppy, ...nothing];
