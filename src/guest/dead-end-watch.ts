import type { VcpuState } from '../cpu/vcpu-state';
import type { DeadEnd } from '../protocol/console';

const LOOK_MS = 1000;
const FLAG_IF = 0x200n;
/** The BIOS, below 1 MiB. */
const BIOS_START = 0xe0000n;
const BIOS_END = 0x100000n;
/** SeaBIOS's last words when nothing could be booted; it then waits, and tries again after a minute. */
const NOTHING_TO_BOOT = /^No bootable device\./;

/** What it sees of the machine. */
export interface WatchedMachine {
  counts(): readonly number[];
  vcpus(): readonly VcpuState[];
  /** The text screen; empty in graphics. */
  lines(): readonly string[];
}

/**
 * Sees where a guest cannot go on by itself: its CPUs sleep with interrupts off, the BIOS found nothing to boot, or a
 * triple fault reset the machine. Looks at the CPUs' state, once a second at most, and not again while nothing ran.
 */
export class DeadEndWatch {
  #lookedMs = Number.NEGATIVE_INFINITY;
  #lookedCounts = '';
  #found: DeadEnd = 'none';
  #isFaultReset = false;

  constructor(
    private readonly machine: WatchedMachine,
    private readonly tell: (found: DeadEnd) => void,
  ) {}

  /** Between slices. Returns the ms after which it wants to look while the machine sleeps. */
  look(nowMs: number, isIdle: boolean): number {
    if (!isIdle && (this.#found === 'none' || this.#found === 'tripleFault')) return Number.POSITIVE_INFINITY;
    const counts = this.machine.counts().join();
    if (counts === this.#lookedCounts) return Number.POSITIVE_INFINITY;
    const wait = this.#lookedMs + LOOK_MS - nowMs;
    if (wait > 0) return wait;
    this.#lookedMs = nowMs;
    this.#lookedCounts = counts;
    const found = this.#judge();
    // A machine that was reset by a triple fault runs: that it did so stays worth knowing.
    if (found !== 'none' || this.#found !== 'tripleFault') this.#set(found);
    return Number.POSITIVE_INFINITY;
  }

  /** Its reset follows. */
  tripleFault(): void {
    this.#isFaultReset = true;
    this.#set('tripleFault');
  }

  wasReset(): void {
    const isFault = this.#isFaultReset;
    this.#isFaultReset = false;
    if (isFault) return;
    this.#lookedCounts = '';
    this.#set('none');
  }

  #judge(): DeadEnd {
    const vcpus = this.machine.vcpus();
    const isAsleep = vcpus.every(({ activity, rflags }) => activity !== 'running' && (rflags & FLAG_IF) === 0n);
    if (isAsleep) return 'halted';
    const lastLine = this.machine.lines().findLast((line) => line.trim() !== '');
    return NOTHING_TO_BOOT.test(lastLine ?? '') && vcpus.some(isInBios) ? 'noBootDevice' : 'none';
  }

  #set(found: DeadEnd): void {
    if (found === this.#found) return;
    this.#found = found;
    this.tell(found);
  }
}

function isInBios({ cs, rip }: VcpuState): boolean {
  const address = (cs.base + rip) & 0xffffffffn;
  return address >= BIOS_START && address < BIOS_END;
}
