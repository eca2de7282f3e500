/**
 * The DSDT's code: the PCI root bridge, interrupt links over the PIIX3's PIRQ registers, the ISA devices, processors and
 * soft-off. Sleep states other than S5 are absent.
 */
import {
  ARG0,
  type Aml,
  and,
  busRange,
  byteField,
  createDwordField,
  device,
  eisaId,
  fixedMemory,
  giveBack,
  integer,
  isaDma,
  isaInterrupts,
  lessThan,
  LOCAL0,
  memoryRange,
  method,
  name,
  nameString,
  operationRegion,
  or,
  otherwise,
  pack,
  pciInterrupts,
  portRange,
  ports,
  processor,
  resourceTemplate,
  scope,
  SPACE_PCI_CONFIG,
  store,
  when,
  ZERO,
} from './aml';

export interface DsdtInput {
  readonly vcpuCount: number;
  /** First address above low RAM: the PCI hole reaches from here to FEBFFFFF. */
  readonly pciHoleStart: number;
  /** Ports of the PM blocks. */
  readonly pmBase: number;
  readonly smbusBase: number;
  readonly gpeBase: number;
  /** How many of COM1 to COM4 are there. */
  readonly serialPorts: number;
  /** LPT1. */
  readonly hasParallel: boolean;
  readonly hasFloppy: boolean;
}

/** What PCI interrupts may be routed to; SeaBIOS chooses 10 and 11. */
export const PCI_INTERRUPTS = [5, 10, 11];
const PCI_HOLE_LAST = 0xfebf_ffff;
const STA_PRESENT = 0x0f;
const STA_DISABLED = 0x09;
const STA_ENABLED = 0x0b;
const PIRQRC_DISABLE = 0x80;
const COM_PORTS = [0x3f8, 0x2f8, 0x3e8, 0x2e8];

export function dsdtCode(input: DsdtInput): Uint8Array {
  const cpus = Array.from({ length: input.vcpuCount }, (_, i) =>
    processor(`C${i.toString(16).toUpperCase().padStart(3, '0')}`, i),
  );
  const code: Aml = [
    ...scope('\\_SB', ...cpus, rootBridge(input), ...[0, 1, 2, 3].map(interruptLink)),
    // SLP_TYP 0 is soft-off in the PIIX4.
    ...name('\\_S5', pack([ZERO, ZERO, ZERO, ZERO])),
  ];
  return Uint8Array.from(code);
}

function rootBridge(input: DsdtInput): Aml {
  return device(
    'PCI0',
    name('_HID', eisaId('PNP0A03')),
    name('_UID', ZERO),
    name(
      '_CRS',
      resourceTemplate(
        busRange(0, 0xff),
        ports(0xcf8, 8),
        portRange(0x0000, 0x0cf7),
        portRange(0x0d00, 0xffff),
        memoryRange(0xa0000, 0xbffff, true),
        memoryRange(input.pciHoleStart, PCI_HOLE_LAST, false),
      ),
    ),
    name('_PRT', interruptRouting()),
    isaBridge(input),
    device(
      'HPET',
      name('_HID', eisaId('PNP0103')),
      name('_UID', ZERO),
      name('_STA', integer(STA_PRESENT)),
      name('_CRS', resourceTemplate(fixedMemory(0xfed00000, 0x400))),
    ),
  );
}

/** PIRQ = (slot - 1 + pin) mod 4, as the board is wired. */
function interruptRouting(): Aml {
  const entries: Aml[] = [];
  for (let slot = 0; slot < 32; slot++) {
    for (let pin = 0; pin < 4; pin++) {
      const link = 'ABCD'[(slot + 3 + pin) & 3]!;
      entries.push(pack([integer(slot * 0x10000 + 0xffff), integer(pin), nameString(`LNK${link}`), ZERO]));
    }
  }
  return pack(entries);
}

function interruptLink(index: number): Aml {
  const register = nameString(`\\_SB.PCI0.ISA.PRQ${index}`);
  const isDisabled = and(register, integer(PIRQRC_DISABLE));
  return device(
    `LNK${'ABCD'[index]!}`,
    name('_HID', eisaId('PNP0C0F')),
    name('_UID', integer(index)),
    name('_PRS', resourceTemplate(pciInterrupts(...PCI_INTERRUPTS))),
    method(
      '_STA',
      0,
      false,
      when(isDisabled, giveBack(integer(STA_DISABLED))),
      otherwise(giveBack(integer(STA_ENABLED))),
    ),
    method('_DIS', 0, false, or(register, integer(PIRQRC_DISABLE), register)),
    method(
      '_CRS',
      0,
      true,
      name('BUF0', resourceTemplate(pciInterrupts(0))),
      createDwordField(nameString('BUF0'), 5, 'IRQW'),
      store(register, LOCAL0),
      when(lessThan(LOCAL0, integer(PIRQRC_DISABLE)), store(LOCAL0, nameString('IRQW'))),
      giveBack(nameString('BUF0')),
    ),
    method('_SRS', 1, true, createDwordField(ARG0, 5, 'IRQW'), store(nameString('IRQW'), register)),
  );
}

function isaBridge(input: DsdtInput): Aml {
  const simple = (path: string, id: string, ...resources: Aml[]): Aml =>
    device(
      path,
      name('_HID', eisaId(id)),
      name('_STA', integer(STA_PRESENT)),
      name('_CRS', resourceTemplate(...resources)),
    );
  const serial = (index: number): Aml =>
    device(
      `COM${index + 1}`,
      name('_HID', eisaId('PNP0501')),
      name('_UID', integer(index + 1)),
      name('_STA', integer(STA_PRESENT)),
      name('_CRS', resourceTemplate(ports(COM_PORTS[index]!, 8), isaInterrupts(index % 2 === 0 ? 4 : 3))),
    );
  const items: Aml[] = [
    name('_ADR', integer(0x0001_0000)),
    operationRegion('PIRQ', SPACE_PCI_CONFIG, 0x60, 4),
    byteField('PIRQ', [
      ['PRQ0', 8],
      ['PRQ1', 8],
      ['PRQ2', 8],
      ['PRQ3', 8],
    ]),
    simple('KBD', 'PNP0303', ports(0x60, 1), ports(0x64, 1), isaInterrupts(1)),
    simple('MOU', 'PNP0F13', isaInterrupts(12)),
    simple('RTC', 'PNP0B00', ports(0x70, 2), isaInterrupts(8)),
    // Ports that are taken and belong to no other device: nothing may be put there.
    simple(
      'RES',
      'PNP0C02',
      ports(0xb2, 2),
      ports(0x4d0, 2),
      ports(0x510, 12),
      ports(input.pmBase, 0x40),
      ports(input.smbusBase, 0x10),
      ports(input.gpeBase, 4),
    ),
  ];
  for (let i = 0; i < Math.min(COM_PORTS.length, input.serialPorts); i++) items.push(serial(i));
  if (input.hasParallel) items.push(simple('LPT1', 'PNP0400', ports(0x378, 3), isaInterrupts(7)));
  if (input.hasFloppy) {
    items.push(simple('FDC0', 'PNP0700', ports(0x3f2, 4), ports(0x3f7, 1), isaInterrupts(6), isaDma(2)));
  }
  return device('ISA', ...items);
}
