import type { PrivilegedCase } from './case';

/** Timer, interrupt controllers, real-time clock and DMA, as software asks them (8254, 8259A, MC146818A and 8237A datasheets). */

/** A pause of some ticks of the timer and more: port 80 takes about a microsecond on hardware. */
const pause = (times: number): string => `
  pushad; mov ecx, ${times}; mov esi, 0; mov edx, 0x80; rep outsb; popad
`;
/** GATE of counter 2, and no sound. */
const gate = (level: 0 | 1): string => `in al, 0x61; and al, 0xfc; or al, ${level}; out 0x61, al\n`;
const outs = (...pairs: readonly (readonly [port: number, value: number])[]): string =>
  `${pairs.map(([port, value]) => `mov al, ${value}; out ${port}, al`).join('\n')}\n`;
/** AX from two reads, the low byte first. */
const readWord = (port: number): string => `\nin al, ${port}; mov bl, al; in al, ${port}; mov bh, al; movzx eax, bx\n`;

interface Wanted {
  readonly code: string;
  readonly show?: string;
  readonly expect: string;
}
const item = (name: string, manual: string, { code, show = 'eax', expect }: Wanted): PrivilegedCase => ({
  ...{ name, manual, world: 'flat32', code, show, expect },
});

const timer: PrivilegedCase[] = [
  item('timer, a count waits while GATE is low', '8254, mode 0', {
    code: `${gate(0)}${outs([0x43, 0xb0], [0x42, 0x34], [0x42, 0x12])}${pause(2000)}${readWord(0x42)}`,
    expect: 'eax=1234',
  }),
  item('timer, a count of decimal digits', '8254, BCD', {
    code: `${gate(0)}${outs([0x43, 0xb1], [0x42, 0x99], [0x42, 0x99])}${pause(2000)}${readWord(0x42)}`,
    expect: 'eax=9999',
  }),
  item('timer, status before and after the count', '8254, read-back', {
    code: `
      ${gate(0)}
      ${outs([0x43, 0xb0], [0x43, 0xe8])}
      in al, 0x42; mov bl, al
      ${outs([0x42, 0x34], [0x42, 0x12])}
      ${pause(2000)}
      ${outs([0x43, 0xe8])}
      in al, 0x42; mov bh, al; movzx eax, bx`,
    expect: 'eax=3070',
  }),
  item('timer, status and count latched together', '8254, read-back', {
    code: `
      ${gate(0)}
      ${outs([0x43, 0xb0], [0x42, 0x34], [0x42, 0x12])}
      ${pause(2000)}
      ${outs([0x43, 0xc8])}
      in al, 0x42; movzx edx, al
      ${readWord(0x42)}
      shl edx, 16; or eax, edx`,
    expect: 'eax=301234',
  }),
  item('timer, one byte of the count', '8254, RW1 and RW0', {
    code: `
      ${gate(0)}
      ${outs([0x43, 0x90], [0x42, 0x55])}
      ${pause(2000)}
      ${readWord(0x42)}
      mov edx, eax; shl edx, 16
      ${outs([0x43, 0xa0], [0x42, 0x12])}
      ${pause(2000)}
      ${readWord(0x42)}
      or eax, edx`,
    expect: 'eax=55551212',
  }),
  item('timer, OUT after each control word', '8254, modes', {
    code: `
      ${gate(0)}
      mov ebx, 0; mov ecx, 0
      .mode:
      mov al, cl; shl al, 1; or al, 0xb0; out 0x43, al
      in al, 0x61; shr al, 5; and al, 1; shl al, cl; or bl, al
      inc ecx; cmp ecx, 6; jb .mode
      mov eax, ebx`,
    expect: 'eax=3e',
  }),
  item('timer, OUT rises at the end of a count', '8254, mode 0', {
    code: `
      ${gate(1)}
      ${outs([0x43, 0xb0], [0x42, 0x40], [0x42, 0])}
      in al, 0x61; and eax, 0x20; mov ebx, eax
      mov ecx, 0x100000
      .wait: in al, 0x61; test al, 0x20; jne .risen; dec ecx; jne .wait
      .risen: and eax, 0x20; shr ebx, 4; or eax, ebx
      mov edx, eax
      ${gate(0)}
      mov eax, edx`,
    expect: 'eax=20',
  }),
  item('timer, one-shot that GATE starts', '8254, mode 1', {
    code: `
      ${gate(0)}
      ${outs([0x43, 0xb2], [0x42, 0], [0x42, 0x10])}
      in al, 0x61; and eax, 0x20; mov ebx, eax
      ${gate(1)}
      ${pause(2000)}
      in al, 0x61; and eax, 0x20; shl eax, 8; or ebx, eax
      mov ecx, 0x1000000
      .wait: in al, 0x61; test al, 0x20; jne .risen; dec ecx; jne .wait
      .risen: and eax, 0x20; shl eax, 16; or ebx, eax
      ${gate(0)}
      mov eax, ebx`,
    expect: 'eax=200020',
  }),
  // between the two latches lie half a millisecond of refresh requests, however fast the CPU is; QEMU, whose
  // requests come with each read, spends the time before
  item('timer, a latched count stays until it is read', '8254, counter latch', {
    code: `
      ${gate(1)}
      ${outs([0x43, 0xb0], [0x42, 0xff], [0x42, 0xff], [0x43, 0x80])}
      ${pause(20000)}
      mov ecx, 32
      .wait: in al, 0x61; and al, 0x10; cmp al, bl; je .wait; mov bl, al; loop .wait
      ${outs([0x43, 0x80])}
      ${readWord(0x42)}
      mov edx, eax
      ${outs([0x43, 0x80])}
      ${readWord(0x42)}
      sub edx, eax; mov eax, 0; cmp edx, 0x80; setae al`,
    expect: 'eax=1',
  }),
  item('timer, refresh requests', 'PIIX3, 2.5.5.1', {
    code: `
      in al, 0x61; and al, 0x10; mov bl, al
      mov ecx, 0x100000
      .wait: in al, 0x61; and al, 0x10; cmp al, bl; jne .changed; dec ecx; jne .wait
      .changed: mov eax, 0; test ecx, ecx; setne al`,
    expect: 'eax=1',
  }),
];

/** Both controllers as the BIOS leaves them, all masked; the timer's OUT 0 high, which is a request once it rose. */
const controllers = `${outs(
  ...([
    [0x20, 0x11],
    [0x21, 8],
    [0x21, 4],
    [0x21, 1],
    [0x21, 0xff],
    [0xa0, 0x11],
    [0xa1, 0x70],
    [0xa1, 2],
    [0xa1, 1],
    [0xa1, 0xff],
  ] as const),
)}
`;
const request = `${outs([0x43, 0x30], [0x40, 2], [0x40, 0])}${pause(2000)}`;
const readRequests = `${outs([0x20, 0x0a])}in al, 0x20\n`;
const readService = `${outs([0x20, 0x0b])}in al, 0x20\n`;
const done = `mov edx, eax\n${controllers}mov eax, edx\n`;

const controllerCases: PrivilegedCase[] = [
  item('interrupt controller, mask register', '8259A, OCW1', {
    code: `${outs([0x21, 0xa5])}in al, 0x21; movzx edx, al; ${outs([0x21, 0xff])}mov eax, edx`,
    expect: 'eax=a5',
  }),
  item('interrupt controller, request of the timer', '8259A, OCW3', {
    code: `${controllers}${readRequests}and eax, 1; mov ebx, eax; ${request}${readRequests}and eax, 1; shl eax, 4; or eax, ebx; ${done}`,
    expect: 'eax=10',
  }),
  item('interrupt controller, poll takes the request', '8259A, poll command', {
    code: `
      ${controllers}
      ${request}
      ${outs([0x21, 0xfe], [0x20, 0x0c])}
      in al, 0x20; mov bl, al
      ${readService}
      mov bh, al
      ${readRequests}
      and eax, 1; shl eax, 16; movzx ebx, bx; or ebx, eax
      ${outs([0x20, 0x20])}
      ${readService}
      and eax, 1; shl eax, 20; or eax, ebx
      ${done}`,
    expect: 'eax=180',
  }),
  item('interrupt controller, poll without a request', '8259A, poll command', {
    code: `${controllers}${outs([0x20, 0x0c])}in al, 0x20; and eax, 0x80; ${done}`,
    expect: 'eax=0',
  }),
  item('interrupt controller, poll with automatic end', '8259A, AEOI', {
    code: `
      ${outs([0x20, 0x11], [0x21, 8], [0x21, 4], [0x21, 3], [0x21, 0xfe])}
      ${request}
      ${outs([0x20, 0x0c])}
      in al, 0x20; movzx ebx, al
      ${readService}
      movzx eax, al; shl eax, 8; or eax, ebx
      ${done}`,
    expect: 'eax=80',
  }),
  item(
    'interrupt controller, a masked one in service holds back unless the mask is special',
    '8259A, special mask mode',
    {
      // IRQ 0 in service and masked; IRQ 2, the slave's, is asked for by the clock's periodic interrupt
      code: `
      ${controllers}
      ${request}
      ${outs([0x21, 0xfe], [0x20, 0x0c])}
      in al, 0x20
      ${outs([0x70, 0x0a], [0x71, 0x23], [0x70, 0x0c])}
      in al, 0x71
      ${outs([0x70, 0x0b])}
      in al, 0x71; mov bl, al; or al, 0x40; out 0x71, al
      ${pause(200000)}
      ${outs([0xa1, 0xfe], [0x21, 0xfb], [0x20, 0x0c])}
      in al, 0x20; and al, 0x87; movzx esi, al
      ${outs([0x20, 0x68], [0x20, 0x0c])}
      in al, 0x20; and al, 0x87; movzx edi, al; shl edi, 8; or esi, edi
      ${outs([0x20, 0x48], [0x70, 0x0b])}
      mov al, bl; out 0x71, al
      ${outs([0x70, 0x0a], [0x71, 0x26], [0x70, 0x0c])}
      in al, 0x71
      mov eax, esi
      ${done}`,
      expect: 'eax=8200',
    },
  ),
  item('interrupt controller, edge and level registers', 'PIIX3, 2.5.4', {
    code: `
      mov edx, 0x4d0; in al, dx; mov bl, al
      mov al, 0xff; out dx, al; in al, dx; movzx esi, al
      mov al, bl; out dx, al
      mov edx, 0x4d1; in al, dx; mov bl, al
      mov al, 0xff; out dx, al; in al, dx; movzx edi, al
      mov al, bl; out dx, al
      mov eax, edi; shl eax, 8; or eax, esi`,
    expect: 'eax=def8',
  }),
];

const cmos = (index: number): string => `\n${outs([0x70, index])}in al, 0x71\n`;
const setCmos = (index: number, value: number): string => outs([0x70, index], [0x71, value]);

const clock: PrivilegedCase[] = [
  item('clock, the battery is good', 'MC146818A, register D', { code: `${cmos(0x0d)}movzx eax, al`, expect: 'eax=80' }),
  item('clock, flags are cleared by reading them', 'MC146818A, register C', {
    code: `${setCmos(0x0a, 0x2f)}\n${cmos(0x0c)}${cmos(0x0c)}movzx ebx, al; ${setCmos(0x0a, 0x26)}mov eax, ebx`,
    expect: 'eax=0',
  }),
  item('clock, the periodic flag comes without its interrupt', 'MC146818A, register C', {
    code: `
      ${setCmos(0x0a, 0x23)}
      ${cmos(0x0c)}
      ${outs([0x70, 0x0c])}
      mov ecx, 0x100000
      .wait: in al, 0x71; test al, 0x40; jne .set; dec ecx; jne .wait
      .set: and al, 0xc0; movzx ebx, al
      ${setCmos(0x0a, 0x26)}
      mov eax, ebx`,
    expect: 'eax=40',
  }),
  item('clock, a time that is set stays while SET holds it', 'MC146818A, register B', {
    code: `
      ${cmos(0x0b)}
      mov bl, al; or al, 0x80; out 0x71, al
      ${cmos(0x00)}
      mov bh, al
      ${setCmos(0x00, 0x37)}
      ${cmos(0x00)}
      movzx esi, al
      mov al, 0; out 0x70, al; mov al, bh; out 0x71, al
      mov al, 0x0b; out 0x70, al; mov al, bl; out 0x71, al
      mov eax, esi`,
    expect: 'eax=37',
  }),
];

const dma: PrivilegedCase[] = [
  item('DMA, a byte at a time', '8237A, first/last flip-flop', {
    code: `${outs([0x0c, 0], [0x06, 0x34], [0x06, 0x12], [0x0c, 0])}${readWord(0x06)}`,
    expect: 'eax=1234',
  }),
  item('DMA, the flip-flop is shared', '8237A, first/last flip-flop', {
    code: `${outs([0x0c, 0], [0x06, 0x34], [0x07, 0x12], [0x0c, 0])}in al, 0x06; in al, 0x07; movzx eax, al`,
    expect: 'eax=12',
  }),
  item('DMA, page registers', 'PIIX3, 2.5.1', {
    code: `${outs([0x83, 0x5a], [0x80, 0xa5])}in al, 0x83; mov bl, al; in al, 0x80; mov bh, al; movzx eax, bx`,
    expect: 'eax=a55a',
  }),
  item('DMA, the second controller counts words', 'PIIX3, 2.5.1', {
    code: `${outs([0xd8, 0], [0xc4, 0x78], [0xc4, 0x56], [0xd8, 0])}${readWord(0xc4)}`,
    expect: 'eax=5678',
  }),
];

export const TIMER_CASES: readonly PrivilegedCase[] = [...timer, ...controllerCases, ...clock, ...dma];
