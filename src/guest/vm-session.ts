import * as path from 'node:path';
import { isVmError, VmError } from '../base/errors';
import { ByteHistory } from '../base/byte-history';
import { encodePng } from '../base/png';
import { engineReason } from '../config/cpu';
import type { DisplayScale } from '../config/display';
import { describeProblems } from '../config/problem';
import { checkConfig, type Validated, type VmConfig } from '../config/vm-config';
import type { JitMode } from '../cpu/emulated/jit/regions';
import type { Disk } from '../disk/disk';
import { diskGeometry } from '../disk/partition-geometry';
import type { SavedState, StateWriter, UnpackHelper, VmStore } from '../disk/vm-store';
import { createMachineMemory, memoryMapOf } from '../machine/memory-map';
import type { Plain } from '../machine/saved-state';
import type { Rect, ScreenMode } from '../machine/screen';
import type { DeadEnd } from '../protocol/console';
import type {
  KeyStroke,
  PointerMove,
  ScreenText,
  SnapshotTree,
  VmEnd,
  VmInfo,
  VmStats,
  VmStatus,
} from '../protocol/guest';
import type { KeyboardLayoutId } from '../protocol/keyboard-layouts';
import { InstallerWatch } from './installer-watch';
import { Lifecycle } from './lifecycle';
import { MachineHost, type Picture } from './machine-host';
import { LateLoading } from './late-loading';
import { closeEngine, type Engine, type MemoryLoader, startEngine } from './machine-threads';
import type { StopCause } from './machine-loop';
import { MediaServer } from './media-server';
import { type LateMemoryInit, lateMemory } from './late-memory';
import { loadMemory, tableOf, writeMemory } from './saved-memory';
import { strokeBatches, strokesForText } from './type-text';
import { thumbnailOf, Thumbnails } from './thumbnail';
import type { FirmwareFiles, MachineThreadInit, MediumInfo } from './machine-thread-init';
import { firmwareToGoOn, readFirmware, type VmAssets } from './vm-assets';
import { packState, unpackState } from './state-codec';

/** What a guest that went on needs at its next reset is read after this: it has better things to do before. */
const LATE_MS = 10_000;
const SERIAL_HISTORY_BYTES = 256 << 10;
const DEAD_ENDS: Readonly<Record<Exclude<DeadEnd, 'none'>, string>> = {
  noBootDevice: 'the BIOS found nothing to boot from',
  halted: 'the guest halted the CPU with interrupts off',
  tripleFault: 'a triple fault reset the machine',
};

export interface SessionEvents {
  status(status: VmStatus): void;
  end(end: VmEnd): void;
  serial(port: number, bytes: Uint8Array): void;
  /** What the guest printed. */
  parallel(bytes: Uint8Array): void;
  tap(port: number, bytes: Uint8Array): void;
  frame(mode: ScreenMode, rects: readonly Rect[], pixels: Uint8Array): void;
  leds(leds: number): void;
  /** What the guest plays: signed 16-bit samples, little-endian. */
  sound(rate: number, samples: Uint8Array): void;
  pointerMode(absolute: boolean): void;
  deadEnd(found: DeadEnd): void;
  activity(device: string): void;
  medium(device: string, file: string | null): void;
  /** The guest restarted after it wrote to a disk: this CD has most likely done its work. */
  installed(device: string): void;
  log(level: 'info' | 'warning' | 'error', message: string): void;
}

export interface SessionOptions {
  readonly noReboot: boolean;
  readonly record?: { readonly everyInstructions: number };
  /** Whether hot guest code is compiled; 'background' if not given. */
  readonly jit?: JitMode;
  /** One that was begun before; the session ends it. */
  readonly engine?: Promise<Engine>;
}

/** One VM, from power-on to its end: its machine, its media, its saved states. Lives on the process's main thread. */
export class VmSession {
  readonly lifecycle: Lifecycle;
  readonly #media: MediaServer;
  readonly #history = new Map<number, ByteHistory>();
  readonly #installer = new InstallerWatch();
  #machine: MachineHost | undefined;
  #memory: WebAssembly.Memory | undefined;
  #core: WebAssembly.Module | undefined;
  #engine: Promise<Engine> | undefined;
  #lateTimer: ReturnType<typeof setTimeout> | undefined;
  /** Loads the RAM that the guest has not touched yet. */
  #lateMemory: LateLoading | undefined;
  /** Reads what the guest needs at its next reset. */
  #readLate: () => Promise<void> = () => Promise.resolve();
  #hasEnded = false;
  #lastPicture: Picture | undefined;
  readonly #thumbnails = new Thumbnails();
  /** Ends what is being saved now. */
  #work: AbortController | undefined;
  /** As the guest last saw them. */
  #buttons = 0;
  #typing: Promise<void> = Promise.resolve();
  /** Before the machine is built, with the configuration it will have. */
  onStarting: () => Promise<void> = () => Promise.resolve();
  onHash: ((count: number, hash: string) => void) | undefined;

  constructor(
    private readonly store: VmStore<Validated<VmConfig>>,
    private readonly assets: VmAssets,
    private readonly events: SessionEvents,
    private readonly options: SessionOptions,
  ) {
    this.lifecycle = new Lifecycle((status) => events.status(status));
    this.#media = new MediaServer(
      ({ port, request, error, data }) => {
        events.activity(port);
        this.#machine?.input({
          kind: 'disk',
          port,
          request,
          ...(error === undefined ? {} : { error }),
          ...(data === undefined ? {} : { data }),
        });
      },
      (reason, error) => this.#diskTrouble(reason, error),
    );
  }

  /** Restoring a snapshot brings its hardware back. */
  get config(): Validated<VmConfig> {
    return this.store.config;
  }

  get status(): VmStatus {
    return this.lifecycle.status;
  }

  info(): VmInfo {
    return {
      folder: this.store.folder,
      name: this.config.name,
      pid: process.pid,
      status: this.status,
      engine: 'emulated',
      engineReason: engineReason(this.config.cpu),
      memoryMiB: this.config.memory.memoryMiB,
    };
  }

  /** Powers on, or goes on from a suspended state. Rejects with what is wrong, and the VM is stopped again. */
  start(): Promise<void> {
    return this.lifecycle.enqueue(async () => {
      this.lifecycle.expect('start', 'stopped', 'suspended');
      this.#beginEngine();
      try {
        await this.store.applyPending();
        await this.onStarting();
        await this.#openMedia();
        await this.#bootSaved(this.options.record === undefined);
      } catch (error) {
        await this.#closeMedia();
        await this.#dropEngine();
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
      this.#installer.hostResets();
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
      this.lifecycle.expect('suspend', 'running', 'paused');
      const before = this.status;
      const machine = this.#running();
      let writer: StateWriter | undefined;
      try {
        await this.#lateMemory?.loadAll();
        const picture = await this.#thumbnail();
        const state = await this.#standStill(machine);
        writer = await this.store.beginSuspend();
        if (picture !== undefined) await writer.writePicture(picture);
        await writer.writeDevices(unpackState(state));
        await this.#writeMemory(writer, this.#memoryBytes());
        await writer.commit();
      } catch (error) {
        await writer?.abort();
        if (before.kind === 'running') machine.resume();
        if (this.status.kind === 'saving') this.lifecycle.move(before);
        throw VmError.from(error);
      }
      await this.#stop({ kind: 'suspended' });
    });
  }

  /** What is being saved or loaded is given up; nothing happens when nothing is. */
  cancelWork(): void {
    this.#work?.abort();
  }

  takeSnapshot(name: string, description: string): Promise<{ id: string }> {
    return this.lifecycle.enqueue(async () => {
      this.lifecycle.expect('take a snapshot', 'running', 'paused');
      const before = this.status;
      const machine = this.#running();
      await this.#lateMemory?.loadAll();
      const thumbnail = await this.#thumbnail();
      const writer = await this.store.beginSnapshot({
        name,
        description,
        ...(thumbnail === undefined ? {} : { thumbnail }),
      });
      let isStanding = false;
      const goOn = (): void => {
        if (isStanding && before.kind === 'running') machine.resume();
        isStanding = false;
      };
      try {
        isStanding = true;
        const state = await this.#standStill(machine);
        // The guest stands still while RAM is copied, never while it is compressed or written.
        const copy = this.#memoryBytes().slice();
        await writer.switchDisks();
        goOn();
        await writer.writeDevices(unpackState(state));
        await this.#writeMemory(writer, copy);
        await writer.commit();
        return { id: writer.id };
      } catch (error) {
        await writer.abort();
        throw VmError.from(error);
      } finally {
        goOn();
        if (this.status.kind === 'saving') this.lifecycle.move(before);
      }
    });
  }

  restoreSnapshot(id: string): Promise<void> {
    return this.lifecycle.enqueue(async () => {
      this.lifecycle.expect('restore a snapshot', 'running', 'paused');
      if (!this.store.snapshots().snapshots.some((snapshot) => snapshot.id === id)) {
        throw new VmError('snapshot-not-found', `there is no snapshot '${id}' in this VM`);
      }
      this.#starting('snapshot');
      this.#beginEngine();
      try {
        await this.#endMachine();
        await this.#closeMedia();
        await this.store.restore(id);
        await this.#openMedia();
        await this.#bootSaved(false);
      } catch (error) {
        await this.#dropEngine();
        const trouble = VmError.from(error);
        // The snapshot's state is the VM's by now: it waits, suspended.
        if (trouble.code === 'cancelled') await this.#stop({ kind: 'suspended' });
        else await this.#fail(trouble);
        throw trouble;
      }
    });
  }

  deleteSnapshot(id: string, withChildren = false): Promise<void> {
    return this.lifecycle.enqueue(() => this.store.deleteSnapshot(id, withChildren));
  }

  renameSnapshot(id: string, name: string, description: string): Promise<void> {
    return this.lifecycle.enqueue(() => this.store.renameSnapshot(id, name, description));
  }

  snapshotTree(): SnapshotTree {
    return this.store.snapshots();
  }

  snapshotThumbnail(id: string): Promise<Uint8Array | undefined> {
    return this.store.thumbnail(id);
  }

  async screenText(): Promise<ScreenText> {
    return (await this.#running().screenText()) as ScreenText;
  }

  /** A PNG of the screen; of its last one when the guest has ended by itself. */
  async screenPicture(): Promise<Uint8Array> {
    const { width, height, rgba } = this.#lastPicture ?? (await this.#running().screenPicture());
    return encodePng(rgba, width, height);
  }

  /** A small picture of the screen as it is now; null when it looks as the caller knows it. */
  async screenThumbnail(known: number): Promise<{ stamp: number; png: Uint8Array } | null> {
    return this.#thumbnails.of(this.#running(), known);
  }

  async stats(): Promise<VmStats> {
    return (await this.#running().stats()) as VmStats;
  }

  recording(): Promise<Uint8Array> {
    return this.#running().recording();
  }

  /** A guest that stands still takes releases only: what was typed meanwhile would all come at once later. */
  sendKeys(strokes: readonly KeyStroke[]): void {
    this.#machine?.keys(strokes.filter(({ down }) => !down || this.status.kind === 'running'));
  }

  /**
   * Types text by keystrokes, behind what is being typed already. Resolves when the last one has entered the machine, or
   * the machine is gone. Unknown characters are refused before anything is typed.
   */
  async typeText(text: string, layout?: KeyboardLayoutId, signal?: AbortSignal): Promise<void> {
    const batches = strokeBatches(strokesForText(text, layout));
    this.lifecycle.expect('type text', 'running', 'saving');
    const typed = this.#typing.then(async () => {
      for (const strokes of batches) {
        if (signal?.aborted) throw new VmError('cancelled', 'the typing was ended');
        await this.#machine?.type(strokes);
      }
    });
    this.#typing = typed.catch(() => undefined);
    return typed.catch((error: unknown) => {
      if (!isVmError(error, 'guest-gone')) throw error;
    });
  }

  /** How windows show the screen; kept in the configuration. */
  async setScale(scale: DisplayScale): Promise<void> {
    const checked = checkConfig({ ...this.config, display: { ...this.config.display, scale } });
    if (checked.ok) await this.store.saveConfig(checked.config);
  }

  movePointer(move: PointerMove): void {
    if (this.status.kind !== 'running' && move.buttons === this.#buttons) return;
    this.#buttons = move.buttons;
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
    if (!drives.some(({ id }) => id === device))
      throw new VmError('bad-argument', `this VM has no CD or floppy drive '${device}'`);
    const disk =
      file === null
        ? undefined
        : await this.store.openMedium(
            file,
            this.config.cdroms.some(({ id }) => id === device),
          );
    const old = this.#media.get(device);
    this.#machine?.input({ kind: 'medium', port: device });
    await this.#media.drain(device);
    this.#media.set(device, disk);
    await old?.close();
    if (disk !== undefined) {
      this.#machine?.input({ kind: 'medium', port: device, sizeBytes: disk.sizeBytes, isReadOnly: disk.isReadOnly });
    }
    await this.#rememberMedium(device, file);
    this.events.medium(device, file);
  }

  /** Name, description, options: what needs no other hardware. */
  changeConfig(config: unknown): Promise<void> {
    return this.lifecycle.enqueue(async () => {
      const checked = checkConfig(config);
      if (!checked.ok) throw new VmError('config-invalid', describeProblems(checked.problems));
      const { name, description, os, options, display } = checked.config;
      const next = { ...this.config, name, description, os, options };
      const valid = checkConfig({ ...next, display: { ...this.config.display, scale: display.scale } });
      if (valid.ok) await this.store.saveConfig(valid.config);
    });
  }

  /** A snapshot or a suspend after the change must know the medium that is in. */
  async #rememberMedium(device: string, file: string | null): Promise<void> {
    const put = <D extends { readonly id: string }>(drive: D): D => (drive.id === device ? { ...drive, file } : drive);
    const { cdroms, floppies } = this.config;
    const checked = checkConfig({ ...this.config, cdroms: cdroms.map(put), floppies: floppies.map(put) });
    if (checked.ok) await this.store.saveConfig(checked.config);
  }

  // the machine

  async #openMedia(): Promise<void> {
    this.#starting('disks');
    const { disks, cdroms, floppies } = this.config;
    for (const disk of disks) {
      const open = await this.store.openDisk(disk);
      // A flush that nobody asked for failed: the data is still in memory, and the guest must not add to it.
      open.onBackgroundError.on((error) =>
        this.#diskTrouble(isVmError(error, 'disk-full') ? 'diskFull' : 'ioError', error),
      );
      this.#media.set(disk.id, open);
    }
    for (const { id, file } of cdroms) if (file !== null) this.#media.set(id, await this.store.openMedium(file, true));
    for (const { id, file, readonly } of floppies)
      if (file !== null) this.#media.set(id, await this.store.openMedium(file, readonly));
  }

  /**
   * Goes on from a saved state where there is one; it is used up before the first instruction. `isLate`: its RAM comes when
   * the guest touches it.
   */
  async #bootSaved(isLate: boolean): Promise<void> {
    const saved = await this.store.savedState();
    try {
      await this.#boot(saved, isLate);
      if (saved !== undefined) await this.store.consumeSavedState();
      this.#running().resume();
      this.#lateMemory?.loadSoon((error) => this.#log('warning', error));
    } catch (error) {
      await this.#endMachine();
      throw error;
    } finally {
      await saved?.close();
    }
    this.lifecycle.move({ kind: 'running' });
  }

  #beginEngine(): void {
    this.#engine ??=
      this.options.engine !== undefined && this.#core === undefined
        ? this.options.engine
        : startEngine(this.assets, this.#core);
    // Whoever takes it is told.
    this.#engine.catch(() => undefined);
  }

  async #takeEngine(): Promise<Engine> {
    this.#beginEngine();
    const engine = this.#engine as Promise<Engine>;
    this.#engine = undefined;
    return engine;
  }

  /** One that no machine took. */
  async #dropEngine(): Promise<void> {
    if (this.#engine === undefined) return;
    const engine = await this.#takeEngine().catch(() => undefined);
    if (engine !== undefined) await closeEngine(engine);
  }

  /** Builds the machine; it stands still until `resume`. */
  async #boot(saved: SavedState | undefined, isLate: boolean): Promise<void> {
    this.#starting('firmware');
    const resolve = (file: string): string => path.resolve(this.store.folder, file);
    const { firmware, readRest } =
      saved === undefined
        ? { firmware: await readFirmware(this.config, this.assets, resolve), readRest: undefined }
        : await firmwareToGoOn(this.config, this.assets, resolve);
    const nvram = await this.store.readNvram();
    const engine = await this.#takeEngine();
    try {
      this.#core = engine.core;
      this.#readLate = readRest ?? (() => Promise.resolve());
      this.#starting('memory');
      const memory = createMachineMemory(this.config);
      this.#memory = memory;
      // The machine writes its ROMs where they are.
      if (saved !== undefined) await this.#loadMemory(saved, memory, ['rom', 'vram'], engine.loader);
      const state = saved === undefined ? undefined : packState(saved.devices as ReadonlyMap<string, Plain>);
      const late = saved !== undefined && isLate ? await this.#openLate(saved, memory, engine.loader) : undefined;
      const building = this.#build(engine, firmware, nvram, memory, state, late);
      if (saved !== undefined && late === undefined) {
        // It stands still, so its RAM may come meanwhile.
        building.catch(() => this.cancelWork());
        await this.#loadMemory(saved, memory, ['ram'], engine.loader).catch(async (error: unknown) => {
          await building;
          throw error;
        });
      }
      await building;
    } finally {
      if (this.#lateMemory === undefined) await engine.loader.close();
      if (this.#machine === undefined) await closeEngine(engine);
    }
    this.#lateTimer = setTimeout(() => this.#lateNow(), LATE_MS);
  }

  #lateNow(): void {
    clearTimeout(this.#lateTimer);
    const read = this.#readLate;
    this.#readLate = () => Promise.resolve();
    read().catch((error: unknown) => this.#log('warning', error));
  }

  /** Resolves when it is built. */
  async #build(
    engine: Engine,
    firmware: FirmwareFiles,
    nvram: MachineThreadInit['nvram'],
    memory: WebAssembly.Memory,
    state: MachineThreadInit['state'],
    late: LateMemoryInit | undefined,
  ): Promise<void> {
    const media: Record<string, MediumInfo> = {};
    for (const port of this.#media.ports) {
      const { sizeBytes, isReadOnly } = this.#media.get(port) as Disk;
      media[port] = { sizeBytes, isReadOnly };
    }
    for (const { id } of this.config.disks) {
      const geometry = await diskGeometry(this.#media.get(id));
      const medium = media[id];
      if (geometry !== undefined && medium !== undefined) media[id] = { ...medium, geometry };
    }
    await new Promise<void>((resolve, reject) => {
      const machine: MachineHost = new MachineHost(
        this.assets,
        {
          config: this.config,
          memory,
          core: engine.core,
          jit: this.options.jit ?? 'background',
          firmware,
          media,
          nvram,
          startTime: {
            unixMs: Date.now(),
            zoneMinutes: this.config.clock.rtc === 'local' ? -new Date().getTimezoneOffset() : 0,
          },
          state,
          late,
          startPaused: true,
          noReboot: this.options.noReboot,
          record: this.options.record,
          replay: undefined,
        },
        {
          ready: resolve,
          running: () => undefined,
          disk: (request, bytes) => {
            if (request.op === 'write') this.#installer.wrote(bytes.length);
            this.#media.submit(request, bytes);
          },
          kernelWanted: () => this.#lateNow(),
          restarted: () => {
            for (const device of this.#installer.restarted(this.config.cdroms)) this.events.installed(device);
          },
          eject: (port) => void this.changeMedium(port, null).catch((error: unknown) => this.#log('warning', error)),
          locked: () => undefined,
          serial: (port, bytes) => this.#serial(port, bytes),
          parallel: (bytes) => this.events.parallel(bytes),
          tap: (port, bytes) => this.events.tap(port, bytes),
          frame: (mode, rects) => this.events.frame(mode, rects, machine.frame),
          leds: (leds) => this.events.leds(leds),
          sound: (rate, samples) => this.events.sound(rate, samples),
          pointerMode: (absolute) => this.events.pointerMode(absolute),
          compilerFailed: (error) => this.#log('warning', error),
          deadEnd: (found) => {
            if (found !== 'none') this.events.log('info', DEAD_ENDS[found]);
            this.events.deadEnd(found);
          },
          hash: (count, hash) => this.onHash?.(count, hash),
          nvram: (bytes) => void this.store.writeNvram(bytes).catch((error: unknown) => this.#log('warning', error)),
          stopped: (cause) => {
            reject(new VmError('engine-failed', 'the machine stopped while it was being built'));
            void this.lifecycle.enqueue(() => this.#stop(endOf(cause)));
          },
          failed: (error) => {
            const trouble = VmError.from(error, 'engine-failed');
            reject(trouble);
            if (this.status.kind !== 'starting') void this.lifecycle.enqueue(() => this.#fail(trouble));
          },
        },
        engine,
      );
      this.#machine = machine;
    });
  }

  /** Ends the VM for good; the session is used up. */
  async #stop(end: VmEnd): Promise<void> {
    if (this.#hasEnded) return;
    this.lifecycle.expect('stop', 'running', 'paused', 'saving', 'starting', 'crashed', 'stopping');
    if (this.status.kind !== 'crashed') this.lifecycle.move({ kind: 'stopping' });
    this.#hasEnded = true;
    this.#lastPicture = this.#machine?.lastPicture;
    await this.#endMachine();
    await this.#closeMedia();
    if (end.kind === 'poweredOff') await this.#afterPowerOff();
    await this.store.close();
    this.lifecycle.move(end.kind === 'suspended' ? { kind: 'suspended' } : { kind: 'stopped' });
    this.events.end(end);
  }

  /** What the user chose for a power-off. A failure is told and leaves the VM as it is. */
  async #afterPowerOff(): Promise<void> {
    const { onPowerOff } = this.config.options;
    try {
      if (onPowerOff === 'snapshot') {
        const name = `Power-off ${new Date().toISOString().slice(0, 16).replace('T', ' ')}`;
        await this.store.takeOffline({ name, description: '' });
      }
      const { current } = this.store.snapshots();
      if (onPowerOff === 'revert' && current !== null) await this.store.restore(current);
    } catch (error) {
      this.#log('error', error);
    }
  }

  async #endMachine(): Promise<void> {
    clearTimeout(this.#lateTimer);
    await Promise.all([this.#machine?.terminate(), this.#lateMemory?.close()]);
    this.#lateMemory = undefined;
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

  #starting(step: string, done?: number): void {
    this.lifecycle.move({ kind: 'starting', step, ...(done === undefined ? {} : { done }) });
  }

  #running(): MachineHost {
    if (this.#machine === undefined) throw new VmError('vm-not-running', 'the VM is not running');
    return this.#machine;
  }

  /** Ends what is left after a failure; disks are closed, so nothing that was flushed is lost. */
  async #fail(error: VmError): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    await this.#endMachine().catch((trouble: unknown) => this.#log('error', trouble));
    await this.#closeMedia();
    await this.store.close().catch((trouble: unknown) => this.#log('error', trouble));
    this.lifecycle.move({ kind: 'crashed', error: error.toWire() });
    this.events.end({ kind: 'failed', error: error.toWire() });
  }

  /** Pauses, drains, flushes; gives the device and CPU state of that instant. */
  async #standStill(machine: MachineHost): Promise<Uint8Array> {
    await machine.pause();
    this.lifecycle.move({ kind: 'saving', done: 0 });
    this.#work = new AbortController();
    const state = await machine.save();
    await this.#media.drain();
    await this.#media.flushAll();
    return state;
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

  /** ROMs, VRAM and RAM, one after the other: live, in shared memory. */
  #memoryBytes(): Uint8Array {
    if (this.#memory === undefined) throw new VmError('vm-not-running', 'the VM is not running');
    const { rom, totalBytes } = memoryMapOf(this.config);
    return new Uint8Array(this.#memory.buffer, rom.offset, totalBytes - rom.offset);
  }

  async #writeMemory(writer: StateWriter, bytes: Uint8Array): Promise<void> {
    // It may have been given up while the guest was brought to a stand.
    const saving = this.#work ?? new AbortController();
    this.#work = saving;
    const onProgress = (done: number): void => this.lifecycle.move({ kind: 'saving', done });
    try {
      await writeMemory(writer, this.config, bytes, { signal: saving.signal, onProgress });
    } finally {
      this.#work = undefined;
    }
  }

  /** Checks the saved RAM, and has its files opened by both threads that will load it. */
  async #openLate(saved: SavedState, memory: WebAssembly.Memory, loader: MemoryLoader): Promise<LateMemoryInit> {
    const checking = new AbortController();
    this.#work = checking;
    const onProgress = (done: number): void => this.#starting('memory', done);
    try {
      const late = lateMemory(...(await tableOf(saved, this.config, memory, { signal: checking.signal, onProgress })));
      await loader.open(late);
      this.#lateMemory = new LateLoading(loader);
      return late;
    } finally {
      this.#work = undefined;
    }
  }

  async #loadMemory(
    saved: SavedState,
    memory: WebAssembly.Memory,
    ids: Parameters<typeof loadMemory>[3],
    helper: UnpackHelper,
  ): Promise<void> {
    const loading = new AbortController();
    this.#work = loading;
    const onProgress = (done: number): void => this.#starting('memory', done);
    try {
      await loadMemory(saved, this.config, memory, ids, { signal: loading.signal, helper, onProgress });
    } finally {
      this.#work = undefined;
    }
  }

  async #thumbnail(): Promise<Uint8Array | undefined> {
    return thumbnailOf(await this.#running().screenPicture());
  }
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
