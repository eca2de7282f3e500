import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Case, type Outcome, outcomesOf, packBatch } from './case-batch';
import * as at from './case-layout';
import { hostProgram } from './stub';
import { fxImage } from './values';
import { Random } from '../random';

/**
 * Runs cases on the host's own x86-64 CPU: writes a static ELF program (no compiler, no library), feeds it a batch and reads
 * what came out. Linux on x86-64 only.
 */

const ELF_HEADER = 64;
const PROGRAM_HEADER = 56;
const CODE_AT = 0x1000;

/** An executable with one segment, readable, writable and executable (System V ABI, ELF-64). */
function elf(code: Uint8Array, entry: number): Uint8Array {
  const file = new Uint8Array(CODE_AT + code.length);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true); // ET_EXEC
  view.setUint16(18, 62, true); // EM_X86_64
  view.setUint32(20, 1, true);
  view.setBigUint64(24, BigInt(entry), true);
  view.setBigUint64(32, BigInt(ELF_HEADER), true);
  view.setUint16(52, ELF_HEADER, true);
  view.setUint16(54, PROGRAM_HEADER, true);
  view.setUint16(56, 1, true);
  view.setUint32(ELF_HEADER, 1, true); // PT_LOAD
  view.setUint32(ELF_HEADER + 4, 7, true);
  view.setBigUint64(ELF_HEADER + 8, BigInt(CODE_AT), true);
  view.setBigUint64(ELF_HEADER + 16, BigInt(at.STUB), true);
  view.setBigUint64(ELF_HEADER + 24, BigInt(at.STUB), true);
  view.setBigUint64(ELF_HEADER + 32, BigInt(code.length), true);
  view.setBigUint64(ELF_HEADER + 40, BigInt(at.PROGRAM_END - at.STUB), true);
  view.setBigUint64(ELF_HEADER + 48, 0x1000n, true);
  file.set(code, CODE_AT);
  return file;
}

/** Flags of /proc/cpuinfo's first CPU under the names of features.ts. */
function cpuFlags(): ReadonlySet<string> {
  const line = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
  const flags = new Set(line.trim().split(/\s+/));
  const aliases = { sse3: 'pni', clfsh: 'clflush', lzcnt: 'abm', sha: 'sha_ni' };
  for (const [ours, theirs] of Object.entries(aliases)) if (flags.has(theirs)) flags.add(ours);
  return flags;
}

export type HostSupport = { readonly isUsable: true } | { readonly isUsable: false; readonly reason: string };

export function hostSupport(): HostSupport {
  if (process.platform !== 'linux') return { isUsable: false, reason: `the host runs ${process.platform}, not Linux` };
  if (process.arch !== 'x64') return { isUsable: false, reason: `the host's CPU is ${process.arch}, not x86-64` };
  return { isUsable: true };
}

const RETRIES = 2;
/** A batch takes a fraction of a second: longer is a hang, unless the computer stopped in between. */
const MOST_MS = 600_000;
const INVALID_OPCODE = 6;
const isUndefined = (outcome: Outcome): boolean =>
  outcome.status === at.STATUS_FAULT && outcome.vector === INVALID_OPCODE;

export class HostCpu {
  readonly features = cpuFlags();
  readonly isIntel = /GenuineIntel/.test(readFileSync('/proc/cpuinfo', 'utf8'));
  readonly #program = hostProgram(this.features.has('avx'));
  readonly #folder = mkdtempSync(join(tmpdir(), 'subzero-isa-'));
  readonly #path = join(this.#folder, 'cases');

  constructor() {
    writeFileSync(this.#path, elf(this.#program.code, this.#program.entry));
    chmodSync(this.#path, 0o700);
  }

  /**
   * A hypervisor below may answer #UD for an instruction that it had to emulate itself, which happens now and then: what is
   * undefined once must be so again.
   */
  run(cases: readonly Case[], slotSize = at.SLOT_SIZE): Outcome[] {
    let outcomes = this.#runOnce(cases, slotSize);
    for (let i = 0; i < RETRIES && outcomes.some(isUndefined); i++) {
      const again = this.#runOnce(cases, slotSize);
      outcomes = outcomes.map((outcome, k) => (isUndefined(outcome) ? again[k]! : outcome));
    }
    return outcomes;
  }

  #runOnce(cases: readonly Case[], slotSize: number): Outcome[] {
    const { inputs, slots, count, touched } = packBatch(cases, this.#program, slotSize);
    const fields = [inputs.length, slots.length, at.SLOTS + touched + at.PAGE_RETURN, slots.length - touched];
    const header = new Uint8Array(new BigUint64Array(fields.map(BigInt)).buffer);
    const inputPath = join(this.#folder, 'input');
    const outputPath = join(this.#folder, 'output');
    writeFileSync(inputPath, Buffer.concat([header, inputs, slots]));
    const input = openSync(inputPath, 'r');
    const output = openSync(outputPath, 'w');
    try {
      const result = spawnSync(this.#path, { stdio: [input, output, 'inherit'], timeout: MOST_MS });
      if (result.status !== 0) {
        throw new Error(`the test program ended with status ${result.status}, signal ${result.signal}`);
      }
    } finally {
      closeSync(input);
      closeSync(output);
    }
    const bytes = new Uint8Array(readFileSync(outputPath));
    if (bytes.length !== count * at.RECORD) throw new Error('the test program wrote too little');
    return outcomesOf(bytes, count);
  }

  /** Whether the operating system lets 64-bit programs enter 32-bit code. */
  hasCompatibilityMode(): boolean {
    const none: Case = {
      label: 'nothing',
      codeSize: 32,
      code: [],
      gpr: new BigUint64Array(16),
      flags: 0x202,
      fx: fxImage(new Random(1), { style: 'integer', isFloat: false, isStackFull: false, isMmx: false }),
      window: new Uint8Array(at.WINDOW_SIZE),
    };
    return this.run([none])[0]!.status === at.STATUS_DONE;
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
