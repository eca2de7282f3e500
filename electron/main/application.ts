import { app, type BrowserWindow } from 'electron';
import path from 'node:path';
import { VmError, type WireError } from '../../src/base/errors';
import { NodeHostFiles } from '../../src/base/node-host-files';
import { currentLanguage } from '../../src/i18n/translate';
import type { Library } from '../../src/library/library';
import { appChecks, type AppEvents, type MenuState, type VmId } from '../../src/protocol/app';
import type { VmEnd } from '../../src/protocol/guest';
import { Endpoint } from '../../src/protocol/rpc';
import type { AppContext, WindowEndpoint } from './app-context';
import { BackgroundTray } from './background-tray';
import { CloseGuard } from './close-guard';
import { showEndNotice } from './end-notice';
import { endText, pauseText } from './end-text';
import { acceptDrops } from './dropped-files';
import { FileTokens } from './file-tokens';
import { knownSystems } from './known-systems';
import { GuestSupervisor } from './guest-supervisor';
import { consoleCalls } from './ipc/console-calls';
import { galleryCalls } from './ipc/gallery-calls';
import { infoOf, preferencesCalls } from './ipc/preferences-calls';
import { libraryCalls } from './ipc/library-calls';
import { recordingCalls } from './ipc/recording-calls';
import { snapshotCalls } from './ipc/snapshot-calls';
import { supportCalls } from './ipc/support-calls';
import { vmCalls } from './ipc/vm-calls';
import { windowCalls } from './ipc/window-calls';
import { wizardCalls } from './ipc/wizard-calls';
import { createMainWindow, pageUrl, pageUrlIn } from './main-window';
import { firstMenuState, installMenu, showMenuState } from './menu';
import { RecentMenu } from './recent-menu';
import { originOf, WindowTransport } from './rpc';
import { VmDirectory } from './vm-directory';

/** After the window is there, its page still has to load. */
const PREPARE_MS = 2500;

/** Sessions that end give programs about as long. */
const SESSION_END_MS = 19_000;

/** The app: its window, the VMs it runs, and what connects them. */
export class Application {
  readonly #context: AppContext;
  readonly #guard: CloseGuard;
  readonly #tray: BackgroundTray;
  readonly #recent: RecentMenu;
  #window: BrowserWindow | undefined;
  #endpoint: WindowEndpoint | undefined;
  #opening: Promise<void> | undefined;
  #menuState: MenuState = firstMenuState;
  #openFiles: ((paths: readonly string[]) => void) | undefined;

  constructor(library: Library) {
    const supervisor = new GuestSupervisor();
    const directory = new VmDirectory(library, supervisor);
    this.#context = {
      files: new NodeHostFiles(),
      library,
      supervisor,
      directory,
      pickedFiles: new FileTokens(),
      recentFiles: new FileTokens(),
      pickedFolders: new FileTokens(),
      trashed: new FileTokens(),
      supportData: new FileTokens(),
      systems: knownSystems,
    };
    this.#guard = new CloseGuard(
      directory,
      supervisor,
      () => this.#closeView(),
      () => app.quit(),
      () => library.preferences.onClose,
    );
    const showVm = async (vm?: VmId): Promise<void> => {
      await this.showWindow();
      if (vm !== undefined) this.#emit('showVm', { vm });
    };
    this.#recent = new RecentMenu(
      this.#context,
      { showVm: (vm) => void showVm(vm), openImage: (file) => void this.openFiles([file]) },
      () => this.#installMenu(),
    );
    this.#tray = new BackgroundTray({
      show: (vm) => void showVm(vm),
      end: () => this.endWithoutUser(),
      quit: () => app.quit(),
    });
    this.#tellWindow();
  }

  async begin(): Promise<void> {
    // The page's process starts while this one reads the library.
    const showing = this.showWindow();
    const reading = this.#context.directory.begin();
    this.#installMenu();
    await showing;
    await reading;
    this.#autoStart();
    // The first start of a VM finds its process there; the window was first.
    setTimeout(() => this.#context.supervisor.prepare(), PREPARE_MS).unref();
  }

  #installMenu(): void {
    const { hostKeys } = this.#context.library.preferences;
    installMenu(hostKeys, this.#recent.items(), (command) => {
      this.#emit('menu', command);
      // A click changes what the item shows; what is so is told by the window.
      showMenuState(this.#menuState);
    });
    showMenuState(this.#menuState);
  }

  #menuChanged(state: MenuState): void {
    this.#menuState = state;
    showMenuState(state);
  }

  /** The preferences were changed. */
  #preferencesChanged(): void {
    const { library, directory } = this.#context;
    this.#installMenu();
    this.#tray.redraw(directory.items());
    // Some of it is in words.
    this.#emit('library', directory.items());
    this.#emit('preferences', infoOf(library.preferences, library.paths.vmsFolder));
  }

  /** A VM of this app ended while the user looks elsewhere. */
  #noticeEnd(vm: VmId, end: VmEnd | undefined, crash: WireError | undefined): void {
    const text = endText(end, crash);
    if (text !== undefined) this.#notice(vm, text);
  }

  /** Trouble with a disk has stopped a VM while the user looks elsewhere. */
  #noticePause(vm: VmId, reason: 'diskFull' | 'ioError'): void {
    this.#notice(vm, pauseText(reason));
  }

  #notice(vm: VmId, text: string): void {
    if (this.#window?.isFocused() === true) return;
    const item = this.#context.directory.items().find(({ id }) => id === vm);
    if (item === undefined) return;
    showEndNotice(item.name, text, () => void this.showWindow().then(() => this.#emit('showVm', { vm })));
  }

  /** VMs whose options ask for it. */
  #autoStart(): void {
    const { directory, supervisor } = this.#context;
    for (const { id, runs, status } of directory.items()) {
      const entry = directory.entry(id);
      if (entry.kind !== 'ok' || !entry.config.options.autoStart || runs !== 'nowhere') continue;
      if (entry.owner !== undefined || (status.kind !== 'stopped' && status.kind !== 'suspended')) continue;
      supervisor
        .start(entry.folder)
        .catch((error: unknown) => this.#emit('failed', { error: VmError.from(error).toWire() }));
    }
  }

  /** Opens the window, or brings it to the front. */
  async showWindow(): Promise<void> {
    if (this.#window === undefined) {
      this.#opening ??= this.#openWindow().finally(() => {
        this.#opening = undefined;
      });
      await this.#opening;
      return;
    }
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }

  /** What the desktop's file manager opens the app with: images and VMs. */
  async openFiles(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return;
    await this.showWindow();
    this.#openFiles?.(paths);
  }

  /** VMs in the background keep the app alive. */
  windowsClosed(): void {
    if (this.#context.supervisor.folders.length === 0) app.quit();
  }

  mayQuit(): boolean {
    return this.#guard.mayQuit();
  }

  /** The session ends: VMs are saved, then the app quits. */
  endWithoutUser(): void {
    if (this.#context.supervisor.folders.length === 0) app.quit();
    else {
      this.#guard.endWithoutUser();
      // What is not saved by then is as after a power failure; a session that ends does not wait longer either.
      setTimeout(() => app.exit(1), SESSION_END_MS).unref();
    }
  }

  async #openWindow(): Promise<void> {
    const stateFile = path.join(this.#context.library.paths.configFolder, 'window.json');
    const window = createMainWindow(stateFile);
    this.#window = window;
    const transport = new WindowTransport(window, originOf(pageUrl));
    const own = { window, transport };
    this.#endpoint = new Endpoint(
      transport,
      {
        ...libraryCalls(this.#context, own),
        ...supportCalls(this.#context, own),
        ...wizardCalls(this.#context, own, (done) => this.#emit('creating', { done })),
        ...galleryCalls(this.#context, (vm) => this.#emit('showVm', { vm })),
        ...vmCalls(this.#context, own),
        ...consoleCalls(this.#context, own),
        ...recordingCalls(this.#context, own),
        ...snapshotCalls(this.#context, (vm, tree) => this.#emit('snapshots', { vm, tree })),
        ...preferencesCalls(this.#context, own, () => this.#preferencesChanged()),
        ...windowCalls(
          own,
          (answer) => this.#guard.answered(answer),
          (state) => this.#menuChanged(state),
        ),
      },
      appChecks,
    );
    const openFiles = acceptDrops(
      this.#context,
      own,
      (file) => this.#emit('dropped', file),
      (error) => this.#emit('failed', { error }),
    );
    window.on('close', (event) => {
      if (!this.#guard.mayClose()) event.preventDefault();
    });
    window.on('enter-full-screen', () => this.#emit('fullScreen', true));
    window.on('leave-full-screen', () => this.#emit('fullScreen', false));
    window.on('closed', () => {
      this.#window = undefined;
      this.#endpoint = undefined;
      this.#menuChanged(firstMenuState);
      this.#guard.reset();
    });
    this.#openFiles = openFiles;
    await window.loadURL(pageUrlIn(currentLanguage()));
  }

  #tellWindow(): void {
    const { directory, supervisor } = this.#context;
    directory.onChanged.on((items) => {
      this.#emit('library', items);
      this.#tray.update(items);
    });
    directory.onFolders.on((folders) => this.#emit('folders', folders));
    directory.onTrouble.on((error) => this.#emit('failed', { error }));
    directory.onDetails.on((vm) => this.#emit('details', { vm }));
    directory.onEnded.on((ended) => this.#emit('ended', ended));
    supervisor.onEnd.on(({ folder, end, crash }) => this.#noticeEnd(directory.idOf(folder), end, crash));
    directory.onLink.on(({ vm, link }) => {
      link.on('status', (status) => {
        if (status.kind === 'paused' && status.reason !== 'user') this.#noticePause(vm, status.reason);
      });
      link.on('activity', ({ device }) => this.#emit('activity', { vm, device }));
      link.on('installed', ({ device }) => this.#emit('installed', { vm, device }));
      link.on('snapshots', (tree) => this.#emit('snapshots', { vm, tree }));
      link.on('log', (line) => this.#emit('log', { vm, ...line }));
    });
    supervisor.onEnd.on(() => {
      if (this.#window === undefined && supervisor.folders.length === 0) app.quit();
    });
  }

  #emit<N extends keyof AppEvents>(name: N, value: AppEvents[N]): void {
    this.#endpoint?.emit(name, value);
  }

  #closeView() {
    const window = this.#window;
    if (window === undefined) return undefined;
    return {
      isAlive: !window.isDestroyed() && !window.webContents.isCrashed(),
      ask: (names: readonly string[]) => {
        window.show();
        this.#emit('closeAsked', { names });
      },
      failed: (error: AppEvents['failed']['error']) => this.#emit('failed', { error }),
      close: () => {
        if (!window.isDestroyed()) window.destroy();
      },
    };
  }
}
