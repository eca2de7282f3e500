import { createHash } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { VmError, type WireError } from '../../src/base/errors';
import { Emitter } from '../../src/base/events';
import { problemText } from '../../src/i18n/problem-text';
import { systemText } from '../../src/i18n/system-text';
import type { Library, VmEntry } from '../../src/library/library';
import type { LibraryFolder, VmId, VmItem } from '../../src/protocol/app';
import type { VmEnd, VmStatus } from '../../src/protocol/guest';
import { SocketTransport } from '../../src/protocol/socket-transport';
import { GuestLink } from './guest-link';
import type { GuestSupervisor } from './guest-supervisor';

const REFRESH_DELAY_MS = 120;
/** A VM's process that has just started does not serve its socket at once. */
const RECONNECT_MS = 200;
const PROGRESS_INTERVAL_MS = 100;
/** Catches what watching misses: network folders, folders elsewhere. */
const REFRESH_INTERVAL_MS = 5_000;
/** Files of a VM's folder whose change shows in the list. */
const TELLING_FILES = ['vm.lock', 'vm.json', 'snapshots', 'library.json'];

/** All VMs as the window shows them: the library's list, with the status of those that run here or elsewhere. */
export class VmDirectory {
  readonly #entries = new Map<VmId, VmEntry>();
  /** VMs that other processes run, by folder. */
  readonly #remote = new Map<string, { readonly pid: number; readonly link: GuestLink }>();
  readonly #connecting = new Set<string>();
  readonly #crashes = new Map<string, WireError>();
  /** Media changed while running, by folder and drive. */
  readonly #media = new Map<string, Map<string, string | null>>();
  readonly #watchers = new Map<string, FSWatcher>();
  #order: readonly VmId[] = [];
  #folders: readonly LibraryFolder[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #refreshing: Promise<void> | undefined;
  #telling: ReturnType<typeof setTimeout> | undefined;
  /** The list as it was last told. */
  #told = '';
  #isStale = false;
  /** Told already. */
  #trouble = '';

  readonly onChanged = new Emitter<readonly VmItem[]>();
  readonly onFolders = new Emitter<readonly LibraryFolder[]>();
  /** A link to a running VM was made: here or elsewhere. */
  readonly onLink = new Emitter<{ vm: VmId; link: GuestLink }>();
  /** A VM's configuration or media changed. */
  readonly onDetails = new Emitter<VmId>();
  readonly onTrouble = new Emitter<WireError>();
  readonly onEnded = new Emitter<{ vm: VmId; end: VmEnd }>();

  constructor(
    readonly library: Library,
    private readonly supervisor: GuestSupervisor,
  ) {
    supervisor.onStarting.on(({ folder, link }) => {
      this.#crashes.delete(folder);
      this.#follow(folder, link);
      this.#tell();
      // Only for the list of recent ones.
      void this.library.markUsed(folder, Date.now()).catch(() => undefined);
      this.refreshSoon();
    });
    supervisor.onEnd.on(({ folder, end, crash }) => {
      this.#media.delete(folder);
      if (crash !== undefined) this.#crashes.set(folder, crash);
      if (end !== undefined) this.onEnded.emit({ vm: idOf(folder), end });
      this.#tell();
      this.refreshSoon();
    });
  }

  async begin(): Promise<void> {
    await mkdir(this.library.paths.vmsFolder, { recursive: true }).catch(() => undefined);
    await this.refresh();
    await Promise.all([...this.#entries.values()].map((entry) => this.#lookForLeft(entry)));
    this.#tell();
    setInterval(() => this.refreshSoon(), REFRESH_INTERVAL_MS).unref();
  }

  items(): readonly VmItem[] {
    return this.#order.flatMap((id) => {
      const entry = this.#entries.get(id);
      return entry === undefined ? [] : [this.#item(id, entry)];
    });
  }

  folders(): readonly LibraryFolder[] {
    return this.#folders;
  }

  entry(id: VmId): VmEntry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new VmError('vm-not-found', 'this VM is not in the library any more');
    return entry;
  }

  folder(id: VmId): string {
    return this.entry(id).folder;
  }

  /** The id of a folder that `refresh` has seen. */
  idOf(folder: string): VmId {
    return idOf(folder);
  }

  /** The link to a running VM; undefined when it does not run. */
  link(id: VmId): GuestLink | undefined {
    const folder = this.folder(id);
    const link = this.supervisor.link(folder) ?? this.#remote.get(folder)?.link;
    return link === undefined || link.isClosed ? undefined : link;
  }

  requireLink(id: VmId): GuestLink {
    const link = this.link(id);
    if (link === undefined) throw this.#notRunning(id);
    return link;
  }

  #notRunning(id: VmId): VmError {
    const { name } = this.entry(id);
    return new VmError('vm-not-running', `'${name}' is not running`, { name });
  }

  /** What was put into a drive of a running VM; undefined: what the configuration says. */
  mediumNow(id: VmId, device: string): string | null | undefined {
    return this.#media.get(this.folder(id))?.get(device);
  }

  status(id: VmId): VmStatus {
    return this.#statusOf(this.entry(id));
  }

  dismissCrash(id: VmId): void {
    this.#crashes.delete(this.folder(id));
    this.#tell();
  }

  /** A VM whose program was killed: the user hears of it, unless it was saved before and nothing is lost. */
  async #lookForLeft({ folder, name, kind, owner, isSuspended }: VmEntry): Promise<void> {
    if (kind !== 'ok' || isSuspended || owner !== undefined || this.supervisor.link(folder) !== undefined) return;
    if (!(await this.library.wasLeftBehind(folder).catch(() => false))) return;
    this.#crashes.set(folder, {
      code: 'vm-left-behind',
      message: 'the program that ran this virtual machine was ended from outside, or this computer lost power',
      detail: { name },
    });
  }

  /** VMs of this app that would end with it. */
  runningHere(): readonly VmItem[] {
    return this.items().filter((item) => item.runs === 'here');
  }

  refreshSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.refresh();
    }, REFRESH_DELAY_MS);
  }

  /** Reads the library again. Resolves when what it then held is shown. */
  async refresh(): Promise<void> {
    this.#isStale = true;
    this.#refreshing ??= this.#refreshUntilFresh().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  async #refreshUntilFresh(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      const entries = await this.#list();
      if (entries === undefined) break;
      const before = new Map(this.#entries);
      this.#entries.clear();
      for (const entry of entries) this.#entries.set(idOf(entry.folder), entry);
      for (const [id, entry] of this.#entries) {
        if (entry.kind === 'ok' && before.has(id) && configText(before.get(id)) !== configText(entry))
          this.onDetails.emit(id);
      }
      this.#order = entries.map((entry) => idOf(entry.folder));
      await this.#readFolders(entries);
      this.#watchFolders(entries);
      this.#connectRemote(entries);
    }
    this.#tell();
  }

  /** The folders of the library; and what lies in the default folder is not forgotten when it goes. */
  async #readFolders(entries: readonly VmEntry[]): Promise<void> {
    try {
      await this.library.remember(entries);
      const { folders } = await this.library.arrangement();
      if (JSON.stringify(folders) === JSON.stringify(this.#folders)) return;
      this.#folders = folders;
      this.onFolders.emit(folders);
    } catch (error) {
      // The list itself is there; its order comes with the next look.
      this.onTrouble.emit(VmError.from(error).toWire());
    }
  }

  /** undefined: the library cannot be read now; what was known stays. */
  async #list(): Promise<VmEntry[] | undefined> {
    try {
      const entries = await this.library.list();
      this.#trouble = '';
      return entries;
    } catch (error) {
      const trouble = VmError.from(error);
      if (trouble.message !== this.#trouble) this.onTrouble.emit(trouble.toWire());
      this.#trouble = trouble.message;
      return undefined;
    }
  }

  /** Progress, which comes in small steps: a window that draws each would be late for everything else. */
  #tellSoon(): void {
    this.#telling ??= setTimeout(() => this.#tell(), PROGRESS_INTERVAL_MS);
  }

  #tell(): void {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    const items = this.items();
    const told = JSON.stringify(items);
    if (told === this.#told) return;
    this.#told = told;
    this.onChanged.emit(items);
  }

  #item(id: VmId, entry: VmEntry): VmItem {
    const isHere = this.supervisor.link(entry.folder) !== undefined;
    const isElsewhere = !isHere && this.#remote.has(entry.folder);
    const os = entry.kind === 'ok' ? entry.config.os : undefined;
    return {
      id,
      name: entry.name,
      kind: entry.kind,
      status: this.#statusOf(entry),
      runs: isHere ? 'here' : isElsewhere ? 'elsewhere' : 'nowhere',
      problems: entry.kind === 'broken' ? entry.problems.map(problemText) : [],
      osIcon: os?.icon ?? 'other',
      osName: os === undefined ? '' : systemText(os),
      folder: entry.folder,
      parent: entry.place.parent,
      isFavourite: entry.place.isFavourite,
      usedMs: entry.place.usedMs,
    };
  }

  #statusOf(entry: VmEntry): VmStatus {
    const link = this.supervisor.link(entry.folder) ?? this.#remote.get(entry.folder)?.link;
    if (link !== undefined) return link.status;
    const crash = this.#crashes.get(entry.folder);
    if (crash !== undefined) return { kind: 'crashed', error: crash };
    return { kind: entry.isSuspended ? 'suspended' : 'stopped' };
  }

  #follow(folder: string, link: GuestLink): void {
    const media = new Map<string, string | null>();
    this.#media.set(folder, media);
    let kind = '';
    link.on('status', (status) => {
      if (status.kind === kind) this.#tellSoon();
      else this.#tell();
      kind = status.kind;
    });
    link.on('medium', ({ device, file }) => {
      media.set(device, file);
      this.onDetails.emit(idOf(folder));
    });
    this.onLink.emit({ vm: idOf(folder), link });
  }

  #connectRemote(entries: readonly VmEntry[]): void {
    for (const { folder, owner } of entries) {
      if (owner === undefined || owner.socketPath === '' || this.supervisor.link(folder) !== undefined) continue;
      if (owner.pid === process.pid || this.#remote.get(folder)?.pid === owner.pid) continue;
      if (this.#connecting.has(folder)) continue;
      this.#connecting.add(folder);
      this.#crashes.delete(folder);
      const socket = connect(owner.socketPath);
      // Not served yet, or just gone: the next look tells.
      socket.once('error', () => {
        socket.destroy();
        this.#connecting.delete(folder);
        setTimeout(() => this.refreshSoon(), RECONNECT_MS);
      });
      socket.once('connect', () => {
        this.#connecting.delete(folder);
        let hasEnded = false;
        const link = new GuestLink(new SocketTransport(socket));
        this.#remote.set(folder, { pid: owner.pid, link });
        link.onClose = () => {
          if (this.#remote.get(folder)?.link === link) this.#remote.delete(folder);
          this.#tell();
          void this.#lost(folder, hasEnded);
        };
        link.on('end', (end) => {
          hasEnded = true;
          this.onEnded.emit({ vm: idOf(folder), end });
        });
        this.#follow(folder, link);
        this.#tell();
      });
    }
  }

  /** The link to a VM that another program ran has ended: with a word before, or because it was killed. */
  async #lost(folder: string, hasEnded: boolean): Promise<void> {
    await this.refresh();
    const entry = this.#entries.get(idOf(folder));
    if (hasEnded || entry === undefined) return;
    await this.#lookForLeft(entry);
    this.#tell();
  }

  #watchFolders(entries: readonly VmEntry[]): void {
    const wanted = new Set([
      this.library.paths.vmsFolder,
      this.library.paths.configFolder,
      ...entries.map(({ folder }) => folder),
    ]);
    for (const [folder, watcher] of this.#watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of wanted) if (!this.#watchers.has(folder)) this.#watchFolder(folder);
  }

  #watchFolder(folder: string): void {
    const isAllTelling = folder === this.library.paths.vmsFolder;
    try {
      const watcher = watch(folder, { persistent: false }, (_kind, name) => {
        if (isAllTelling || name === null || TELLING_FILES.includes(name)) this.refreshSoon();
      });
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.delete(folder);
      });
      this.#watchers.set(folder, watcher);
    } catch {
      // Gone, or too many watches: the regular look remains.
    }
  }
}

function configText(entry: VmEntry | undefined): string {
  return entry?.kind === 'ok' ? JSON.stringify(entry.config) : '';
}

/** The window learns no more of a folder than that it is another one. */
function idOf(folder: string): VmId {
  return createHash('sha256').update(folder).digest('hex').slice(0, 24);
}
