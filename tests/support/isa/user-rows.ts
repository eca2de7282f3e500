import type { CompiledRow } from '../../../src/cpu/emulated/isa/compile';

/**
 * Which rows run on the host's CPU in user mode with the same outcome everywhere. The others are covered by
 * tests/isa/system-rows.test.ts with expected values.
 */

/** What these give depends on the operating system, on the CPU model or on time. */
const ENVIRONMENT = new Set([
  'cpuid',
  'rdtsc',
  'rdtscp',
  'rdpid',
  'rdpmc',
  'rdrand',
  'rdseed',
  'xgetbv',
  'sgdt',
  'sidt',
  'sldt',
  'str',
  'smsw',
  'lar',
  'lsl',
  'verr',
  'verw',
  'rdfsbase',
  'rdgsbase',
  'wrfsbase',
  'wrgsbase',
  'rdpkru',
  'wrpkru',
  'xsave',
  'xsave64',
  'xrstor',
  'xrstor64',
  'xsaveopt',
  'xsaveopt64',
  'xsavec',
  'xsavec64',
  'xsaves',
  'xsaves64',
  'xrstors',
  'xrstors64',
  'rsm',
  'monitor',
  'mwait',
  'syscall',
  'sysenter',
  'sysret',
  'sysexit',
  'int',
  'int3',
  'int1',
  'into',
  'iret',
  'retf',
  'stac',
  'clac',
  'xsetbv',
  'vmcall',
  'in',
  'out',
  'ins',
  'outs',
  'lss',
  'lfs',
  'lgs',
  // far forms of CALL and JMP are told by their operands
]);

function isUnprivileged({ row }: CompiledRow): boolean {
  const { attributes, name, operands } = row;
  if (attributes.cpl === 0) return false;
  if (ENVIRONMENT.has(name)) return false;
  if (operands.some(({ kind }) => kind === 'mfar' || kind === 'ptrfar' || kind === 'cr' || kind === 'dr')) return false;
  if (operands[0]?.kind === 'sreg') return false;
  return row.family !== 'segments';
}

/** In 64-bit mode. */
export function isUserRow(compiled: CompiledRow): boolean {
  return isUnprivileged(compiled) && compiled.row.attributes.no64 !== true;
}

/** In 32-bit code, with the operand-size and address-size prefixes that the case maker uses. */
export function isUserRow32(compiled: CompiledRow): boolean {
  return isUnprivileged(compiled) && compiled.row.attributes.only64 !== true && compiled.rexW !== true;
}

/**
 * Forms that AMD's CPUs treat otherwise than Intel's: PREFETCHW of a register is #UD there (APM vol. 3), SHA takes unaligned memory.
 */
export function differsOnAmd({ row }: CompiledRow, isMemory: boolean, variant: string): boolean {
  if (row.encoding === '0F 0D /r') return !isMemory;
  return row.attributes.feature === 'sha' && (variant === 'misaligned' || variant === 'crossing');
}

export const CF = 1;
export const PF = 4;
export const AF = 0x10;
export const ZF = 0x40;
export const SF = 0x80;
export const DF = 0x400;
export const OF = 0x800;
const LETTERS: Readonly<Record<string, number>> = { O: OF, S: SF, Z: ZF, A: AF, P: PF, C: CF };

export function flagBits(letters: string): number {
  return [...letters].reduce((bits, letter) => bits | (LETTERS[letter] ?? 0), 0);
}

const SHIFTS = new Set(['shl', 'shr', 'sar']);
const ROTATES = new Set(['rol', 'ror', 'rcl', 'rcr']);

/**
 * Flags that the manual leaves undefined for this row, operand size and (masked) count.
 * Rules beyond the table's `flagsUndefined`, all of Intel SDM vol. 2:
 *   SAL/SAR/SHL/SHR: count 0 changes nothing; OF only for 1; CF of SHL and SHR undefined for counts of the size and above; AF undefined.
 *   RCL/RCR/ROL/ROR: OF only for 1; count 0 changes nothing.
 *   SHLD/SHRD: count 0 changes nothing; OF only for 1; AF undefined; all undefined for counts above the size.
 */
export function undefinedFlags(compiled: CompiledRow, size: number, count: number | undefined): number {
  const { name, attributes } = compiled.row;
  if (count !== undefined) {
    const masked = count & (size === 64 ? 63 : 31);
    if (masked === 0) return 0;
    if (SHIFTS.has(name)) return AF | (masked === 1 ? 0 : OF) | (name !== 'sar' && masked >= size ? CF : 0);
    if (ROTATES.has(name)) return masked === 1 ? 0 : OF;
    if (name === 'shld' || name === 'shrd') {
      return masked > size ? flagBits('OSZAPC') : AF | (masked === 1 ? 0 : OF);
    }
  }
  return flagBits(attributes.flagsUndefined ?? '');
}
