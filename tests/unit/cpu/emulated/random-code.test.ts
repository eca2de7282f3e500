import { describe, expect, it } from 'vitest';
import { ProtectedMachine, asUser32, asUser64 } from '../../../support/cpu/tables';
import { Random } from '../../../support/random';

/** Whatever the guest executes, `run` comes back in time and never fails: the host is not the guest's to break. */
describe('random bytes as code', () => {
  const modes: ReadonlyArray<readonly [string, (m: ProtectedMachine) => void]> = [
    ['real mode', (m) => m.realMode(0x7c00)],
    ['protected mode', (m) => m.protected32()],
    ['protected mode, user', (m) => m.protected32(asUser32)],
    ['64-bit mode', (m) => m.protected64()],
    ['64-bit mode, user', (m) => m.protected64(asUser64)],
  ];
  it.each(modes)('%s', (_name, enter) => {
    const random = new Random(20221);
    const m = new ProtectedMachine();
    for (let round = 0; round < 25; round++) {
      enter(m);
      const state = m.vcpu.save();
      state.gpr = state.gpr.map((value, i) =>
        i === 4 || random.below(3) === 0 ? value : BigInt(random.below(0x100000)),
      );
      state.rflags = BigInt(random.below(0x400000) & 0x244dd5) | 2n;
      m.vcpu.restore(state);
      const code = random.bytes(512);
      m.poke(0x7000, code);
      m.poke(0x7c00, code);
      m.bus.vector = random.below(256);
      m.vcpu.setInterrupt(random.below(2) === 0);
      const before = m.vcpu.count;
      for (let slice = 0; slice < 4; slice++) {
        const reason = m.run(500);
        expect(reason.kind, JSON.stringify(reason)).not.toBe('failed');
        if (reason.kind !== 'budgetSpent') break;
      }
      expect(m.vcpu.count - before).toBeLessThanOrEqual(2000);
      // what it left behind can be saved and restored
      m.vcpu.restore(m.vcpu.save());
      m.bus.writes.length = 0;
      m.bus.mmio.length = 0;
    }
  });
});
