import { FLAG_RF } from './control';
import { OP_INDEX, S_COUNT, S_EFLAGS, S_RESUME_COUNT } from './layout.generated';

/**
 * EFLAGS.RF holds for one instruction (Intel SDM vol. 3, 18.3.1.1). Nobody clears it when that is over: it counts only while COUNT is
 * RESUME_COUNT, and is taken out before an event or a task switch stores EFLAGS.
 */

/** RF, if the running instruction sets it, is for the next one. */
export function resumeAfter(s: usize, op: usize): void {
  const retired: u64 = op == 0 ? 0 : <u64>load<u8>(op, OP_INDEX) + 1;
  store<u64>(s, load<u64>(s, S_COUNT) + retired, S_RESUME_COUNT);
}

/** A repeated instruction stops between iterations, COUNT and `index` being those done: what comes now stores RF. */
export function resumeWithin(s: usize, index: u64): void {
  store<u32>(s, load<u32>(s, S_EFLAGS) | FLAG_RF, S_EFLAGS);
  store<u64>(s, load<u64>(s, S_COUNT) + index, S_RESUME_COUNT);
}

/** Before EFLAGS is stored by an event (op = 0: between instructions, or a fault) or by an instruction, which has ended RF. */
export function dropStaleResume(s: usize, op: usize): void {
  if (op == 0 && load<u64>(s, S_RESUME_COUNT) == load<u64>(s, S_COUNT)) return;
  store<u32>(s, load<u32>(s, S_EFLAGS) & ~FLAG_RF, S_EFLAGS);
}
