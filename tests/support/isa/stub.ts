import {
  Assembler,
  CC_A,
  CC_AE,
  CC_LE,
  CC_NZ,
  CC_Z,
  R10,
  R12,
  R13,
  R8,
  RAX,
  RBX,
  RDI,
  RDX,
  RSI,
  RSP,
} from './assembler';
import * as at from './case-layout';

/**
 * The program that runs cases: the loop, which the host and the emulated CPU share, and the surroundings of each (Linux system
 * calls and signals; exception handlers at CPL 0).
 */

const GPRS = [...Array(16).keys()];

const VINSERT = 'vinsertf128 VEX.256.66.0F3A.W0 18 /r ib';
const VEXTRACT = 'vextractf128 VEX.256.66.0F3A.W0 19 /r ib';

/** The upper halves of the YMM registers from a record at RBX. */
function loadUpper(a: Assembler): void {
  for (const i of GPRS) {
    a.op(VINSERT, { reg: i, vvvv: i, memory: { base: RBX, displacement: at.IN_YMM + 16 * i }, immediates: [1] });
  }
}
function storeUpper(a: Assembler): void {
  for (const i of GPRS) {
    a.op(VEXTRACT, { reg: i, memory: { base: RBX, displacement: at.OUT_YMM + 16 * i }, immediates: [1] });
  }
}

/** next: loads the next case and jumps to its code; done, taken: the code's exits. */
function runner(a: Assembler, hasAvx: boolean): void {
  a.label('next').immediate(RSP, at.STACK_TOP).op('cld FC');
  a.load(RBX, undefined, at.V_INPUT);
  a.op('cmp 3B /r', { size: 64, reg: RBX, memory: { displacement: at.V_END } });
  a.jumpIf(CC_AE, 'finished');
  a.address(RSI, RBX, at.IN_WINDOW).immediate(RDI, at.WINDOW).copy(at.WINDOW_SIZE);
  a.op('fxrstor64 NP 0F AE /1 mod=m rex.w', { memory: { base: RBX, displacement: at.IN_FX } });
  if (hasAvx) loadUpper(a);
  a.load(RAX, RBX, at.IN_CODE).store(undefined, at.V_JUMP, RAX);
  a.op('push FF /6', { memory: { base: RBX, displacement: at.IN_FLAGS } }).op('popf 9D');
  for (const register of GPRS) if (register !== RBX) a.load(register, RBX, at.IN_GPR + 8 * register);
  a.load(RBX, RBX, at.IN_GPR + 8 * RBX);
  a.op('jmp FF /4', { memory: { displacement: at.V_JUMP } });
  a.label('finished').op('jmp FF /4', { memory: { displacement: at.V_FINISH } });

  a.label('taken').storeImmediate(undefined, at.V_STATUS, at.STATUS_TAKEN).jump('save');
  a.label('done').storeImmediate(undefined, at.V_STATUS, at.STATUS_DONE);
  a.label('save');
  for (const register of GPRS) a.store(undefined, at.V_SAVED + 8 * register, register);
  a.immediate(RSP, at.STACK_TOP).op('pushf 9C').op('pop 58 +r', { rm: RAX });
  a.store(undefined, at.V_SAVED + 128, RAX).op('cld FC');
  a.load(RBX, undefined, at.V_OUTPUT);
  a.op('fxsave64 NP 0F AE /0 mod=m rex.w', { memory: { base: RBX, displacement: at.OUT_FX } });
  if (hasAvx) storeUpper(a);
  a.load(RAX, undefined, at.V_STATUS).store(RBX, at.OUT_STATUS, RAX);
  a.immediate(RSI, at.V_SAVED).address(RDI, RBX, at.OUT_GPR).copy(136);
  a.label('advance'); // RBX: the output record
  a.immediate(RSI, at.WINDOW).address(RDI, RBX, at.OUT_WINDOW).copy(at.WINDOW_SIZE);
  a.addMemory(at.V_INPUT, at.RECORD).addMemory(at.V_OUTPUT, at.RECORD);
  a.jump('next');
}

function system(a: Assembler, number: number, args: readonly (number | 'register')[]): void {
  const registers = [RDI, RSI, RDX, R10, R8, 9];
  args.forEach((value, i) => {
    if (value !== 'register') a.immediate(registers[i]!, value);
  });
  a.immediate(RAX, number).op('syscall 0F 05');
}

/** Order of the registers in the signal frame's gregs. */
const GREGS = [8, 9, 10, 11, 12, 13, 14, 15, 7, 6, 5, 3, 2, 0, 1, 4];
const GREG_RIP = 16;
const GREG_FLAGS = 17;
const GREG_ERROR = 19;
const GREG_TRAP = 20;
const GREG_CR2 = 22;
/** uc_mcontext in struct ucontext, and its fpregs pointer. */
const UC_GREGS = 40;
const XSTATE_AVX = 4;
const XSAVE_HEADER = 64;
const UC_FPREGS = UC_GREGS + 23 * 8;

const SYS_READ = 0;
const SYS_WRITE = 1;
const SYS_MMAP = 9;
const SYS_SIGACTION = 13;
const SYS_EXIT = 60;
const SYS_SIGALTSTACK = 131;
const FLAGS_FIXED_ANONYMOUS_POPULATED = 0x8032;
const SA_SIGINFO_RESTORER_ONSTACK_NODEFER = 0x4c000004;
/** SIGILL SIGTRAP SIGBUS SIGFPE SIGSEGV */
const SIGNALS = [4, 5, 7, 8, 11];

/** RDI: descriptor number in EDI is set by the caller, R12 address, R13 bytes; all of them, or exit with 3. */
function transferLoop(a: Assembler, name: string, call: number, descriptor: number): void {
  a.label(name);
  a.op('mov 8B /r', { size: 64, reg: RSI, rm: R12 }).op('mov 8B /r', { size: 64, reg: RDX, rm: R13 });
  system(a, call, [descriptor]);
  a.op('test 85 /r', { size: 64, reg: RAX, rm: RAX }).jumpIf(CC_LE, 'failed');
  a.op('add 03 /r', { size: 64, reg: R12, rm: RAX }).op('sub 2B /r', { size: 64, reg: R13, rm: RAX });
  a.jumpIf(CC_NZ, name).op('ret C3');
}

/** Reads records and slots from standard input, runs them, writes the outputs to standard output. */
export function hostProgram(hasAvx: boolean): { code: Uint8Array; entry: number; done: number; taken: number } {
  const a = new Assembler(at.STUB);
  runner(a, hasAvx);
  a.label('entry').immediate(RSP, at.STACK_TOP);
  const map = (address: number, bytes: number, protection: number): void =>
    system(a, SYS_MMAP, [address, bytes, protection, FLAGS_FIXED_ANONYMOUS_POPULATED, -1, 0]);
  map(at.INPUTS, at.BATCH * at.RECORD, 3);
  map(at.OUTPUTS, at.BATCH * at.RECORD, 3);
  map(at.SLOTS, at.SLOT_AREA, 7);
  map(at.DATA_PAGES, at.DATA_END - at.DATA_PAGES, 3);
  map(at.READ_ONLY, at.PAGE, 1);
  a.storeImmediate(undefined, at.V_SCRATCH, at.SIGNAL_STACK);
  a.storeImmediate(undefined, at.V_SCRATCH + 8, 0);
  a.storeImmediate(undefined, at.V_SCRATCH + 16, at.SIGNAL_STACK_SIZE);
  system(a, SYS_SIGALTSTACK, [at.V_SCRATCH, 0]);
  a.immediate(RAX, 0).op('lea 8D /r mod=m', { size: 64, reg: RAX, memory: { displacement: HANDLER_AT } });
  a.store(undefined, at.V_SCRATCH, RAX).store(undefined, at.V_SCRATCH + 16, RAX);
  a.storeImmediate(undefined, at.V_SCRATCH + 8, SA_SIGINFO_RESTORER_ONSTACK_NODEFER);
  a.storeImmediate(undefined, at.V_SCRATCH + 24, 0);
  for (const signal of SIGNALS) system(a, SYS_SIGACTION, [signal, at.V_SCRATCH, 0, 8]);
  a.immediate(R12, at.V_HEADER).immediate(R13, 32).call('read');
  a.immediate(R12, at.INPUTS).load(R13, undefined, at.V_HEADER).call('read');
  a.immediate(R12, at.SLOTS)
    .load(R13, undefined, at.V_HEADER + 8)
    .call('read');
  // Hypervisors without nested paging emulate what touches a page first, and know few instructions: touch every page before.
  a.load(RAX, undefined, at.READ_ONLY);
  a.load(R12, undefined, at.V_HEADER + 16).load(R13, undefined, at.V_HEADER + 24);
  a.label('touch').op('call FF /2', { rm: R12 }).add(R12, at.PAGE);
  a.op('sub 81 /5 iz', { size: 64, rm: R13, immediates: [at.PAGE] }).jumpIf(CC_A, 'touch');
  a.storeImmediate(undefined, at.V_INPUT, at.INPUTS).storeImmediate(undefined, at.V_OUTPUT, at.OUTPUTS);
  a.immediate(RAX, at.INPUTS).op('add 03 /r', { size: 64, reg: RAX, memory: { displacement: at.V_HEADER } });
  a.store(undefined, at.V_END, RAX);
  a.op('lea 8D /r mod=m', { size: 64, reg: RAX, memory: { displacement: WRITE_AT } });
  a.store(undefined, at.V_FINISH, RAX);
  // data segments for compatibility mode
  a.immediate(RAX, USER_STACK_SELECTOR).op('mov 8E /r', { reg: 3, rm: RAX }).op('mov 8E /r', { reg: 0, rm: RAX });
  a.jump('next');
  transferLoop(a, 'read', SYS_READ, 0);
  transferLoop(a, 'write', SYS_WRITE, 1);
  a.label('failed');
  system(a, SYS_EXIT, [3]);

  while (a.here < WRITE_AT) a.op('nop 90');
  a.immediate(R12, at.OUTPUTS).load(R13, undefined, at.V_HEADER).call('write');
  system(a, SYS_EXIT, [0]);

  while (a.here < HANDLER_AT) a.op('nop 90');
  a.op('cld FC').load(RBX, undefined, at.V_OUTPUT);
  GREGS.forEach((register, i) => {
    a.load(RAX, RDX, UC_GREGS + 8 * i).store(RBX, at.OUT_GPR + 8 * register, RAX);
  });
  const fields: ReadonlyArray<readonly [number, number]> = [
    [GREG_RIP, at.OUT_RIP],
    [GREG_FLAGS, at.OUT_FLAGS],
    [GREG_ERROR, at.OUT_ERROR],
    [GREG_TRAP, at.OUT_VECTOR],
    [GREG_CR2, at.OUT_CR2],
  ];
  for (const [greg, field] of fields) a.load(RAX, RDX, UC_GREGS + 8 * greg).store(RBX, field, RAX);
  a.storeImmediate(RBX, at.OUT_STATUS, at.STATUS_FAULT);
  a.load(RSI, RDX, UC_FPREGS).op('test 85 /r', { size: 64, reg: RSI, rm: RSI }).jumpIf(CC_Z, 'advance');
  a.address(RDI, RBX, at.OUT_FX).copy(512);
  if (hasAvx) {
    // the XSAVE header: without its bit the upper halves are 0, as the record is already
    a.op('test F7 /0 iz', { size: 32, memory: { base: RSI }, immediates: [XSTATE_AVX] }).jumpIf(CC_Z, 'advance');
    a.add(RSI, XSAVE_HEADER).address(RDI, RBX, at.OUT_YMM).copy(at.YMM_SIZE);
  }
  a.jump('advance');
  if (a.addressOf('advance') >= WRITE_AT) throw new Error('the test program has outgrown its place');
  return { code: a.finish(), entry: a.addressOf('entry'), done: a.addressOf('done'), taken: a.addressOf('taken') };
}
const WRITE_AT = at.STUB + 0x1000;
const HANDLER_AT = at.STUB + 0x1200;

/** Vectors that push an error code. */
const WITH_ERROR = new Set([8, 10, 11, 12, 13, 14, 17]);
export const USER_CODE_SELECTOR = 0x33;
export const USER_CODE32_SELECTOR = 0x23;
export const USER_STACK_SELECTOR = 0x2b;
export const VECTORS = 32;
const ENTRY_SIZE = 16;

/**
 * What the emulated CPU needs at CPL 0, at `origin`: one entry of 16 bytes per vector, then the handler, which stores the state as
 * the host's signal handler does, or halts if the fault is the HLT at `end`.
 */
export function supervisorProgram(origin: number, end: number, hasAvx: boolean): Uint8Array {
  const a = new Assembler(origin);
  for (let vector = 0; vector < VECTORS; vector++) {
    if (!WITH_ERROR.has(vector)) a.op('push 6A ib', { immediates: [0] });
    a.op('push 6A ib', { immediates: [vector] }).jump('common');
    while (a.here < origin + (vector + 1) * ENTRY_SIZE) a.op('nop 90');
  }
  a.label('common');
  for (const register of GPRS) a.store(undefined, at.V_SAVED + 8 * register, register);
  a.op('cld FC').load(RBX, undefined, at.V_OUTPUT);
  a.op('fxsave64 NP 0F AE /0 mod=m rex.w', { memory: { base: RBX, displacement: at.OUT_FX } });
  if (hasAvx) storeUpper(a);
  // the frame: vector, error code, RIP, CS, RFLAGS, RSP, SS
  a.load(RAX, RSP, 40).store(undefined, at.V_SAVED + 8 * RSP, RAX);
  a.load(RAX, RSP, 32).store(undefined, at.V_SAVED + 128, RAX);
  a.load(RAX, RSP, 16);
  a.op('cmp 81 /7 iz', { size: 64, rm: RAX, immediates: [end] })
    .jumpIf(CC_NZ, 'fault')
    .op('hlt F4');
  a.label('fault').store(RBX, at.OUT_RIP, RAX);
  a.load(RAX, RSP, 0).store(RBX, at.OUT_VECTOR, RAX);
  a.load(RAX, RSP, 8).store(RBX, at.OUT_ERROR, RAX);
  a.op('mov 0F 20 /r', { size: 64, reg: 2, rm: RAX }).store(RBX, at.OUT_CR2, RAX);
  a.storeImmediate(RBX, at.OUT_STATUS, at.STATUS_FAULT);
  a.immediate(RSI, at.V_SAVED).address(RDI, RBX, at.OUT_GPR).copy(136);
  a.immediate(RSI, at.WINDOW).address(RDI, RBX, at.OUT_WINDOW).copy(at.WINDOW_SIZE);
  a.addMemory(at.V_INPUT, at.RECORD).addMemory(at.V_OUTPUT, at.RECORD);
  a.op('push 6A ib', { immediates: [USER_STACK_SELECTOR] }).op('push 68 iz', { immediates: [at.STACK_TOP] });
  a.op('push 68 iz', { immediates: [0x202] }).op('push 6A ib', { immediates: [USER_CODE_SELECTOR] });
  a.op('push 68 iz', { immediates: [at.STUB] }).op('iret CF', { size: 64 });
  return a.finish();
}
