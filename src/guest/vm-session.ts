import { readFile } from 'node:fs/promises';
import { VmError } from '../base/errors';
import { ByteHistory } from '../base/byte-history';
import { encodePng } from '../base/png';
import type { Validated, VmConfig } from '../config/vm-config';
import { createMachineMemory, guestMemoryBytes } from '../machine/memory-map';
import type { Disk } from '../disk/disk';
import type { Rect, ScreenMode } from '../machine/screen';
import type { KeyStroke, PointerMove, ScreenText, VmEnd, VmInfo, VmStats, VmStatus } from '../protocol/guest';
import { Lifecycle } from './lifecycle';
import { MachineHost } from './machine-host';
import type { StopCause } from './machine-loop';
import { MediaServer } from './media-server';
import { strokesForText } from './type-text';
import { readFirmware, type VmAssets } from './vm-assets';
import type { SavedMachine, VmStorage } from './vm-storage';

const SERIAL_HISTORY_BYTES = 256 << 10;
const THUMBNAIL_WIDTH = 240;
/** Between two typed keystrokes: as fast as guests' keyboard drivers take them without losing any. */
const TYPE_INTERVAL_MS = 12;

export interface SessionEvents {
  status(status: VmStatus): void;
  end(end: VmEnd): void;
  serial(port: number, bytes: Uint8Array): void;
  tap(port: number, bytes: Uint8Array): void;
  frame(mode: ScreenMode, rects: readonly Rect[], pixels: Uint8Array): void;
  leds(leds: number): void;
  pointerMode(absolute: boolean): void;
  activity(device: string): void;
  medium(device: string, file: string | null): void;
  log(level: 'info' | 'warning' | 'error', message: string): void;
}

export interface SessionOptions {
  readonly folder: string;
  readonly noReboot: boolean;
  readonly resolve: (file: string) => string;
  readonly record?: { readonly everyInstructions: number };
}

/** One VM, from power-on to its end: its machine, its media, its saved states. Lives on the process's main thread. */
export class VmSession {
  readonly lifecycle: Lifecycle;
  readonly #media: MediaServer;
  readonly #history = new Map<number, ByteHistory>();
  #machine: MachineHost | undefined;
  #memory: WebAssembly.Memory | undefined;
  #core: WebAssembly.Module | undefined;
  #hasEnded = false;
  #typing: Promise<void> = Promise.resolve();
  onHash: ((count: number, hash: string) => void) | undefined;

  constructor(
    readonly config: Validated<VmConfig>,
    private readonly storage: VmStorage,
    private readonly assets: VmAssets,
    private readonly events: SessionEvents,
    private readonly options: SessionOptions,
  ) {
    this.lifecycle = new Lifecycle((status) => events.status(status));
    this.#media = new MediaServer(
      ({ port, request, error, data }) => {
        events.activity(port);
        this.#machine?.input({ kind: 'disk', port, request, ...(error === undefined ? {} : { error }), ...(data === undefined ? {} : { data }) });
      },
      (reason, error) => this.#diskTrouble(reason, error),
    );
  }

  get status(): VmStatus {
    return this.lifecycle.status;
  }

  info(): VmInfo {
    return {
      folder: this.options.folder,
      name: this.config.name,
      pid: process.pid,
      status: this.status,
      engine: 'emulated',
      engineReason: engineReason(this.config),
      memoryMiB: this.config.memory.memoryMiB,
    };
  }

  /** Powers on, or goes on from a suspended state. Rejects with what is wrong, and the VM is stopped again. */
  start(): Promise<void> {
    return this.lifecycle.enqueue(async () => {
      this.lifecycle.expect('start', 'stopped', 'suspended');
      try {
        this.#starting('disks');
        for (const [port, disk] of await this.storage.openMedia()) this.#media.set(port, disk);
        const suspended = await this.storage.snapshots?.loadSuspended();
        await this.#boot(suspended, false);
        if (suspended !== undefined) await this.storage.snapshots?.dropSuspended();
      } catch (error) {
        await this.#closeMedia();
        this.lifecycle.move({ kind: 'stopped' });
        throw VmError.from(error);
      }
    });
  }

  pause(): Promise<void> {
    return this.lifecycle.enqueue(async () => {
      this.lifecycle.expect('pause', 'running', 'paused');
      if (this.status.kind === 'paused') return;
      await this.#running().pause();
      this.lifecycle.move({ kind: 'paused', reason: 'user' });
    });
  }

  resume(): Promise<void> {
    return this.lifecycle.enqueue(async () => {
      this.lifecycle.expect('resume', 'paused', 'running');
      if (this.status.kind === 'running') return;
      this.#running().resume();
      this.lifecycle.move({ kind: 'running' });
      this.#media.retry();
    });
  }

  reset(): Promise<void> {
    return this.lifecycle.enqueue(async () => {
      this.lifecycle.expect('reset', 'running', 'paused');
      this.#running().input({ kind: 'reset' });
      if (this.status.kind === 'paused') {
        this.#running().resume();
        this.lifecycle.move({ kind: 'running' });
      }
    });
  }

  /** Presses the ACPI power button. */
  shutDown(): void {
    this.lifecycle.expect('shut down', 'running');
    this.#running().input({ kind: 'powerButton' });
  }

  powerOff(): Promise<void> {
    return this.lifecycle.enqueue(() => this.#stop({ kind: 'poweredOff', by: 'host' }));
  }

  suspend(): Promise<void> {
    return this.lifecycle.enqueue(async () => {
      const snapshots = this.#snapshots();
      this.lifecycle.expect('suspend', 'running', 'paused');
      const machine = this.#running();
      await machine.pause();
      const before = this.status;
      this.lifecycle.move({ kind: 'saving', done: 0 });
      try {
        const state = await machine.save();
        await this.#media.drain();
        await this.#media.flushAll();
        await snapshots.saveSuspended({
          state,
          memory: this.#memorySource(false),
          thumbnailPng: await this.#thumbnail(),
          onProgress: (done) => this.lifecycle.move({ kind: 'saving', done }),
        });
      } catch (error) {
        if (before.kind === 'running') machine.resume();
        this.lifecycle.move(before);
        throw VmError.from(error);
      }
      await this.#stop({ kind: 'suspended' });
    });
  }

  takeSnapshot(name: string, description: string): Promise<{ id: string }> {
    return this.lifecycle.enqueue(async () => {
      const snapshots = this.#snapshots();
      this.lifecycle.expect('take a snapshot', 'running', 'paused');
      const machine = this.#running();
      const before = this.status;
      await machine.pause();
      this.lifecycle.move({ kind: 'saving', done: 0 });
      let resumed = false;
      const goOn = (): void => {
        if (resumed || before.kind !== 'running') return;
        resumed = true;
        machine.resume();
      };
      try {
        const state = await machine.save();
        const thumbnailPng = await this.#thumbnail();
        await this.#media.drain();
        await this.#media.flushAll();
        const { frozen, done } = snapshots.take({
          name,
          description,
          state,
          memory: this.#memorySource(true),
          thumbnailPng,
          onProgress: (part) => this.lifecycle.move({ kind: 'saving', done: part }),
        });
        done.catch(() => undefined);
        await frozen;
        goOn();
        return await done;
      } finally {
        goOn();
        if (this.status.kind === 'saving') this.lifecycle.move(before);
      }
    });
  }

  restoreSnapshot(id: string): Promise<void> {
    return this.lifecycle.enqueue(async () => {
      const snapshots = this.#snapshots();
      this.lifecycle.expect('restore a snapshot', 'running', 'paused');
      const tree = await snapshots.tree();
      if (!tree.snapshots.some((snapshot) => snapshot.id === id)) {
        throw new VmError('snapshot-not-found', `there is no snapshot '${id}' in this VM`);
      }
      this.#starting('snapshot');
      await this.#endMachine();
      await this.#closeMedia();
      try {
        const saved = await snapshots.restore(id);
        for (const [port, disk] of await this.storage.openMedia()) this.#media.set(port, disk);
        await this.#boot(saved, false);
      } catch (error) {
        const trouble = VmError.from(error);
        this.#fail(trouble);
        throw trouble;
      }
    });
  }

  deleteSnapshot(id: string): Promise<void> {
    return this.lifecycle.enqueue(() => this.#snapshots().delete(id));
  }

  snapshotTree(): ReturnType<NonNullable<VmStorage['snapshots']>['tree']> {
    return this.#snapshots().tree();
  }

  async screenText(): Promise<ScreenText> {
    return (await this.#running().screenText()) as ScreenText;
  }

  async screenPicture(): Promise<Uint8Array> {
    const { width, height, rgba } = await this.#running().screenPicture();
    return encodePng(rgba, width, height);
  }

  async stats(): Promise<VmStats> {
    return (await this.#running().stats()) as VmStats;
  }

  recording(): Promise<Uint8Array> {
    return this.#running().recording();
  }

  sendKeys(strokes: readonly KeyStroke[]): void {
    for (const { usage, down } of strokes) this.#machine?.input({ kind: 'key', usage, down });
  }

  /** Types text as keystrokes of a US keyboard, one call after the other. Unknown characters are refused before anything is typed. */
  typeText(text: string): Promise<void> {
    const strokes = strokesForText(text);
    this.#typing = this.#typing.then(async () => {
      for (const { usage, down } of strokes) {
        this.#machine?.input({ kind: 'key', usage, down });
        await new Promise((resolve) => setTimeout(resolve, TYPE_INTERVAL_MS));
      }
    });
    return this.#typing;
  }

  movePointer(move: PointerMove): void {
    this.#machine?.input({ kind: 'pointer', ...move });
  }

  writeSerial(port: number, bytes: Uint8Array): void {
    this.#machine?.input({ kind: 'serial', port, bytes });
  }

  serialHistory(port: number): Uint8Array {
    return this.#history.get(port)?.toBytes() ?? new Uint8Array(0);
  }

  wantFrame(full: boolean): void {
    this.#machine?.wantFrame(full);
  }

  async changeMedium(device: string, file: string | null): Promise<void> {
    const drives = [...this.config.cdroms, ...this.config.floppies];
    if (!drives.some(({ id }) => id === device)) throw new VmError('bad-argument', `this VM has no CD or floppy drive '${device}'`);
    const disk = file === null ? undefined : await this.storage.openRemovable(device, file);
    const old = this.#media.get(device);
    this.#machine?.input({ kind: 'medium', port: device });
    await this.#media.drain(device);
    this.#media.set(device, disk);
    await old?.close();
    if (disk !== undefined) {
      this.#machine?.input({ kind: 'medium', port: device, sizeBytes: disk.sizeBytes, isReadOnly: disk.isReadOnly });
    }
    this.events.medium(device, file);
  }

  // the machine

  async #boot(saved: SavedMachine | undefined, startPaused: boolean): Promise<void> {
    this.#starting('firmware');
    const firmware = await readFirmware(this.config, this.assets, this.options.resolve);
    this.#core ??= await WebAssembly.compile(await readFile(this.assets.coreWasm));
    const nvram = await this.storage.loadNvram();
    this.#starting('memory');
    const memory = createMachineMemory(this.config);
    this.#memory = memory;
    if (saved !== undefined) await saved.loadMemory(guestMemoryBytes(memory, this.config));
    const media: Record<string, { sizeBytes: number; isReadOnly: boolean }> = {};
    for (const port of this.#media.ports) {
      const { sizeBytes, isReadOnly } = this.#media.get(port) as Disk;
      media[port] = { sizeBytes, isReadOnly };
    }
    await new Promise<void>((resolve, reject) => {
      const machine: MachineHost = new MachineHost(
        this.assets.machineThread,
        {
          config: this.config,
          memory,
          core: this.#core as WebAssembly.Module,
          firmware,
          media,
          nvram,
          startTime: { unixMs: Date.now(), zoneMinutes: this.config.clock.rtc === 'local' ? -new Date().getTimezoneOffset() : 0 },
          state: saved?.state,
          startPaused,
          noReboot: this.options.noReboot,
          record: this.options.record,
          replay: undefined,
        },
        {
          ready: resolve,
          running: () => undefined,
          disk: (request, bytes) => this.#media.submit(request, bytes),
          eject: (port) => void this.changeMedium(port, null).catch((error: unknown) => this.#log('warning', error)),
          locked: () => undefined,
          serial: (port, bytes) => this.#serial(port, bytes),
          tap: (port, bytes) => this.events.tap(port, bytes),
          frame: (mode, rects) => this.events.frame(mode, rects, machine.frame),
          leds: (leds) => this.events.leds(leds),
          pointerMode: (absolute) => this.events.pointerMode(absolute),
          halted: (forever) => {
            if (forever) this.events.log('info', 'the guest halted the CPU with nothing to wake it');
          },
          hash: (count, hash) => this.onHash?.(count, hash),
          nvram: (bytes) => void this.storage.saveNvram(bytes).catch((error: unknown) => this.#log('warning', error)),
          stopped: (cause) => {
            reject(new VmError('engine-failed', 'the machine stopped while it was being built'));
            void this.lifecycle.enqueue(() => this.#stop(endOf(cause)));
          },
          failed: (error) => {
            const trouble = VmError.from(error, 'engine-failed');
            reject(trouble);
            if (this.status.kind !== 'starting') this.#fail(trouble);
          },
        },
      );
      this.#machine = machine;
    });
    this.lifecycle.move({ kind: 'running' });
  }

  /** Ends the VM for good; the session is used up. */
  async #stop(end: VmEnd): Promise<void> {
    if (this.#hasEnded) return;
    this.lifecycle.expect('stop', 'running', 'paused', 'saving', 'starting', 'crashed', 'stopping');
    if (this.status.kind !== 'crashed') this.lifecycle.move({ kind: 'stopping' });
    this.#hasEnded = true;
    await this.#endMachine();
    await this.#closeMedia();
    await this.storage.close();
    this.lifecycle.move(end.kind === 'suspended' ? { kind: 'suspended' } : { kind: 'stopped' });
    this.events.end(end);
  }

  async #endMachine(): Promise<void> {
    await this.#machine?.terminate();
    this.#machine = undefined;
    await this.#media.drain();
  }

  async #closeMedia(): Promise<void> {
    for (const port of this.#media.ports) {
      const disk = this.#media.get(port);
      this.#media.set(port, undefined);
      await disk?.close().catch((error: unknown) => this.#log('error', error));
    }
  }

  #starting(step: string): void {
    this.lifecycle.move({ kind: 'starting', step });
  }

  #running(): MachineHost {
    if (this.#machine === undefined) throw new VmError('vm-not-running', 'the VM is not running');
    return this.#machine;
  }

  #snapshots(): NonNullable<VmStorage['snapshots']> {
    if (this.storage.snapshots === undefined) throw new VmError('not-supported', 'a throw-away VM has no snapshots');
    return this.storage.snapshots;
  }

  #fail(error: VmError): void {
    this.lifecycle.move({ kind: 'crashed', error: error.toWire() });
    this.events.end({ kind: 'failed', error: error.toWire() });
  }

  #diskTrouble(reason: 'diskFull' | 'ioError', error: VmError): void {
    this.events.log('error', error.message);
    void this.lifecycle.enqueue(async () => {
      if (this.status.kind !== 'running') return;
      await this.#running().pause();
      this.lifecycle.move({ kind: 'paused', reason });
    });
  }

  #serial(port: number, bytes: Uint8Array): void {
    let history = this.#history.get(port);
    if (history === undefined) {
      history = new ByteHistory(SERIAL_HISTORY_BYTES);
      this.#history.set(port, history);
    }
    history.push(bytes);
    this.events.serial(port, bytes);
  }

  #log(level: 'warning' | 'error', error: unknown): void {
    this.events.log(level, VmError.from(error).message);
  }

  /** @param copied true: the machine goes on while it is written, so all of it is copied now */
  #memorySource(copied: boolean): { sizeBytes: number; read(offset: number, length: number): Uint8Array } {
    if (this.#memory === undefined) throw new VmError('vm-not-running', 'the VM is not running');
    const live = guestMemoryBytes(this.#memory, this.config);
    const bytes = copied ? live.slice() : live;
    return { sizeBytes: bytes.length, read: (offset, length) => bytes.slice(offset, offset + length) };
  }

  async #thumbnail(): Promise<Uint8Array | undefined> {
    const { width, height, rgba } = await this.#running().screenPicture();
    if (width === 0 || height === 0) return undefined;
    const scale = Math.max(1, width / THUMBNAIL_WIDTH);
    const w = Math.floor(width / scale);
    const h = Math.max(1, Math.floor(height / scale));
    const small = new Uint8Array(w * h * 4);
    for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) averageInto(small, (y * w + x) * 4, rgba, width, height, x * scale, y * scale, scale);
    return encodePng(small, w, h);
  }
}

/** The mean of a square of pixels: text stays legible as grey. */
function averageInto(out: Uint8Array, at: number, from: Uint8Array, width: number, height: number, x0: number, y0: number, side: number): void {
  let r = 0;
  let g = 0;
  let b = 0;
  let n = 0;
  for (let y = Math.floor(y0); y < Math.min(height, Math.ceil(y0 + side)); y++) {
    for (let x = Math.floor(x0); x < Math.min(width, Math.ceil(x0 + side)); x++) {
      const i = (y * width + x) * 4;
      r += from[i] as number;
      g += from[i + 1] as number;
      b += from[i + 2] as number;
      n++;
    }
  }
  out.set([r / n, g / n, b / n, 255], at);
}

export function engineReason(config: VmConfig): string {
  return config.cpu.engine === 'emulated' ? 'chosen in the settings' : 'the only engine of this version; it needs nothing from this computer';
}

function endOf(cause: StopCause): VmEnd {
  switch (cause.kind) {
    case 'powerOff':
      return { kind: 'poweredOff', by: cause.by };
    case 'debugExit':
      return { kind: 'debugExit', status: cause.status };
    case 'noReboot':
    case 'tripleFault':
      return { kind: cause.kind };
    case 'replayEnded':
      return { kind: 'poweredOff', by: 'host' };
    case 'failed':
      return { kind: 'failed', error: { code: 'engine-failed', message: cause.message } };
  }
}
