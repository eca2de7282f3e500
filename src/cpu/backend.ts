import type { ClockStep } from '../machine/clock';
import type { AccessSize, PortHandler } from '../machine/device';
import type { Gpa } from '../machine/guest-memory';
import type { Snapshottable } from '../machine/saved-state';
import type { VcpuState } from './vcpu-state';

/** Retired instructions since power-on; exact in a double. */
export type InstructionCount = number;

/**
 * What a vCPU reaches through its pins. Called by back ends on the machine thread during `run`, with the vCPU's `count`
 * exact for the current instruction. For PortHandler the offset is the port number. Never throws.
 */
export interface GuestBus extends PortHandler {
  readMmio(gpa: Gpa, size: AccessSize): number;
  writeMmio(gpa: Gpa, size: AccessSize, value: number): void;
  /** Interrupt-acknowledge cycle: local APIC first, then the PIC by ExtINT; undefined when nothing is pending any more. */
  acknowledgeInterrupt(vcpu: number): number | undefined;
  /** Task priority, CR8 (0 to 15). */
  readTaskPriority(vcpu: number): number;
  writeTaskPriority(vcpu: number, value: number): void;
  /** MSRs that belong to the board (IA32_APIC_BASE, x2APIC, IA32_TSC_DEADLINE); undefined: not there, #GP. */
  readMsr(vcpu: number, index: number): bigint | undefined;
  /** false: #GP. */
  writeMsr(vcpu: number, index: number, value: bigint): boolean;
  /** Entropy for RDRAND/RDSEED: a machine input, recorded. 32 bits. */
  random(): number;
  /** FERR# pin: an unmasked x87 error waits while CR0.NE is 0 (IRQ 13 of a PC). Called between instructions, on changes. */
  coprocessorError?(vcpu: number, level: boolean): void;
  /** A performance counter is full and wants an interrupt: the local APIC's LVT entry for them. Called between instructions. */
  performanceOverflow?(vcpu: number): void;
  /** SMIACT# pin: whether the vCPU that goes on is in system management mode and sees SMRAM. Called when that may have changed. */
  systemManagement?(isActive: boolean): void;
}

export type StopReason =
  | { kind: 'budgetSpent' | 'kicked' | 'halted' | 'reset' }
  | { kind: 'shutdown'; cause: 'tripleFault' | 'acpi' }
  | { kind: 'debug'; rip: bigint }
  | { kind: 'failed'; error: Error };

export interface Vcpu extends Snapshottable<VcpuState> {
  readonly index: number;
  /**
   * Goes on at this count: other vCPUs ran meanwhile, and count instructions together with this one (src/README.md, "Time").
   * Between runs only.
   */
  continueAt(count: InstructionCount): void;
  /** Exact between instructions and in bus calls. */
  readonly count: InstructionCount;
  /** Runs until count === until (exactly), or an earlier stop. A halted vCPU returns at once with 'halted' unless an interrupt is deliverable. */
  run(bus: GuestBus, until: InstructionCount): StopReason;
  /** From any thread; run() then returns soon, with the state between two instructions. */
  kick(): void;
  /** Makes run() return at the next boundary (after the current instruction when called from a bus call): a timer or line changed. */
  breakSoon(): void;
  /** INTR pin, level. Sampled at the boundaries of src/README.md, "Inputs". */
  setInterrupt(level: boolean): void;
  nmi(): void;
  /** SMI# pin, an edge: taken once the vCPU runs or halts outside of system management mode. */
  smi(): void;
  init(): void;
  startup(vector: number): void;
  /** Everything as after power-on (RESET#), count kept. */
  reset(): void;
  setClock(step: ClockStep): void;
  /** Low 32 bits of a GPR by number, for calls that pass values in registers (VMware's backdoor); valid in bus calls. */
  readGpr(index: number): number;
  /** Zero-extends. In a port read the result's register is written by the read itself. */
  writeGpr(index: number, value: number): void;
}

export interface Partition {
  readonly vcpus: readonly Vcpu[];
  /** Slots or A20 changed: cached translations are dropped. */
  memoryChanged(): void;
  /** Flags of frames [first, end) now forbid plain writes: write tags are dropped. */
  writesForbidden(firstFrame: number, endFrame: number): void;
  /** Somebody other than the vCPU writes [offset, offset+size) of a frame with PAGE_HAS_CODE. */
  codeWritten(offset: number, size: number): void;
  /** RAM and vCPU state were replaced: all caches are dropped. */
  invalidateAll(): void;
  dispose(): void;
}

export type CpuVendorName = 'GenuineIntel' | 'AuthenticAMD';
export type CpuModelName = 'max' | 'x86-64-v3' | 'x86-64-v2' | 'qemu64' | 'pentium3' | '486';

export interface CpuConfig {
  readonly vcpuCount: number;
  readonly vendor: CpuVendorName;
  readonly model: CpuModelName;
  readonly tscHz: number;
}
