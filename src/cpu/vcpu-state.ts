/** Segment register with its hidden part. `access` is bits 8..23 of the descriptor's high dword: type, S, DPL, P, AVL, L, D/B, G as bits 0..15 like VMX access rights (Intel SDM vol. 3, 24.4.1); bit 16: unusable. */
export interface SegmentState {
  selector: number;
  access: number;
  limit: number;
  base: bigint;
}

export interface SmmState {
  smbase: number;
  isActive: boolean;
  /** An SMI that was not taken yet. */
  isPending: boolean;
  /** What RSM makes of `nmiBlocked`. */
  wasNmiBlocked: boolean;
  /** An INIT that waits for RSM. */
  isInitPending: boolean;
}

/** The architectural state of one vCPU, the same for every back end. JIT caches, TLBs and lazy flags are never part of it. */
export interface VcpuState {
  count: number;
  /** RAX RCX RDX RBX RSP RBP RSI RDI R8..R15 */
  gpr: bigint[];
  rip: bigint;
  rflags: bigint;
  es: SegmentState;
  cs: SegmentState;
  ss: SegmentState;
  ds: SegmentState;
  fs: SegmentState;
  gs: SegmentState;
  ldtr: SegmentState;
  tr: SegmentState;
  gdtr: { base: bigint; limit: number };
  idtr: { base: bigint; limit: number };
  cr0: bigint;
  cr2: bigint;
  cr3: bigint;
  cr4: bigint;
  xcr0: bigint;
  /** DR0..DR3, DR6, DR7 */
  dr: bigint[];
  /** MSRs by index, hexadecimal ('c0000080'); EFER, STAR, PAT and so on. Board-owned MSRs are saved by their device. */
  msrs: Record<string, bigint>;
  /** XSAVE area, standard format (Intel SDM vol. 1, 13.4): legacy 512 bytes, header, then AVX state where XCR0 has it. */
  xsave: Uint8Array;
  /** x87 instruction and data pointer selectors, which the area's 64-bit form has no room for. */
  fcs: number;
  fds: number;
  activity: 'running' | 'halted' | 'waitForSipi' | 'shutdown';
  /** Instructions for which interrupts are held off: after STI or MOV SS. */
  interruptShadow: 'none' | 'sti' | 'movSs';
  nmiPending: boolean;
  nmiBlocked: boolean;
  /** System management mode; absent in states from before there was any. */
  smm?: SmmState;
}
