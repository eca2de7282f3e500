import { describe, expect, test } from 'vitest';
import { RAISED, type CoreExports } from '../../../../src/cpu/emulated/core-exports';
import { ROWS } from '../../../../src/cpu/emulated/isa/families';
import { INTERCEPTS, interceptNumber, type InterceptName } from '../../../../src/cpu/emulated/isa/intercepts';
import { CpuMachine } from '../../../support/cpu/cpu-machine';

/**
 * Intel SDM vol. 3, "Instructions that cause VM exits unconditionally" and "conditionally", of those that this CPU has; AMD APM vol. 2,
 * 15.9 for those that only SVM has. By operands where the mnemonic alone does not tell.
 */
const LISTED: ReadonlyArray<readonly [mnemonic: string, intercept: InterceptName, operand?: string]> = [
  ['cpuid', 'cpuid'],
  ['invd', 'invd'],
  ['xsetbv', 'xsetbv'],
  ['clts', 'cr-write'],
  ['hlt', 'hlt'],
  ['in', 'io'],
  ['ins', 'io'],
  ['out', 'io'],
  ['outs', 'io'],
  ['invlpg', 'invlpg'],
  ['invpcid', 'invpcid'],
  ['lgdt', 'gdtr-idtr-write'],
  ['lidt', 'gdtr-idtr-write'],
  ['sgdt', 'gdtr-idtr-read'],
  ['sidt', 'gdtr-idtr-read'],
  ['lldt', 'ldtr-tr-write'],
  ['ltr', 'ldtr-tr-write'],
  ['sldt', 'ldtr-tr-read'],
  ['str', 'ldtr-tr-read'],
  ['lmsw', 'cr-write'],
  ['smsw', 'cr-read'],
  ['mov 0F 20 /r', 'cr-read'],
  ['mov 0F 22 /r', 'cr-write'],
  ['mov 0F 21 /r', 'dr-read'],
  ['mov 0F 23 /r', 'dr-write'],
  ['monitor', 'monitor'],
  ['mwait', 'mwait'],
  ['pause', 'pause'],
  ['rdmsr', 'msr-read'],
  ['wrmsr', 'msr-write'],
  ['rdpmc', 'rdpmc'],
  ['rdrand', 'rdrand'],
  ['rdseed', 'rdseed'],
  ['rdtsc', 'rdtsc'],
  ['rdtscp', 'rdtscp'],
  ['wbinvd', 'wbinvd'],
  ['pushf', 'pushf'],
  ['popf', 'popf'],
  ['iret', 'iret'],
  ['int', 'int'],
  ['int1', 'int1'],
];

/** Beside a hypervisor's own instructions, which do not exist here, no other instruction exits by itself. */
describe('intercepts of the instruction table', () => {
  test.each(LISTED)('%s has %s', (mnemonic, intercept) => {
    const rows = ROWS.filter(({ name, encoding }) => name === mnemonic || `${name} ${encoding}` === mnemonic);
    expect(rows.length).toBeGreaterThan(0);
    for (const { attributes } of rows) expect(attributes.intercept).toBe(intercept);
  });

  test('no other row has one', () => {
    const listed = new Set(LISTED.map(([mnemonic]) => mnemonic));
    const others = ROWS.filter(
      ({ name, encoding, attributes }) =>
        attributes.intercept !== undefined && !listed.has(name) && !listed.has(`${name} ${encoding}`),
    );
    expect(others.map(({ name, encoding }) => `${name} ${encoding}`)).toEqual([]);
  });

  test('privileged rows without one are those that no hypervisor can ask for', () => {
    const free = ROWS.filter(({ attributes }) => attributes.cpl === 0 && attributes.intercept === undefined);
    expect(free.map(({ name }) => name)).toEqual(['swapgs']);
  });

  test('numbers fit the bits of the state', () => {
    expect(INTERCEPTS.length).toBeLessThanOrEqual(64);
    expect(new Set(INTERCEPTS.map(({ name }) => name)).size).toBe(INTERCEPTS.length);
  });
});

describe('the check', () => {
  const CODE = 0x1000;

  /** MOV EAX, 1; CPUID; INC EBX; HLT with `names` asked for: what was met. */
  function meet(names: readonly InterceptName[]): { met: number; rip: bigint; count: number; machine: CpuMachine } {
    const machine = new CpuMachine();
    machine.poke(CODE, [0xb8, 1, 0, 0, 0, 0x0f, 0xa2, 0xff, 0xc3, 0xf4]);
    machine.flat32(CODE);
    const { state } = machine.vcpu;
    const core = machine.partition.core as unknown as CoreExports;
    let bits = 0n;
    for (const name of names) bits |= 1n << BigInt(interceptNumber(name));
    state.setU64('INTERCEPTS', bits);
    core.updateMode(state.base);
    state.setCount('UNTIL', machine.vcpu.count + 100);
    // CPUID has the bus of a running vCPU only inside `run`; it needs none
    try {
      core.run(state.base);
    } catch (error) {
      if (error !== RAISED) throw error;
    }
    return { met: state.u32('INTERCEPTED'), rip: state.u64('RIP'), count: machine.vcpu.count, machine };
  }

  test('stops before the instruction with exact state', () => {
    const { met, rip, count, machine } = meet(['cpuid', 'hlt']);
    expect(met).toBe(interceptNumber('cpuid') + 1);
    expect(rip).toBe(BigInt(CODE + 5));
    expect(count).toBe(1);
    expect(machine.vcpu.state.u64('GPR', 0)).toBe(1n);
    expect(machine.vcpu.state.u64('GPR', 3)).toBe(0n);
  });

  test('lets what is not asked for pass', () => {
    const { met, rip, machine } = meet(['hlt', 'rdtsc']);
    expect(met).toBe(interceptNumber('hlt') + 1);
    expect(rip).toBe(BigInt(CODE + 9));
    expect(machine.vcpu.state.u64('GPR', 3) & 0xffffffffn).not.toBe(0n);
  });

  test('costs no op where nothing is asked for', () => {
    const { met, count } = meet([]);
    expect(met).toBe(0);
    expect(count).toBe(4);
  });
});
