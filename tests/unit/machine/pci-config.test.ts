import { describe, expect, it } from 'vitest';
import type { PortHandler } from '../../../src/machine/device';
import type { BarMapper } from '../../../src/machine/pci';
import {
  COMMAND_INTX_DISABLE,
  COMMAND_IO,
  COMMAND_MEMORY,
  PCI_BAR0,
  PCI_COMMAND,
  PCI_ROM_BAR,
  PCI_STATUS,
  PciConfigSpace,
} from '../../../src/machine/pci-config';
import { FakeLine } from '../../support/fake-line';

class FakeMapper implements BarMapper {
  readonly at = new Map<string, number>();
  mapPorts = (name: string, at: number | undefined): void => this.#put(name, at);
  mapMmio = (name: string, at: number | undefined): void => this.#put(name, at);
  mapMemory = (name: string, at: number | undefined): void => this.#put(name, at);
  #put(name: string, at: number | undefined): void {
    if (at === undefined) this.at.delete(name);
    else this.at.set(name, at);
  }
}

const nothing: PortHandler & { readMmio(): number; writeMmio(): void } = {
  readPort: () => 0,
  writePort: () => {},
  readMmio: () => 0,
  writeMmio: () => {},
};

function make() {
  const bars = new FakeMapper();
  const intx = new FakeLine();
  const config = new PciConfigSpace(
    'card',
    { vendor: 0x1234, device: 0x5678, revision: 3, classCode: 0x020304, interruptPin: 1 },
    { bars, intx },
    [
      { kind: 'ports', index: 0, size: 32, handler: nothing },
      { kind: 'mmio', index: 1, size: 0x1000, handler: nothing },
      { kind: 'memory', index: 2, size: 0x100000, offset: 0, isPrefetchable: true },
      { kind: 'mmio', index: 4, size: 0x4000, handler: nothing, is64Bit: true },
    ],
    new Uint8Array(3000).fill(0x77),
  );
  return { bars, intx, config };
}

function sizeOf(config: PciConfigSpace, register: number): number {
  config.writeConfig(register, 4, 0xffffffff);
  return config.readConfig(register, 4);
}

describe('PCI configuration space', () => {
  it('shows identity that cannot be written', () => {
    const { config } = make();
    config.writeConfig(0, 4, 0);
    config.writeConfig(8, 4, 0);
    expect(config.readConfig(0, 4)).toBe(0x56781234);
    expect(config.readConfig(8, 4)).toBe(0x02030403);
    expect(config.readConfig(0x3d, 1)).toBe(1);
  });

  it('tells the size and kind of each BAR', () => {
    const { config } = make();
    expect(sizeOf(config, PCI_BAR0)).toBe(0xffffffe1);
    expect(sizeOf(config, PCI_BAR0 + 4)).toBe(0xfffff000);
    expect(sizeOf(config, PCI_BAR0 + 8)).toBe(0xfff00008);
    expect(sizeOf(config, PCI_BAR0 + 12)).toBe(0);
    expect(sizeOf(config, PCI_BAR0 + 16)).toBe(0xffffc004);
    expect(sizeOf(config, PCI_BAR0 + 20)).toBe(0xffffffff);
    expect(sizeOf(config, PCI_ROM_BAR)).toBe(0xfffff001);
  });

  it('maps a BAR only while the command register allows', () => {
    const { config, bars } = make();
    config.writeConfig(PCI_BAR0, 4, 0xc000);
    config.writeConfig(PCI_BAR0 + 4, 4, 0xfebf0000);
    expect(bars.at.size).toBe(0);
    config.writeConfig(PCI_COMMAND, 2, COMMAND_IO);
    expect([...bars.at]).toEqual([['card/bar0', 0xc000]]);
    config.writeConfig(PCI_COMMAND, 2, COMMAND_MEMORY);
    expect([...bars.at]).toEqual([['card/bar1', 0xfebf0000]]);
    config.writeConfig(PCI_COMMAND, 2, 0);
    expect(bars.at.size).toBe(0);
  });

  it('does not map what sizing leaves, nor address 0, nor beyond 40 bits', () => {
    const { config, bars } = make();
    config.writeConfig(PCI_COMMAND, 2, COMMAND_IO | COMMAND_MEMORY);
    for (const register of [0x10, 0x14, 0x18, 0x20]) config.writeConfig(register, 4, 0xffffffff);
    expect(bars.at.size).toBe(0);
    config.writeConfig(0x20, 4, 0);
    config.writeConfig(0x24, 4, 0x100);
    expect(bars.at.size).toBe(0);
    config.writeConfig(0x24, 4, 0x10);
    expect(bars.at.get('card/bar4')).toBe(0x10_0000_0000);
    expect(config.barAddress(4)).toBe(0x10_0000_0000);
  });

  it('moves a BAR written byte by byte', () => {
    const { config, bars } = make();
    config.writeConfig(PCI_COMMAND, 2, COMMAND_MEMORY);
    config.writeConfig(PCI_BAR0 + 4, 4, 0xe0000000);
    config.writeConfig(PCI_BAR0 + 7, 1, 0xd0);
    expect(bars.at.get('card/bar1')).toBe(0xd0000000);
  });

  it('lets two BARs swap places', () => {
    const order: string[] = [];
    const bars: BarMapper = {
      mapPorts: () => {},
      mapMmio: (name, at) => order.push(`${name}@${at?.toString(16)}`),
      mapMemory: () => {},
    };
    const config = new PciConfigSpace(
      'x',
      { vendor: 1, device: 1, revision: 0, classCode: 0 },
      { bars, intx: new FakeLine() },
      [
        { kind: 'mmio', index: 0, size: 0x1000, handler: nothing },
        { kind: 'mmio', index: 1, size: 0x1000, handler: nothing },
      ],
    );
    config.writeConfig(0x10, 4, 0xe0000000);
    config.writeConfig(0x14, 4, 0xe0001000);
    config.writeConfig(PCI_COMMAND, 2, COMMAND_MEMORY);
    const state = config.save();
    config.writeConfig(PCI_COMMAND, 2, 0);
    config.writeConfig(0x10, 4, 0xe0001000);
    config.writeConfig(0x14, 4, 0xe0000000);
    config.writeConfig(PCI_COMMAND, 2, COMMAND_MEMORY);
    order.length = 0;
    config.restore(state);
    expect(order).toEqual(['x/bar0@undefined', 'x/bar1@undefined', 'x/bar0@e0000000', 'x/bar1@e0001000']);
  });

  it('reads the option ROM where its BAR is enabled', () => {
    const { config, bars } = make();
    config.writeConfig(PCI_COMMAND, 2, COMMAND_MEMORY);
    config.writeConfig(PCI_ROM_BAR, 4, 0xfeb00000);
    expect(bars.at.has('card/rom')).toBe(false);
    config.writeConfig(PCI_ROM_BAR, 4, 0xfeb00001);
    expect(bars.at.get('card/rom')).toBe(0xfeb00000);
  });

  it('drives INTx from its state, unless disabled', () => {
    const { config, intx } = make();
    config.setInterrupt(true);
    expect(intx.level).toBe(true);
    expect(config.readConfig(PCI_STATUS, 2) & 8).toBe(8);
    config.writeConfig(PCI_COMMAND, 2, COMMAND_INTX_DISABLE);
    expect(intx.level).toBe(false);
    expect(config.readConfig(PCI_STATUS, 2) & 8).toBe(8);
    config.writeConfig(PCI_COMMAND, 2, 0);
    expect(intx.level).toBe(true);
    config.setInterrupt(false);
    expect(intx.level).toBe(false);
  });

  it('restores mappings and the line, but not another identity', () => {
    const first = make();
    first.config.writeConfig(PCI_BAR0, 4, 0xc000);
    first.config.writeConfig(PCI_COMMAND, 2, COMMAND_IO);
    first.config.setInterrupt(true);
    const state = { bytes: first.config.save().bytes.slice() };
    state.bytes[0] = 0x99;
    const second = make();
    second.config.restore(state);
    expect(second.bars.at.get('card/bar0')).toBe(0xc000);
    expect(second.intx.level).toBe(true);
    expect(second.config.readConfig(0, 2)).toBe(0x1234);
  });

  it('gives all ones past the end', () => {
    const { config } = make();
    expect(config.readConfig(0xfe, 4)).toBe(0xffffffff);
    config.writeConfig(0xfe, 4, 0);
  });
});
