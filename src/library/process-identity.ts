import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Tells a process from a later one that got the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** In clock ticks since boot, as /proc says; '' where there is no /proc. */
  readonly startTime: string;
  /** Changes with each boot; '' where unknown. */
  readonly bootId: string;
  readonly host: string;
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startTime: startTimeOf(pid) ?? '', bootId: bootId(), host: hostname() };
}

/** Whether exactly that process still runs. On another computer nobody can tell: taken as running. */
export function isRunning(identity: ProcessIdentity): boolean {
  if (identity.host !== hostname()) return true;
  if (identity.bootId !== bootId()) return false;
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    // EPERM: it is there and somebody else's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const startTime = startTimeOf(identity.pid);
  return identity.startTime === '' || startTime === undefined || startTime === identity.startTime;
}

/** Field 22 of /proc/PID/stat (proc(5)); the second, the command in parentheses, may hold anything. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not noticed.
    return fields[0] === 'Z' ? 'ended' : fields[19];
  } catch {
    return undefined;
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
}
