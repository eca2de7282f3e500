import { describe, expect, it } from 'vitest';
import { FAULT_VECTORS, HANDLERS_AT, ProtectedMachine } from '../../../support/cpu/tables';

const DATA = 0x5_0000;
const CONTROLS = 0x5_0100;
const ROUNDS = 60;
const OSFXSR = 0x200n;
const [RCX, RBX, RSI] = [1, 3, 6];

/** All masked, and underflow not (UM); PE stands already, so that inexact results change nothing. */
const MASKED = 0x1fa0;
const UNMASKED = 0x17a0;

/** Found by tests/long/isa-random, seed 20261138767: a difference that is tiny and exact underflows only where that is not masked. */
describe.each(['off', 'eager', 'eagerBaseline'] as const)('a tiny, exact sum (%s)', (jit) => {
  it.each([
    ['ADDSD', [0xf2, 0x0f, 0x58, 0x43, 16]],
    ['HADDPD', [0x66, 0x0f, 0x7c, 0x03]],
  ])('raises an exception with underflow unmasked, and only then: %s', (_name, add) => {
    const m = new ProtectedMachine(16, jit);
    m.protected64((s) => {
      s.gpr[RCX] = BigInt(ROUNDS);
      s.gpr[RBX] = BigInt(DATA);
      s.gpr[RSI] = BigInt(CONTROLS);
      s.cr4 |= OSFXSR;
    });
    m.setQuad(DATA, 0x807fffffbfef6c49n);
    m.setQuad(DATA + 8, 0x00800000edb3240dn);
    m.setQuad(DATA + 16, 0x00800000edb3240dn);
    for (let i = 0; i < ROUNDS; i++) m.setDword(CONTROLS + 4 * i, i === ROUNDS - 1 ? UNMASKED : MASKED);
    // ldmxcsr [rsi]; add rsi,4; movupd xmm0,[rbx]; the addition; sub ecx,1; jnz
    const body = [0x0f, 0xae, 0x16, 0x48, 0x83, 0xc6, 4, 0x66, 0x0f, 0x10, 0x03, ...add];
    const s = m.execute([...body, 0x83, 0xe9, 1, 0x75, -(body.length + 5) & 0xff], 10_000);
    // without CR4.OSXMMEXCPT it is #UD (SDM vol. 3, 2.5)
    expect([s.rip, s.gpr[RCX]]).toEqual([BigInt(HANDLERS_AT + 16 * FAULT_VECTORS.UD + 1), 1n]);
  });
});
