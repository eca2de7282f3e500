import { app } from 'electron';
import type { CloseAnswer } from '../../src/protocol/app';
import type { VmDirectory } from './vm-directory';
import type { GuestSupervisor } from './guest-supervisor';
import { VmError, type WireError } from '../../src/base/errors';

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
  #asking: readonly string[] = [];

  constructor(
    private readonly directory: VmDirectory,
    private readonly supervisor: GuestSupervisor,
    private readonly view: () => CloseView | undefined,
  ) {}

  /** Whether the window may close now; otherwise the question is on its way. */
  mayClose(): boolean {
    if (this.#isAnswered) return true;
    const undecided: string[] = [];
    const decided: { folder: string; action: 'suspend' | 'powerOff' }[] = [];
    for (const { id, name } of this.directory.runningHere()) {
      const entry = this.directory.entry(id);
      const action = entry.kind === 'ok' ? entry.config.options.onHostClose : 'ask';
      if (action === 'ask') undecided.push(name);
      else if (action !== 'background') decided.push({ folder: entry.folder, action });
    }
    const view = this.view();
    if (undecided.length > 0 && view?.isAlive) {
      this.#asking = undecided;
      view.ask(undecided);
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
    if (!this.mayClose()) return false;
    // In the background: the app stays for them.
    if (this.supervisor.folders.length === 0) return true;
    this.view()?.close();
    return false;
  }

  answered(answer: CloseAnswer): void {
    if (this.#asking.length === 0) return;
    this.#asking = [];
    const view = this.view();
    if (answer === 'cancel') {
      this.#isQuitting = false;
      return;
    }
    if (answer === 'background') {
      this.#close(view);
      return;
    }
    void this.#finish(
      this.supervisor.folders.map((folder) => ({ folder, action: answer })),
      view,
    );
  }

  /** The window is gone; the next one asks again. */
  reset(): void {
    this.#isAnswered = false;
    this.#asking = [];
  }

  async #finish(
    list: readonly { folder: string; action: 'suspend' | 'powerOff' }[],
    view: CloseView | undefined,
  ): Promise<void> {
    try {
      await Promise.all(list.map(({ folder, action }) => this.#end(folder, action)));
    } catch (error) {
      this.#isQuitting = false;
      view?.failed(VmError.from(error).toWire());
      return;
    }
    this.#close(view);
  }

  /** Resolves when the VM's process is gone. */
  async #end(folder: string, action: 'suspend' | 'powerOff'): Promise<void> {
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
    if (this.#isQuitting && this.supervisor.folders.length === 0) app.quit();
    this.#isQuitting = false;
  }
}
