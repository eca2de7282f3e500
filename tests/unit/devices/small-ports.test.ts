import { describe, expect, it } from 'vitest';
import { DebugExit, debugExitState } from '../../../src/devices/debug-exit/debug-exit';
import { DebugPort, debugPortState } from '../../../src/devices/debug-port/debug-port';
import { Port92, port92State } from '../../../src/devices/port92/port92';
import { describeDevice } from '../../support/describe-device';
import { FakeLine, FakeSignal } from '../../support/fake-line';
import { MemorySink } from '../../support/memory-sink';

describeDevice({
  name: 'port92',
  state: port92State,
  make: () => {
    const device = new Port92('port92', { a20: new FakeLine(), reset: new FakeSignal() });
    return { device, ports: [{ handler: device, count: 1 }] };
  },
});

describeDevice({
  name: 'debug-port',
  state: debugPortState,
  make: () => {
    const device = new DebugPort('debugcon', { out: new MemorySink() });
    return { device, ports: [{ handler: device, count: 1 }] };
  },
});

describeDevice({
  name: 'debug-exit',
  state: debugExitState,
  make: () => {
    const device = new DebugExit('debug-exit', { exit: () => {} });
    return { device, ports: [{ handler: device, count: 4 }] };
  },
});

describe('port 92', () => {
  it('opens A20 and resets on the rising bit only', () => {
    const a20 = new FakeLine();
    const reset = new FakeSignal();
    const port = new Port92('port92', { a20, reset });
    port.writePort(0, 1, 0x02);
    expect(a20.level).toBe(true);
    expect(port.readPort(0, 1)).toBe(0x02);
    port.writePort(0, 1, 0x03);
    port.writePort(0, 1, 0x03);
    expect(reset.pulses).toBe(1);
    port.writePort(0, 1, 0x00);
    expect(a20.level).toBe(false);
    // by the keyboard controller
    a20.set(true);
    expect(port.readPort(0, 1)).toBe(0x02);
  });
});

describe('debug ports', () => {
  it('passes bytes on and says that it is there', () => {
    const out = new MemorySink();
    const port = new DebugPort('debugcon', { out });
    for (const c of 'SeaBIOS') port.writePort(0, 1, c.charCodeAt(0));
    expect(out.text).toBe('SeaBIOS');
    expect(port.readPort(0, 1)).toBe(0xe9);
  });

  it('ends the run with an odd status', () => {
    const exits: number[] = [];
    const port = new DebugExit('debug-exit', { exit: (status) => exits.push(status) });
    port.writePort(0, 4, 0);
    port.writePort(0, 1, 0x10);
    port.writePort(1, 1, 0x10);
    expect(exits).toEqual([1, 0x21]);
  });
});
