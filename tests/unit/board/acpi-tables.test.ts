import { expect, it } from 'vitest';
import { TestPc } from '../../support/test-pc';

/** PIIX4's function 3: PMBA, and the bit that turns its ports on. */
const PMBA = 0x40;
const PMREGMISC = 0x80;
const FILE_DIR = 0x19;
const NAME_BYTES = 56;

it('the ACPI tables name the place where the firmware has put the PM registers', () => {
  const { bus } = new TestPc().pc;
  const configWrite = (register: number, size: 1 | 4, value: number): void => {
    bus.writePort(0xcf8, 4, 0x80000b00 + register);
    bus.writePort(0xcfc, size, value);
  };
  const read = (selector: number, count: number): Buffer => {
    bus.writePort(0x510, 2, selector);
    return Buffer.from(Array.from({ length: count }, () => bus.readPort(0x511, 1)));
  };
  const count = read(FILE_DIR, 4).readUInt32BE();
  const entries = read(FILE_DIR, 4 + 64 * count).subarray(4);
  const tables = Array.from({ length: count }, (_, i) => entries.subarray(64 * i, 64 * i + 64)).find((entry) =>
    entry
      .subarray(8, 8 + NAME_BYTES)
      .toString('latin1')
      .startsWith('etc/acpi/tables\0'),
  )!;
  /** PM1a_EVT_BLK, PM1a_CNT_BLK and PM_TMR_BLK (ACPI 6.5, table 5.9). */
  const blocks = (): number[] => {
    const bytes = read(tables.readUInt16BE(4), tables.readUInt32BE(0));
    const fadt = bytes.indexOf('FACP');
    return [56, 64, 76].map((at) => bytes.readUInt32LE(fadt + at));
  };
  expect(blocks()).toEqual([0x600, 0x604, 0x608]);
  configWrite(PMBA, 4, 0xb001);
  configWrite(PMREGMISC, 1, 1);
  expect(blocks()).toEqual([0xb000, 0xb004, 0xb008]);
});
