import { VmError, type WireError } from '../../src/base/errors';
import type { CloseAction } from '../../src/config/preferences';
import type { CloseAnswer } from '../../src/protocol/app';
import type { GuestSupervisor } from './guest-supervisor';
import type { VmDirectory } from './vm-directory';

interface Ending {
  readonly folder: string;
  readonly action: 'suspend' | 'powerOff';
}

export interface CloseView {
  readonly isAlive: boolean;
  ask(names: readonly string[]): void;
  failed(error: WireError): void;
  /** Closes it without asking again. */
  close(): void;
}

/**
 * What happens when the window is closed or the app is quit while VMs run: each VM's own setting counts, else the user is
 * asked. VMs left in the background keep the app alive without a window.
 */
export class CloseGuard {
  #isAnswered = false;
  #isQuitting = false;
  /** What the user is being asked about, and what is settled for the others. */
  #asking: readonly string[] = [];
  #settled: readonly Ending[] = [];

  constructor(
    private readonly directory: Pick<VmDirectory, 'runningHere' | 'entry' | 'idOf'>,
    private readonly supervisor: Pick<GuestSupervisor, 'folders' | 'link' | 'onEnd'>,
    private readonly view: () => CloseView | undefined,
    private readonly quit: () => void,
    /** What the preferences say where a VM's own settings say 'ask'. */
    private readonly preferred: () => CloseAction,
  ) {}

  /** Whether the window may close now; otherwise the question is on its way. */
  mayClose(): boolean {
    if (this.#isAnswered) return true;
    const names: string[] = [];
    const undecided: string[] = [];
    const decided: Ending[] = [];
    for (const { id, name } of this.directory.runningHere()) {
      const entry = this.directory.entry(id);
      const action = this.#actionOf(entry.folder);
      if (action === 'ask') {
        names.push(name);
        undecided.push(entry.folder);
      } else if (action !== 'background') decided.push({ folder: entry.folder, action });
    }
    const view = this.view();
    if (undecided.length > 0 && view?.isAlive) {
      this.#asking = undecided;
      this.#settled = decided;
      view.ask(names);
      return false;
    }
    if (decided.length === 0) return true;
    void this.#finish(decided, view);
    return false;
  }

  /** Before the app quits; false: not yet. */
  mayQuit(): boolean {
    if (this.supervisor.folders.length === 0) return true;
    this.#isQuitting = true;
    if (this.view() === undefined) {
      // The last window was closed long ago: there is nobody to ask.
      this.endWithoutUser();
      return false;
    }
    if (!this.mayClose()) return false;
    // In the background: the app stays for them.
    if (this.supervisor.folders.length === 0) return true;
    this.view()?.close();
    return false;
  }

  /** The computer shuts down, or the session ends. What is suspended is not lost. */
  endWithoutUser(): void {
    this.#isQuitting = true;
    const endings = this.supervisor.folders.map((folder) => ({ folder, action: this.#actionWithoutUser(folder) }));
    void this.#finish(endings, this.view());
  }

  answered(answer: CloseAnswer): void {
    if (this.#asking.length === 0) return;
    const asked = this.#asking;
    this.#asking = [];
    if (answer === 'cancel') {
      this.#isQuitting = false;
      return;
    }
    const chosen = answer === 'background' ? [] : asked.map((folder) => ({ folder, action: answer }));
    void this.#finish([...this.#settled, ...chosen], this.view());
  }

  /** The window is gone; the next one asks again. */
  reset(): void {
    this.#isAnswered = false;
    this.#asking = [];
  }

  #actionOf(folder: string): CloseAction {
    const entry = this.directory.entry(this.directory.idOf(folder));
    const own = entry.kind === 'ok' ? entry.config.options.onHostClose : 'ask';
    return own === 'ask' ? this.preferred() : own;
  }

  #actionWithoutUser(folder: string): 'suspend' | 'powerOff' {
    return this.#actionOf(folder) === 'powerOff' ? 'powerOff' : 'suspend';
  }

  async #finish(list: readonly Ending[], view: CloseView | undefined): Promise<void> {
    try {
      await Promise.all(list.map((ending) => this.#end(ending)));
    } catch (error) {
      this.#isQuitting = false;
      view?.failed(VmError.from(error).toWire());
      return;
    }
    this.#close(view);
  }

  /** Resolves when the VM's process is gone. */
  async #end({ folder, action }: Ending): Promise<void> {
    const link = this.supervisor.link(folder);
    if (link === undefined) return;
    const gone = new Promise<void>((resolve) => {
      const listening = this.supervisor.onEnd.on((end) => {
        if (end.folder !== folder) return;
        listening.dispose();
        resolve();
      });
    });
    await link.call(action === 'suspend' ? 'vm.suspend' : 'vm.powerOff', null).catch((error: unknown) => {
      // Ended while it was asked to: that is what was wanted.
      if (this.supervisor.link(folder) !== undefined) throw error;
    });
    await gone;
  }

  #close(view: CloseView | undefined): void {
    this.#isAnswered = true;
    view?.close();
    if (this.#isQuitting && this.supervisor.folders.length === 0) this.quit();
    this.#isQuitting = false;
  }
}
