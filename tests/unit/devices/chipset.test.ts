import { describe, expect, it } from 'vitest';
import { I440fx, i440fxState, type PamSegment, type SmramAccess } from '../../../src/devices/i440fx/i440fx';
import { PciBus, PciConfigPorts, pciConfigPortsState } from '../../../src/devices/pci/config-ports';
import { Piix3, piix3State } from '../../../src/devices/piix3/piix3';
import { describeDevice } from '../../support/describe-device';
import { FakeLine, FakeSignal } from '../../support/fake-line';

class FakePam {
  readonly segments = new Map<number, PamSegment>();
  smram: SmramAccess | undefined;
  mapSegment(segment: PamSegment): void {
    this.segments.set(segment.gpa, segment);
  }
  mapSmram(access: SmramAccess): void {
    this.smram = access;
  }
}

function makeBridge() {
  const pam = new FakePam();
  const bridge = new I440fx('i440fx', pam);
  bridge.reset();
  return { bridge, pam, config: bridge.config };
}

function makePiix3() {
  const irqs = Array.from({ length: 16 }, () => new FakeLine());
  const reset = new FakeSignal();
  const piix3 = new Piix3('piix3', { irq: (irq) => irqs[irq]!, reset });
  return { piix3, irqs, reset, config: piix3.config };
}

describeDevice({
  name: 'i440fx',
  state: i440fxState,
  make: () => {
    const { bridge, config } = makeBridge();
    return { device: bridge, pci: [config] };
  },
  bad: [{ bytes: new Uint8Array(255) }],
});

describeDevice({
  name: 'piix3',
  state: piix3State,
  make: () => {
    const { piix3, config } = makePiix3();
    return { device: piix3, pci: [config], ports: [{ handler: piix3.resetControl, count: 1 }] };
  },
});

describeDevice({
  name: 'pci-config-ports',
  state: pciConfigPortsState,
  make: () => {
    const bus = new PciBus();
    bus.attach({ device: 0, function: 0 }, makeBridge().config);
    const ports = new PciConfigPorts('pci', bus, { readPort: () => 0, writePort: () => {} });
    return { device: ports, ports: [{ handler: ports, count: 8 }] };
  },
});

describe('PCI configuration ports', () => {
  function make() {
    const bus = new PciBus();
    const { config } = makeBridge();
    bus.attach({ device: 0, function: 0 }, config);
    const writes: number[] = [];
    const resetControl = {
      readPort: () => 0x42,
      writePort: (_o: number, _s: number, value: number) => writes.push(value),
    };
    return { ports: new PciConfigPorts('pci', bus, resetControl), config, writes };
  }

  it('reads a function through address and data', () => {
    const { ports } = make();
    ports.writePort(0, 4, 0x8000_0000);
    expect(ports.readPort(4, 4)).toBe(0x12378086);
    expect(ports.readPort(6, 2)).toBe(0x1237);
    expect(ports.readPort(5, 1)).toBe(0x80);
    ports.writePort(0, 4, 0x8000_002c);
    expect(ports.readPort(4, 4)).toBe(0x11001af4);
  });

  it('answers with ones where no function is, when disabled, and on other buses', () => {
    const { ports } = make();
    for (const address of [0x8000_0800, 0x0000_0000, 0x8001_0000]) {
      ports.writePort(0, 4, address);
      expect(ports.readPort(4, 4)).toBe(0xffffffff);
    }
  });

  it('does not let an access leave its dword', () => {
    const { ports, config } = make();
    ports.writePort(0, 4, 0x8000_0058);
    ports.writePort(7, 2, 0x3333);
    expect(config.get(0x5b, 1)).toBe(0);
    expect(ports.readPort(7, 2)).toBe(0xffff);
  });

  it('passes byte accesses of CF9 on and leaves the address alone', () => {
    const { ports, writes } = make();
    ports.writePort(0, 4, 0x8000_0010);
    ports.writePort(1, 1, 6);
    expect(writes).toEqual([6]);
    expect(ports.readPort(1, 1)).toBe(0x42);
    expect(ports.readPort(0, 4)).toBe(0x8000_0010);
  });
});

describe('i440FX', () => {
  it('maps no RAM at power-on, in 13 segments that cover C0000-FFFFF', () => {
    const { pam } = makeBridge();
    const segments = [...pam.segments.values()].sort((a, b) => a.gpa - b.gpa);
    expect(segments).toHaveLength(13);
    expect(segments.reduce((sum, segment) => sum + segment.size, 0)).toBe(0x40000);
    expect(segments.every((segment) => !segment.readsRam && !segment.writesRam)).toBe(true);
  });

  it('shadows each segment by its nibble', () => {
    const { config, pam } = makeBridge();
    config.writeConfig(0x59, 1, 0x30);
    expect(pam.segments.get(0xf0000)).toEqual({ gpa: 0xf0000, size: 0x10000, readsRam: true, writesRam: true });
    config.writeConfig(0x5a, 1, 0x21);
    expect(pam.segments.get(0xc0000)).toMatchObject({ readsRam: true, writesRam: false });
    expect(pam.segments.get(0xc4000)).toMatchObject({ readsRam: false, writesRam: true });
    config.writeConfig(0x5c, 4, 0x33333333);
    expect(pam.segments.get(0xec000)).toMatchObject({ readsRam: true, writesRam: true });
  });

  it('locks SMRAM until reset', () => {
    const { bridge, config, pam } = makeBridge();
    config.writeConfig(0x72, 1, 0x4a);
    expect(pam.smram).toEqual({ isEnabled: true, isOpen: true, isClosedToData: false });
    config.writeConfig(0x72, 1, 0x5a);
    expect(pam.smram?.isOpen).toBe(false);
    config.writeConfig(0x72, 1, 0x4a);
    expect(config.readConfig(0x72, 1)).toBe(0x1a);
    config.writeConfig(0x72, 1, 0x20);
    expect(pam.smram).toEqual({ isEnabled: true, isOpen: false, isClosedToData: true });
    bridge.reset();
    expect(config.readConfig(0x72, 1)).toBe(0x02);
  });

  it('maps everything again when restored', () => {
    const first = makeBridge();
    first.config.writeConfig(0x59, 1, 0x10);
    const second = makeBridge();
    second.bridge.restore(first.bridge.save());
    expect(second.pam.segments.get(0xf0000)).toMatchObject({ readsRam: true, writesRam: false });
  });
});

describe('PIIX3', () => {
  it('routes a pin by slot and register', () => {
    const { piix3, irqs, config } = makePiix3();
    const line = piix3.intx(3, 1); // PIRQC
    config.writeConfig(0x62, 1, 11);
    line.set(true);
    expect(irqs[11]!.level).toBe(true);
    config.writeConfig(0x62, 1, 5);
    expect([irqs[11]!.level, irqs[5]!.level]).toEqual([false, true]);
    config.writeConfig(0x62, 1, 0x80);
    expect(irqs[5]!.level).toBe(false);
  });

  it('keeps a shared line high while any pin drives it', () => {
    const { piix3, irqs, config } = makePiix3();
    config.writeConfig(0x60, 4, 0x0b0b0b0b);
    const a = piix3.intx(1, 1);
    const b = piix3.intx(1, 2);
    const alsoA = piix3.intx(5, 1);
    a.set(true);
    b.set(true);
    alsoA.set(true);
    a.set(false);
    b.set(false);
    expect(irqs[11]!.level).toBe(true);
    expect(irqs[11]!.rises).toBe(1);
    alsoA.set(false);
    expect(irqs[11]!.level).toBe(false);
  });

  it('never drives reserved interrupts', () => {
    const { piix3, irqs, config } = makePiix3();
    const line = piix3.intx(1, 1);
    line.set(true);
    for (const irq of [0, 1, 2, 8, 13]) {
      config.writeConfig(0x60, 1, irq);
      expect(irqs[irq]!.level).toBe(false);
    }
  });

  it('resets when RCPU rises', () => {
    const { piix3, reset } = makePiix3();
    piix3.resetControl.writePort(0, 1, 2);
    expect(reset.pulses).toBe(0);
    piix3.resetControl.writePort(0, 1, 6);
    expect(reset.pulses).toBe(1);
    expect(piix3.resetControl.readPort(0, 1)).toBe(6);
    piix3.resetControl.writePort(0, 1, 6);
    expect(reset.pulses).toBe(1);
  });

  it('restores levels that devices drive, without an edge of its own', () => {
    const first = makePiix3();
    first.config.writeConfig(0x60, 1, 10);
    const second = makePiix3();
    const line = second.piix3.intx(1, 1);
    line.set(true);
    second.piix3.restore(first.piix3.save());
    expect(second.irqs[10]!.level).toBe(true);
  });
});
