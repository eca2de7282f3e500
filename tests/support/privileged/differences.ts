import { BOCHS_DEVICES, QEMU_DEVICES } from './differences-devices';

/**
 * Where QEMU 7.2 (TCG) and Bochs 2.7 print something else than the manual says, seen with Debian 12's packages. In each of them Subzero does
 * as the manual; sections are of Intel's SDM, volume 3 where nothing else is said.
 */
export interface Difference {
  /** What the other one does. */
  readonly what: string;
  /** Which section says otherwise. */
  readonly manual: string;
  readonly cases: readonly string[];
}

const qemu: readonly Difference[] = [
  {
    what: 'no check of segment limits, nor of types when a segment is used',
    manual: '6.3 and 6.5: every access is checked; 6.4.1: no access through a null selector',
    cases: [
      'call gate beyond the segment',
      'interrupt beyond the segment',
      'call gate with too small a stack segment',
      'interrupt with too small a stack segment',
      'segment over its limit',
      'segment with a limit in pages',
      'segment that expands down, at its limit',
      'segment of 16 bits that expands down, over 64 KiB',
      'segment that is read-only, written',
      'segment of code that is readable, written',
      'segment CS written',
      'segment CS that is not readable',
      'segment without descriptor, used',
      'stack over its limit',
      'code runs over its limit',
      'jump over the limit of code',
      'real mode, word over 64 KiB',
      'real mode, stack over 64 KiB',
      'real mode, far jump of 32 bits beyond 64 KiB',
      'V86 offset beyond 64 KiB',
      'V86 stack access over 64 KiB',
      'unreal mode, a small limit stays too',
      'unreal mode ends in V86',
    ],
  },
  {
    what: 'RF is never set in the image of EFLAGS that a fault stores, and holds until it is overwritten',
    manual: '18.3.1.1: faults store it as 1; the CPU clears it after each instruction',
    cases: [
      'exception through a task gate',
      'INT3 whose gate is of a lower DPL',
      'interrupt return with NT in 64-bit mode',
      'device not available',
      'step is not over a fault',
      'SMAP, STAC and CLAC',
      'breakpoint that RF passes over',
      'RF holds for one instruction',
    ],
  },
  {
    what: 'a repeated string instruction that is stepped or watched stores no RF between its iterations',
    manual: '18.3.1.1: 1 for a trap of any iteration but the last',
    cases: ['step over a repeated instruction', 'watched element of a repeated store'],
  },
  {
    what: 'EXT is not set in the error code',
    manual: '7.13: set where the exception came while an exception was delivered',
    cases: ['exception whose gate is absent says EXT', 'serial faults, #NP after #UD'],
  },
  {
    what: 'an absent stack segment gives #TS or #NP',
    manual: '7.15, #SS; vol. 2, CALL, INT n and RET; table 8-1: #SS with the selector',
    cases: [
      'call gate with an absent stack segment',
      'interrupt with an absent stack segment',
      'far return to ring 3 with an absent stack',
      'task with an absent stack segment',
    ],
  },
  {
    what: 'CS keeps the RPL of the gate after a call to conforming code',
    manual: '6.8.1.2 and vol. 2, CALL: RPL of CS becomes CPL',
    cases: ['call through a gate to conforming code'],
  },
  {
    what: 'a stack address that is not canonical gives #GP',
    manual: 'vol. 2, PUSH: #SS(0)',
    cases: ['stack address that is not canonical'],
  },
  {
    what: 'F1 is undefined',
    manual: 'vol. 2, INT1',
    cases: ['INT1 needs no DPL', 'INT1 to a task that asks for a trap'],
  },
  {
    what: 'a target that is not canonical is found after the transfer',
    manual: 'vol. 2, CALL, IRET and SYSRET: #GP(0) of the instruction itself',
    cases: [
      'call gate of 64 bits to no canonical address',
      'interrupt return to no canonical address',
      'SYSRET to no canonical address',
      'jump to no canonical address',
    ],
  },
  {
    what: 'SS becomes null for a stack of the interrupt stack table at the same ring',
    manual: '7.14.4: only a change of CPL makes it null',
    cases: ['interrupt stack table'],
  },
  {
    what: 'LAR and LSL say yes to types that long mode does not have',
    manual: 'vol. 2, LAR, table 3-51; LSL, table 3-54',
    cases: ['every type by LAR, LSL, VERR and VERW in long mode'],
  },
  {
    what: 'a code segment with both L and D is taken',
    manual: '6.2.1: reserved, #GP',
    cases: ['interrupt return to code that is both 64-bit and 32-bit'],
  },
  {
    what: 'a task gate into the LDT gives #TS',
    manual: 'vol. 2, JMP: #GP with the selector',
    cases: ['task gate into the LDT'],
  },
  {
    what: 'a task switch leaves local breakpoints, and does not look at the T bit',
    manual: '18.2.4, 18.3.1.5',
    cases: ['task switch drops local breakpoints', 'task that asks for a trap'],
  },
  {
    what: 'no alignment check',
    manual: '7.15, #AC',
    cases: ['alignment check at ring 3'],
  },
  {
    what: 'EMMS does not look at CR0.TS and CR0.EM',
    manual: 'vol. 1, 9.5 and vol. 2, EMMS: #NM and #UD',
    cases: ['EMMS with TS', 'EMMS with EM'],
  },
  {
    what: 'control registers take combinations and bits that are reserved',
    manual: 'vol. 2, MOV (control registers): #GP(0)',
    cases: [
      'control register, PG without PE',
      'control register, NW without CD',
      'control register, a reserved bit of CR4',
      'control register, PCIDE outside long mode',
      'control register, PCIDE with a PCID',
      'control register, PAE off in long mode',
      'control register, paging off in 64-bit mode',
      'control register, the upper half of CR0',
      'control register, long mode without PAE',
      'control register, CR3 above the physical addresses',
      'control register, CR8 above 15',
      'control register, a reserved bit of EFER',
      'control register, LME while paging',
      'control register, an MSR that is not there',
      'control register, FS base that is not canonical',
    ],
  },
  {
    what: 'a reserved bit gives an error code without P',
    manual: '5.7: reserved bits are looked at only where P is set, so P and RSVD are set together',
    cases: [
      'page of 4 MiB with a reserved bit',
      'PAE page of 2 MiB with a reserved bit',
      '4-level page of 2 MiB with a reserved bit',
      'page of 1 GiB with a reserved bit',
      'large page of the highest level',
      ...['PAE', '4-level', '5-level'].flatMap((mode) => [
        `${mode} paging, a reserved bit of a page`,
        `${mode} paging, a reserved bit of a page without NXE`,
      ]),
    ],
  },
  {
    what: 'PAE pointers are read at each translation, and their reserved bits are ignored',
    manual: '5.4.1: loaded and checked by MOV to CR3',
    cases: [
      'PAE pointer with reserved bit 1',
      'PAE pointer with reserved bit 5',
      'PAE pointers are read when CR3 is loaded',
    ],
  },
  {
    what: 'VM can be set by any IRETD',
    manual: 'vol. 2, IRET: only at ring 0 and outside long mode',
    cases: ['IRET at ring 3 cannot set VM', 'V86 is no part of long mode'],
  },
  {
    what: 'an interrupt of V86 goes to any ring',
    manual: 'vol. 2, INT n: #GP with the selector if its code is not of ring 0',
    cases: ['V86 interrupt to code that is not of ring 0'],
  },
  {
    what: 'no VME and PVI',
    manual: '21.3 and 21.4',
    cases: [
      'VME INT to the 8086 handler',
      'VME INT to the 8086 handler with IOPL 3',
      'VME CLI',
      'VME STI',
      'VME PUSHF',
      'VME POPF sets VIF',
      'VME IRET of 16 bits',
      'PVI CLI',
      'PVI STI',
      'PVI PUSHF shows IF itself',
    ],
  },
  {
    what: 'STI and LSS hold single-step off',
    manual: '7.8.3: MOV SS and POP SS alone hold debug exceptions off',
    cases: ['step over LSS does not wait', 'step over STI does not wait'],
  },
  {
    what: 'an instruction breakpoint hits after MOV SS, and a watched operand of MOV SS at once',
    manual: '7.8.3: held off until after the next instruction',
    cases: [
      'breakpoint after MOV SS does not hit',
      'watched operand of MOV SS',
      'watched operand of MOV SS before INT1',
    ],
  },
  {
    what: 'watched writes are reported when they are tried, and at an unaligned address not at all',
    manual: '18.2.5: the low bits of the address are ignored; 18.3.1.2: a trap after the access',
    cases: ['step and a watched write together', 'watched doubleword is aligned'],
  },
  { what: 'no general detect', manual: '18.3.1.3', cases: ['general detect'] },
  { what: 'reserved bits of DR7 can be set', manual: '18.2.4', cases: ['DR7 keeps its fixed bits'] },
  {
    what: "the CPU's own access to the user's memory is allowed where AC is set",
    manual: '5.6.1: never',
    cases: ["SMAP, the CPU's own access to a descriptor in spite of AC"],
  },
  {
    what: 'SYSCALL exists in compatibility mode',
    manual: 'vol. 2, SYSCALL: #UD outside 64-bit mode',
    cases: ['SYSCALL in compatibility mode'],
  },
  { what: 'SYSRET loads RF and VM', manual: 'vol. 2, SYSRET: both become 0', cases: ['SYSRET drops RF and VM'] },
  {
    what: 'SYSENTER takes a null selector with an RPL',
    manual: 'vol. 2, SYSENTER: #GP(0) if bits 15 to 2 are 0',
    cases: ['SYSENTER without a code segment'],
  },
];

const bochs: readonly Difference[] = [
  {
    what: 'an event drops the trap that MOV SS held back',
    manual: '7.8.3: held off until after the next instruction; Linux runs tools/testing/selftests/x86/mov_ss_trap.c so',
    cases: ['watched operand of MOV SS before INT1'],
  },
  {
    what: 'a stack address that is not canonical gives #SS with the old stack segment',
    manual: 'vol. 2, INT n: #SS(error_code(NewSS)), and the new SS is null',
    cases: ['interrupt stack table at no canonical address'],
  },
  {
    what: 'a repeated string instruction that is stepped or watched stores no RF between its iterations',
    manual: '18.3.1.1: 1 for a trap of any iteration but the last',
    cases: ['step over a repeated instruction', 'watched element of a repeated store'],
  },
  {
    what: 'general detect stores no RF',
    manual: '18.3.1.1: 1 for every fault but an instruction breakpoint',
    cases: ['general detect'],
  },
  {
    what: "the CPU's own access to the user's memory is allowed where AC is set",
    manual: '5.6.1: never',
    cases: ["SMAP, the CPU's own access to a descriptor in spite of AC"],
  },
  {
    what: "protection keys do not hold ring 0 back from the user's pages",
    manual: '5.6.2: AD and WD are for all accesses to user-mode addresses',
    cases: ["protection key forbids access to the user's page at ring 0"],
  },
  {
    what: 'the state save area reads as 0, and a new SMBASE in it is not taken',
    manual: '32.4 and 32.11',
    cases: ['SMI in 64-bit mode', 'SMBASE is moved'],
  },
];

/** By the name of the peer (`run-peers.ts`). */
export const DIFFERENCES: Readonly<Record<string, readonly Difference[]>> = {
  'QEMU TCG': [...qemu, ...QEMU_DEVICES],
  Bochs: [...bochs, ...BOCHS_DEVICES],
};
