import { describe, expect, it } from 'vitest';
import type { InterruptMessage } from '../../../src/machine/interrupt-message';
import { PciConfigSpace } from '../../../src/machine/pci-config';
import { isMsixState, MsiCapability, MsixCapability } from '../../../src/machine/pci-msi';

function makeConfig() {
  const sent: InterruptMessage[] = [];
  const bus = { send: (message: InterruptMessage) => sent.push(message) > 0 };
  const config = new PciConfigSpace('card', { vendor: 1, device: 2, revision: 0, classCode: 0x020000 });
  return { sent, bus, config };
}

const vectorsOf = (sent: readonly InterruptMessage[]): number[] => sent.map(({ vector }) => vector);

describe('capabilities', () => {
  it('are a list that software walks', () => {
    const { config, bus } = makeConfig();
    new MsiCapability(config, 0x50, 4, bus);
    new MsixCapability(config, 0x70, 3, bus, { bar: 1, tableOffset: 0, pendingOffset: 0x800 });
    expect(config.readConfig(6, 2) & 0x10).toBe(0x10);
    const found: number[] = [];
    for (let at = config.readConfig(0x34, 1); at !== 0; at = config.readConfig(at + 1, 1)) {
      found.push(config.readConfig(at, 1));
    }
    expect(found).toEqual([0x11, 0x05]);
    config.reset();
    expect(config.readConfig(0x34, 1)).toBe(0x70);
  });
});

describe('MSI', () => {
  function make(vectors = 4) {
    const made = makeConfig();
    const msi = new MsiCapability(made.config, 0x50, vectors, made.bus);
    const program = (control: number, data = 0x4040, address = 0xfee01000): void => {
      made.config.writeConfig(0x54, 4, address);
      made.config.writeConfig(0x58, 4, 0);
      made.config.writeConfig(0x5c, 2, data);
      made.config.writeConfig(0x52, 2, control);
    };
    return { ...made, msi, program };
  }

  it('sends nothing until enabled, then its vectors to the processor it names', () => {
    const { msi, program, sent, config } = make();
    msi.raise(0);
    expect(sent).toEqual([]);
    expect(config.readConfig(0x52, 2)).toBe(0x0184);
    program(0x21);
    msi.raise(3);
    expect(sent).toEqual([{ deliveryMode: 0, vector: 0x43, destination: 1, isLogical: false, isLevel: false }]);
  });

  it('shares vectors when fewer are enabled than it has', () => {
    const { msi, program, sent } = make();
    program(0x11);
    for (const vector of [0, 1, 2, 3]) msi.raise(vector);
    expect(vectorsOf(sent)).toEqual([0x40, 0x41, 0x40, 0x41]);
    // more than there are
    program(0x71);
    msi.raise(3);
    expect(vectorsOf(sent).at(-1)).toBe(0x43);
  });

  it('keeps a masked one pending, through a save, until it is unmasked', () => {
    const { msi, program, sent, config } = make();
    program(0x21);
    config.writeConfig(0x60, 4, 0x4);
    msi.raise(2);
    msi.raise(2);
    expect([sent.length, config.readConfig(0x64, 4)]).toEqual([0, 4]);
    const other = make();
    other.config.restore(structuredClone(config.save()));
    other.config.writeConfig(0x60, 4, 0);
    expect([vectorsOf(other.sent), other.config.readConfig(0x64, 4)]).toEqual([[0x42], 0]);
  });

  it('reaches local APICs only', () => {
    const { msi, program, sent, config } = make(1);
    program(1, 0x30, 0x12345678);
    msi.raise(0);
    program(1, 0x30);
    config.writeConfig(0x58, 4, 1);
    msi.raise(0);
    expect(sent).toEqual([]);
  });
});

describe('MSI-X', () => {
  function make(vectors = 5) {
    const made = makeConfig();
    const msix = new MsixCapability(made.config, 0x70, vectors, made.bus, {
      bar: 1,
      tableOffset: 0,
      pendingOffset: 0x800,
    });
    const set = (vector: number, data: number, control = 0): void => {
      msix.table.writeMmio(16 * vector, 4, 0xfee00000);
      msix.table.writeMmio(16 * vector + 8, 4, data);
      msix.table.writeMmio(16 * vector + 12, 4, control);
    };
    return { ...made, msix, set };
  }

  it('says where its table is; all vectors are masked at first', () => {
    const { config, msix } = make();
    expect([config.readConfig(0x72, 2), config.readConfig(0x74, 4), config.readConfig(0x78, 4)]).toEqual([4, 1, 0x801]);
    expect(msix.table.readMmio(12, 4)).toBe(1);
    expect(msix.table.readMmio(80, 4)).toBe(0xffffffff);
  });

  it('sends by the table, keeps what vector or function masks, and sends it later', () => {
    const { config, msix, set, sent } = make();
    set(0, 0x50);
    set(4, 0x54, 1);
    config.writeConfig(0x72, 2, 0x8000);
    msix.raise(0);
    msix.raise(4);
    expect(vectorsOf(sent)).toEqual([0x50]);
    expect(msix.pending.readMmio(0, 4)).toBe(0x10);
    config.writeConfig(0x72, 2, 0xc000);
    msix.raise(0);
    msix.table.writeMmio(16 * 4 + 12, 4, 0);
    expect(vectorsOf(sent)).toEqual([0x50]);
    config.writeConfig(0x72, 2, 0x8000);
    expect(vectorsOf(sent)).toEqual([0x50, 0x50, 0x54]);
    expect(msix.pending.readMmio(0, 4)).toBe(0);
  });

  it('saves table and pending bits, and checks what it restores', () => {
    const { config, msix, set } = make();
    set(1, 0x51, 1);
    config.writeConfig(0x72, 2, 0x8000);
    msix.raise(1);
    const state = structuredClone(msix.save());
    expect(isMsixState(state, 5)).toBe(true);
    expect(isMsixState({ ...state, table: new Uint8Array(3) }, 5)).toBe(false);
    const other = make();
    other.config.restore(structuredClone(config.save()));
    other.msix.restore(state);
    other.msix.table.writeMmio(16 + 12, 4, 0);
    expect(vectorsOf(other.sent)).toEqual([0x51]);
  });

  it('ignores accesses that are not whole words, outside of it, or for vectors it has not', () => {
    const { config, msix, sent } = make(1);
    config.writeConfig(0x72, 2, 0x8000);
    msix.table.writeMmio(12, 1, 0);
    msix.table.writeMmio(16, 4, 0);
    msix.pending.writeMmio(0, 4, 1);
    for (const vector of [-1, 1, 2000]) msix.raise(vector);
    expect([msix.table.readMmio(12, 4), msix.pending.readMmio(0, 4), sent.length]).toEqual([1, 0, 0]);
  });
});
