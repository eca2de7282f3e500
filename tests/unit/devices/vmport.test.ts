import { describe, expect, it } from 'vitest';
import { type BackdoorRegisters, VmPort, vmPortState } from '../../../src/devices/vmport/vmport';
import { describeDevice } from '../../support/describe-device';

const MAGIC = 0x564d5868;

function make() {
  let notified = 0;
  const modes: boolean[] = [];
  const port = new VmPort('vmport', { notify: () => notified++, modeChanged: (on) => modes.push(on) }, 512);
  const call = (command: number, ebx = 0): BackdoorRegisters => {
    const registers = { eax: MAGIC, ebx, ecx: command, edx: 0x5658, esi: 0, edi: 0 };
    port.access(registers);
    return registers;
  };
  /** What Linux's vmmouse driver does. */
  const enable = (): void => {
    call(41, 0x45414552);
    call(40);
    call(39, 1);
    call(41, 0x53424152);
  };
  return { port, call, enable, modes, notified: () => notified };
}

describeDevice({
  name: 'vmport',
  state: vmPortState,
  make: () => {
    const { port } = make();
    return { device: port, ports: [{ handler: port, count: 4 }] };
  },
  disturb: ({ device }) => {
    const port = device as VmPort;
    for (const [ecx, ebx] of [
      [41, 0x45414552],
      [41, 0x53424152],
    ] as const)
      port.access({ eax: MAGIC, ebx, ecx, edx: 0x5658, esi: 0, edi: 0 });
    port.point(1, 2, 3, 4);
  },
});

describe('vmport', () => {
  it('tells its version to who knows the magic number', () => {
    const { port, call } = make();
    expect(call(10)).toMatchObject({ eax: 6, ebx: MAGIC });
    expect(call(20).eax).toBe(512);
    expect(call(45, 0xffffffff)).toMatchObject({ eax: 1e9, ebx: 0, ecx: 1e9 });
    expect(call(68).eax & 0x80000008).toBe(8);
    expect(call(0x1234).eax).toBe(0xffffffff);
    const other = { eax: 1, ebx: 2, ecx: 10, edx: 0x5658, esi: 0, edi: 0 };
    expect(port.access(other)).toBe(false);
    expect(other.eax).toBe(1);
  });

  it('gives the pointer id, then absolute packets', () => {
    const { port, call, modes, notified } = make();
    port.point(1, 1, 0, 0);
    expect(notified()).toBe(0);
    expect(call(40).eax).toBe(0xffff0000);
    call(41, 0x45414552);
    expect(call(40).eax).toBe(1);
    expect(call(39, 1).eax).toBe(0x3442554a);
    call(41, 0x53424152);
    expect(modes).toEqual([true]);
    port.point(0x1234, 0xfedc, -1, 1 | 4);
    expect(notified()).toBe(1);
    expect(call(40).eax).toBe(4);
    expect(call(39, 4)).toMatchObject({ eax: 0x28, ebx: 0x1234, ecx: 0xfedc, edx: 0xffffffff });
    expect(call(40).eax).toBe(0);
    call(41, 0xf5);
    expect(modes).toEqual([true, false]);
    expect(call(40).eax).toBe(0xffff0000);
  });

  it('reports an error for a bad read until it is enabled anew', () => {
    const { call, enable } = make();
    enable();
    expect(call(39, 5).eax).toBe(0xffff0000);
    expect(call(40).eax).toBe(0xffff0000);
    enable();
    expect(call(40).eax).toBe(0);
  });

  it('bounds its queue and keeps button changes', () => {
    const { port, call, enable } = make();
    enable();
    for (let i = 0; i < 1000; i++) port.point(i, i, 0, 0);
    port.point(7, 7, 0, 1);
    expect(call(40).eax).toBe(256);
    let last: BackdoorRegisters | undefined;
    while (call(40).eax > 0) last = call(39, 4);
    expect(last?.eax).toBe(0x20);
  });
});
