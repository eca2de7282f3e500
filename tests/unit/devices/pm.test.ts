import { describe, expect, it } from 'vitest';
import { Pm, pmState } from '../../../src/devices/pm/pm';
import type { PortHandler } from '../../../src/machine/device';
import { unwrapState, wrapState } from '../../../src/machine/saved-state';
import { describeDevice } from '../../support/describe-device';
import { FakeLine } from '../../support/fake-line';
import { ManualClock } from '../../support/manual-clock';

const STS = 0;
const EN = 2;
const CNT = 4;
const TMR = 8;

function make() {
  const clock = new ManualClock();
  const sci = new FakeLine();
  const sleeps: number[] = [];
  const smis: string[] = [];
  const maps = new Map<string, { at: number; handler: PortHandler }>();
  const pm = new Pm('pci/00:01.3', clock, {
    sci,
    smi: () => smis.push('smi'),
    sleep: (type) => sleeps.push(type),
    bars: {
      mapPorts: (name, at, _size, handler) => {
        if (at === undefined) maps.delete(name);
        else maps.set(name, { at, handler });
      },
      mapMmio: () => {},
      mapMemory: () => {},
    },
  });
  return { clock, sci, sleeps, smis, maps, pm };
}

/** As SeaBIOS sets it up, with ACPI on. */
function on() {
  const made = make();
  made.pm.config.writeConfig(0x40, 4, 0x601);
  made.pm.config.writeConfig(0x80, 1, 1);
  made.pm.config.writeConfig(0x90, 4, 0x701);
  made.pm.config.writeConfig(0xd2, 1, 9);
  made.pm.apm.writePort(0, 1, 0xf1);
  const ports = made.maps.get('pci/00:01.3/pm')!.handler;
  const smbus = made.maps.get('pci/00:01.3/smbus')!.handler;
  return { ...made, ports, smbus };
}

describeDevice({
  name: 'pm',
  state: pmState,
  make: () => {
    const { pm, clock } = make();
    return {
      device: pm,
      clock,
      pci: [pm.config],
      ports: [
        { handler: pm.gpe, count: 4 },
        { handler: pm.apm, count: 2 },
      ],
    };
  },
  disturb: ({ device }) => {
    const pm = device as Pm;
    pm.config.writeConfig(0x40, 4, 0x601);
    pm.config.writeConfig(0x80, 1, 1);
    pm.apm.writePort(0, 1, 0xf1);
    pm.pressPowerButton();
    pm.raiseGpe(3);
    pm.gpe.writePort(2, 2, 8);
  },
});

describe('pm', () => {
  it('says who it is, and that SMIs are still to be set up', () => {
    const { pm } = make();
    expect(pm.config.readConfig(0, 4)).toBe(0x71138086);
    expect(pm.config.readConfig(0x58, 4) & 0x02000000).toBe(0);
    expect(pm.config.readConfig(0x40, 4)).toBe(1);
  });

  it('places its ports as firmware programs them', () => {
    const { maps, pm } = on();
    expect(maps.get('pci/00:01.3/pm')!.at).toBe(0x600);
    expect(maps.get('pci/00:01.3/smbus')!.at).toBe(0x700);
    pm.config.writeConfig(0x40, 4, 0xb001);
    expect(maps.get('pci/00:01.3/pm')!.at).toBe(0xb000);
    pm.config.writeConfig(0x80, 1, 0);
    expect(maps.has('pci/00:01.3/pm')).toBe(false);
  });

  it('runs its timer at 3.579545 MHz in 24 bits', () => {
    const { clock, ports } = on();
    clock.advance(1e9);
    expect(ports.readPort(TMR, 4)).toBe(3_579_545);
    clock.advance(9e9);
    expect(ports.readPort(TMR, 4)).toBe(35_795_450 % 2 ** 24);
    ports.writePort(TMR, 4, 0);
    expect(ports.readPort(TMR, 2)).toBe((35_795_450 % 2 ** 24) & 0xffff);
  });

  it('sets TMR_STS at each change of bit 23', () => {
    const { clock, ports, sci } = on();
    const half = Math.ceil((2 ** 23 * 1e9) / 3_579_545);
    ports.writePort(EN, 2, 1);
    clock.advanceTo(half - 1);
    expect(sci.level).toBe(false);
    clock.advanceTo(half);
    expect(sci.level).toBe(true);
    expect(ports.readPort(STS, 2)).toBe(1);
    ports.writePort(STS, 2, 1);
    expect(sci.level).toBe(false);
    ports.writePort(EN, 2, 0);
    clock.advance(half);
    expect(sci.level).toBe(false);
    expect(ports.readPort(STS, 2)).toBe(1);
  });

  it('tells of the power button by SCI until it is acknowledged', () => {
    const { pm, ports, sci } = on();
    pm.pressPowerButton();
    expect(sci.level).toBe(false);
    ports.writePort(EN, 2, 0x100);
    expect(sci.level).toBe(true);
    ports.writePort(STS, 2, 0x001);
    expect(sci.level).toBe(true);
    ports.writePort(STS + 1, 1, 0x01);
    expect(sci.level).toBe(false);
  });

  it('gives no SCI before ACPI is on', () => {
    const { pm, ports, sci } = on();
    pm.apm.writePort(0, 1, 0xf0);
    expect(pm.isAcpiOn).toBe(false);
    expect(ports.readPort(CNT, 2) & 1).toBe(0);
    ports.writePort(EN, 2, 0x100);
    pm.pressPowerButton();
    expect(sci.level).toBe(false);
    pm.apm.writePort(0, 1, 0xf1);
    expect(sci.level).toBe(true);
  });

  it('powers off and sleeps', () => {
    const { ports, sleeps } = on();
    ports.writePort(CNT, 2, 0x0401);
    expect(sleeps).toEqual([]);
    ports.writePort(CNT, 2, 0x2001);
    ports.writePort(CNT + 1, 1, 0x24);
    expect(sleeps).toEqual([0, 1]);
    expect(ports.readPort(CNT, 2)).toBe(0x0401);
  });

  it('raises general-purpose events', () => {
    const { pm, sci } = on();
    pm.gpe.writePort(2, 2, 0x0102);
    expect(pm.gpe.readPort(0, 4)).toBe(0x01020000);
    pm.raiseGpe(8);
    expect(sci.level).toBe(true);
    expect(pm.gpe.readPort(1, 1)).toBe(1);
    pm.gpe.writePort(1, 1, 1);
    expect(sci.level).toBe(false);
  });

  it('answers SMBus transactions with an error', () => {
    const { smbus } = on();
    expect(smbus.readPort(0, 1)).toBe(0);
    smbus.writePort(4, 1, 0xa1);
    smbus.writePort(2, 1, 0x48);
    expect(smbus.readPort(0, 1)).toBe(0x04);
    smbus.writePort(0, 1, 0x04);
    expect(smbus.readPort(0, 1)).toBe(0);
  });
});

describe('system management interrupts', () => {
  const DEVACTB = 0x58;
  const GLBSTS = 0x18;
  const GLBEN = 0x20;
  const GLBCTL = 0x28;

  it('come from the APM control port once APMC_EN and SMI_EN are set', () => {
    const { pm, ports, smis } = on();
    pm.apm.writePort(0, 1, 1);
    pm.config.writeConfig(DEVACTB, 4, 1 << 25);
    pm.apm.writePort(0, 1, 2);
    expect(smis).toEqual([]);
    expect(ports.readPort(GLBSTS, 2)).toBe(0x20);
    ports.writePort(GLBCTL, 4, 1);
    expect(ports.readPort(GLBCTL, 4)).toBe(1);
    pm.apm.writePort(0, 1, 3);
    expect(smis).toEqual(['smi']);
    pm.apm.writePort(1, 1, 3);
    expect(smis).toEqual(['smi']);
    ports.writePort(GLBSTS, 2, 0x20);
    expect(ports.readPort(GLBSTS, 2)).toBe(0);
  });

  it('come from GBL_RLS where BIOS_EN is set; BIOS_RLS answers by SCI', () => {
    const { ports, sci, smis } = on();
    ports.writePort(GLBCTL, 1, 1);
    ports.writePort(CNT, 2, 0x0005);
    expect(smis).toEqual([]);
    ports.writePort(GLBEN, 2, 2);
    ports.writePort(CNT, 2, 0x0005);
    expect(smis).toEqual(['smi']);
    expect(ports.readPort(CNT, 2)).toBe(1);
    expect(ports.readPort(GLBSTS, 2) & 1).toBe(1);
    ports.writePort(EN, 2, 0x20);
    ports.writePort(GLBCTL, 1, 3);
    expect(ports.readPort(STS, 2) & 0x20).toBe(0x20);
    expect(sci.level).toBe(true);
  });

  it('states from before them restore with none', () => {
    const { pm } = make();
    const { globalStatus, globalEnable, isSmiEnabled, ...old } = pm.save();
    expect([globalStatus, globalEnable, isSmiEnabled]).toEqual([0, 0, false]);
    const entry = { kind: 'pm', version: 1, state: old };
    expect(unwrapState(pmState, 'pm', { ...wrapState(pmState, pm.save()), ...entry })).toEqual(pm.save());
  });
});
