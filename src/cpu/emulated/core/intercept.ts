/** HANDLER_INTERCEPT: the one place where an instruction is shown to the hypervisor above. */
import { envRaise } from './imports';
import { OP_REG, S_INTERCEPTED, S_INTERCEPTS } from './layout.generated';
import { makeExact } from './raise';

/**
 * Before an instruction with an `intercept` in its row, where any is asked for (MODE_INTERCEPTED). If this one is, nothing of it happens:
 * the state is made exact, INTERCEPTED says which (number + 1), and the run unwinds like a fault.
 */
export function checkIntercept(s: usize, op: usize): void {
  const number = load<u8>(op, OP_REG);
  if (!((load<u64>(s, S_INTERCEPTS) >> <u64>number) & 1)) return;
  makeExact(s, op);
  store<u32>(s, <u32>number + 1, S_INTERCEPTED);
  envRaise();
  unreachable();
}
