import type { Difference } from './differences';

/** Where the devices of QEMU 7.2 and Bochs 2.7 are unlike their datasheets. */

const bothVga = {
  memory: {
    what: 'display memory cannot be switched off',
    manual: 'IBM VGA, miscellaneous output register: enable RAM',
    cases: ['VGA, memory that is switched off'],
  },
  dac: {
    what: 'the DAC keeps eight bits of a colour',
    manual: 'IBM VGA, PEL data register: six',
    cases: ['VGA, a colour is kept in six bits'],
  },
  attribute: {
    what: 'the palette address source is not read back',
    manual: 'IBM VGA, attribute address register: bit 5',
    cases: ['VGA, attributes take index and data in turn'],
  },
};
const periodic: Difference = {
  what: 'the periodic flag is set only where its interrupt is enabled',
  manual: 'MC146818A, register C: PF is set irrespective of PIE',
  cases: ['clock, the periodic flag comes without its interrupt'],
};

export const QEMU_DEVICES: readonly Difference[] = [
  {
    what: 'GATE does not stop modes 0 and 4, and OUT of modes 1, 4 and 5 is low before it is triggered',
    manual: '8254, gate pin operations and mode definitions',
    cases: [
      'timer, a count waits while GATE is low',
      'timer, a count of decimal digits',
      'timer, status before and after the count',
      'timer, status and count latched together',
      'timer, one byte of the count',
      'timer, OUT after each control word',
      'timer, one-shot that GATE starts',
    ],
  },
  periodic,
  {
    what: 'the page register of no channel at 80 is not there',
    manual: 'PIIX3, 2.5.1',
    cases: ['DMA, page registers'],
  },
  {
    what: 'an unknown command gets no answer of the mouse',
    manual: 'IBM PS/2, mouse: resend',
    cases: ['keyboard controller, unknown mouse command'],
  },
  {
    what: 'loop-back makes no changes of the modem lines, and no break',
    manual: 'PC16550D, 8.6 and 8.8',
    cases: ['serial port, loop-back of modem lines', 'serial port, end of a ring', 'serial port, break in loop-back'],
  },
  {
    what: 'odd addresses reach plane 1 alone, even ones plane 0',
    manual: 'IBM VGA, memory mode register: odd addresses reach maps 1 and 3, even ones 0 and 2',
    cases: ['VGA, odd and even addresses'],
  },
  ...Object.values(bothVga),
];

export const BOCHS_DEVICES: readonly Difference[] = [
  {
    what: 'a poll leaves the request, and takes none that is in service',
    manual: '8259A, poll command: as an acknowledgement',
    cases: [
      'interrupt controller, poll takes the request',
      'interrupt controller, poll with automatic end',
      'interrupt controller, a masked one in service holds back unless the mask is special',
    ],
  },
  periodic,
  {
    what: 'the scan code set is told untranslated',
    manual: 'IBM PS/2, translation is for all that comes from the keyboard',
    cases: ['keyboard controller, scan code set, asked for'],
  },
  {
    what: 'the mouse that is configured has no wheel',
    manual: 'none: a choice of the machine',
    cases: ['keyboard controller, mouse with a wheel'],
  },
  { what: 'a joystick is there', manual: 'none: a choice of the machine', cases: ['no joystick'] },
  {
    what: 'odd and even addresses are not told apart where the memory map is that of graphics',
    manual: 'IBM VGA, memory mode register',
    cases: ['VGA, odd and even addresses'],
  },
  {
    what: 'the colour CRTC answers at 3B4, where writes went, with ones',
    manual: 'IBM VGA, miscellaneous output register: I/O address select',
    cases: ['VGA, the CRTC moves to 3B4'],
  },
  ...Object.values(bothVga),
];
