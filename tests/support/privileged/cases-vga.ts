import type { PrivilegedCase } from './case';

/** The VGA's registers and its planes as the CPU reaches them (IBM PS/2 technical reference, Video Subsystem, 1992). */

const MEMORY = 0xa0000;
const put = (port: number, index: number, value: number): string =>
  `mov edx, ${port}; mov eax, ${index | (value << 8)}; out dx, ax\n`;
const sequencer = (index: number, value: number): string => put(0x3c4, index, value);
const graphics = (index: number, value: number): string => put(0x3ce, index, value);
const write = (at: number, value: number): string => `mov byte [${MEMORY + at}], ${value}\n`;
const latch = (at: number): string => `mov cl, [${MEMORY + at}]\n`;
/** Four bytes, of plane 3 first, into EDI. */
const planes = (at: number): string => `
  ${graphics(5, 0)}
  mov edi, 0
  ${[3, 2, 1, 0].map((plane) => `${graphics(4, plane)}${latch(at)}shl edi, 8; movzx ecx, cl; or edi, ecx`).join('\n')}
`;
/** Planes one by one, at A0000; everything plain. */
const PLANAR = `
  mov edx, 0x3c2; mov al, 0x67; out dx, al
  ${sequencer(0, 3)} ${sequencer(2, 15)} ${sequencer(4, 6)}
  ${graphics(0, 0)} ${graphics(1, 0)} ${graphics(2, 0)} ${graphics(3, 0)} ${graphics(5, 0)} ${graphics(6, 5)} ${graphics(7, 15)} ${graphics(8, 0xff)}
`;
/** 11, 22, 44 and 88 in planes 0 to 3 of the first byte. */
const FILLED = `
  ${[0, 1, 2, 3].map((plane) => `${sequencer(2, 1 << plane)}${write(0, 0x11 << plane)}`).join('\n')}
  ${sequencer(2, 15)}
`;

const item = (name: string, manual: string, code: string, expect: string): PrivilegedCase => ({
  ...{ name: `VGA, ${name}`, manual, world: 'flat32', show: 'edi', expect: `edi=${expect}` },
  code: `${PLANAR}${code}`,
});

const memory: PrivilegedCase[] = [
  item('map mask', 'sequencer, map mask', `${FILLED}${planes(0)}`, '88442211'),
  item(
    'write mode 0, set and reset',
    'set/reset',
    `${FILLED}${graphics(0, 5)}${graphics(1, 7)}${write(0, 0x5a)}${planes(0)}`,
    '5aff00ff',
  ),
  item(
    'write mode 0, bit mask',
    'bit mask',
    `${FILLED}${graphics(8, 0x0f)}${latch(0)}${write(0, 0xff)}${planes(0)}`,
    '8f4f2f1f',
  ),
  item('write mode 0, rotation', 'data rotate', `${graphics(3, 3)}${write(0, 0x81)}${planes(0)}`, '30303030'),
  ...(
    [
      ['AND', 1],
      ['OR', 2],
      ['XOR', 3],
    ] as const
  ).map(([name, operation]) =>
    item(
      `write mode 0, ${name}`,
      'data rotate, function select',
      `${FILLED}${graphics(3, operation << 3)}${latch(0)}${write(0, 0x3c)}${planes(0)}`,
      (
        [0x88, 0x44, 0x22, 0x11]
          .map((byte) => (operation === 1 ? byte & 0x3c : operation === 2 ? byte | 0x3c : byte ^ 0x3c))
          .reduce((all, byte) => all * 256 + byte, 0) >>> 0
      ).toString(16),
    ),
  ),
  item('write mode 1', 'graphics mode', `${FILLED}${graphics(5, 1)}${latch(0)}${write(7, 0)}${planes(7)}`, '88442211'),
  item(
    'write mode 2',
    'graphics mode',
    `${FILLED}${graphics(5, 2)}${graphics(8, 0xf0)}${latch(0)}${write(0, 6)}${planes(0)}`,
    '8f4f201',
  ),
  item(
    'write mode 3',
    'graphics mode',
    `${FILLED}${graphics(0, 9)}${graphics(5, 3)}${graphics(8, 0x3c)}${latch(0)}${write(0, 0xf0)}${planes(0)}`,
    'b8440231',
  ),
  item(
    'read mode 1',
    'colour compare',
    `${FILLED}${graphics(2, 4)}${graphics(5, 8)}${graphics(7, 6)}${latch(0)}movzx edi, cl`,
    '44',
  ),
  item(
    'read mode 1 that cares for nothing',
    'colour do not care',
    `${FILLED}${graphics(5, 8)}${graphics(7, 0)}${latch(0)}movzx edi, cl`,
    'ff',
  ),
  item(
    'odd and even addresses',
    'memory mode, odd/even',
    `${write(0, 0)}${write(1, 0)}${sequencer(4, 2)}${graphics(5, 0x10)}${graphics(6, 7)}${write(0, 0x41)}${write(1, 7)}
    ${sequencer(4, 6)}${graphics(6, 5)}${planes(0)}`,
    '7410741',
  ),
  item(
    'chain of four planes',
    'memory mode, chain 4',
    `${sequencer(4, 14)}${write(0, 1)}${write(1, 2)}${write(2, 3)}${write(3, 4)}mov edi, [${MEMORY}]`,
    '4030201',
  ),
  item(
    'memory that is switched off',
    'miscellaneous output, enable RAM',
    `${FILLED}mov edx, 0x3c2; mov al, 0x65; out dx, al; ${latch(0)}movzx edi, cl; mov edx, 0x3c2; mov al, 0x67; out dx, al`,
    'ff',
  ),
];

const registers: PrivilegedCase[] = [
  item(
    'indexes and data read back',
    'registers',
    'mov edx, 0x3c4; mov al, 2; out dx, al; in ax, dx; movzx edi, ax; mov edx, 0x3ce; mov al, 8; out dx, al; in ax, dx; shl edi, 16; movzx eax, ax; or edi, eax',
    'f02ff08',
  ),
  item(
    'a colour is kept in six bits',
    'DAC',
    `mov edx, 0x3c8; mov al, 5; out dx, al; mov edx, 0x3c9; mov al, 0xff; out dx, al; mov al, 0x12; out dx, al; mov al, 0x40; out dx, al
    mov edx, 0x3c7; mov al, 5; out dx, al; mov edx, 0x3c9
    in al, dx; movzx edi, al; in al, dx; shl edi, 8; movzx eax, al; or edi, eax; in al, dx; shl edi, 8; movzx eax, al; or edi, eax`,
    '3f1200',
  ),
  item(
    'the state of the DAC',
    'DAC state',
    `mov edx, 0x3c7; mov al, 0; out dx, al; in al, dx; and al, 3; movzx edi, al
    mov edx, 0x3c8; mov al, 0; out dx, al; mov edx, 0x3c7; in al, dx; and al, 3; shl edi, 8; movzx eax, al; or edi, eax`,
    '300',
  ),
  item(
    'attributes take index and data in turn',
    'attribute controller',
    `mov edx, 0x3da; in al, dx; mov edx, 0x3c0; mov al, 0x11; out dx, al; mov al, 0x2a; out dx, al
    mov edx, 0x3da; in al, dx; mov edx, 0x3c0; mov al, 0x11; out dx, al; mov edx, 0x3c1; in al, dx; movzx edi, al
    mov edx, 0x3da; in al, dx; mov edx, 0x3c0; mov al, 0x20; out dx, al; in al, dx; shl edi, 8; movzx eax, al; or edi, eax`,
    '2a20',
  ),
  item(
    'the first CRTC registers are protected',
    'vertical retrace end, bit 7',
    `${put(0x3d4, 0x11, 0x0e)}${put(0x3d4, 0, 0x5f)}${put(0x3d4, 7, 0)}${put(0x3d4, 0x11, 0x8e)}${put(0x3d4, 0, 0x11)}${put(0x3d4, 7, 0xff)}
    mov edx, 0x3d4; mov al, 0; out dx, al; in ax, dx; movzx edi, ah; mov al, 7; out dx, al; in ax, dx; shl edi, 8; movzx eax, ah; or edi, eax
    ${put(0x3d4, 0x11, 0x0e)}`,
    '5f10',
  ),
  item(
    'the CRTC moves to 3B4',
    'miscellaneous output, I/O address select',
    `mov edx, 0x3c2; mov al, 0x66; out dx, al
    ${put(0x3b4, 0x0f, 0x77)}
    mov edx, 0x3d4; in al, dx; movzx edi, al; mov edx, 0x3b4; in ax, dx; shl edi, 16; movzx eax, ax; or edi, eax
    mov edx, 0x3c2; mov al, 0x67; out dx, al`,
    'ff770f',
  ),
  item('miscellaneous output reads back', 'miscellaneous output', 'mov edx, 0x3cc; in al, dx; movzx edi, al', '67'),
];

export const VGA_CASES: readonly PrivilegedCase[] = [...memory, ...registers];
