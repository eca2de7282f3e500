import { describe, expect, it } from 'vitest';
import type { VcpuState } from '../../../src/cpu/vcpu-state';
import { DeadEndWatch } from '../../../src/guest/dead-end-watch';

const IF = 0x200n;

function machine() {
  const vcpu = { activity: 'halted', rflags: IF, rip: 0x1234n, cs: { base: 0n } };
  const state = { count: 1, lines: [] as string[], vcpu };
  const told: string[] = [];
  const watch = new DeadEndWatch(
    {
      counts: () => [state.count],
      vcpus: () => [vcpu as unknown as VcpuState],
      lines: () => state.lines,
    },
    (found) => told.push(found),
  );
  return { state, vcpu, told, watch };
}

describe('dead end watch', () => {
  it('a CPU that sleeps with interrupts off has halted', () => {
    const { vcpu, told, watch } = machine();
    vcpu.rflags = 0n;
    watch.look(0, true);
    expect(told).toEqual(['halted']);
  });

  it('a guest that waits for interrupts has not, and is not looked at again while it sleeps', () => {
    const { state, told, watch } = machine();
    expect(watch.look(0, true)).toBe(Number.POSITIVE_INFINITY);
    expect(watch.look(5000, true)).toBe(Number.POSITIVE_INFINITY);
    state.count = 2;
    expect(watch.look(100, true)).toBe(900);
    expect(told).toEqual([]);
  });

  it('the BIOS that waits below its last words found nothing to boot', () => {
    const { state, vcpu, told, watch } = machine();
    state.lines = ['SeaBIOS', 'Booting from Hard Disk...', 'No bootable device.  Retrying in 60 seconds.', ''];
    watch.look(0, true);
    expect(told, 'a guest that shows the same words').toEqual([]);
    vcpu.cs.base = 0xf0000n;
    state.count = 2;
    watch.look(2000, true);
    expect(told).toEqual(['noBootDevice']);
    state.lines.push('Booting from DVD/CD...');
    state.count = 3;
    watch.look(4000, true);
    expect(told).toEqual(['noBootDevice', 'none']);
  });

  it('a triple fault stays told until the user resets, unless worse follows', () => {
    const { state, vcpu, told, watch } = machine();
    watch.tripleFault();
    watch.wasReset();
    watch.look(0, true);
    state.count = 2;
    watch.look(2000, true);
    expect(told).toEqual(['tripleFault']);
    watch.wasReset();
    vcpu.rflags = 0n;
    watch.look(4000, true);
    expect(told).toEqual(['tripleFault', 'none', 'halted']);
  });
});
