import { createHash, randomBytes } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { encodePlain } from '../base/plain-data';
import { prepareKernel } from '../board/kernel-boot';
import { buildPc, type PcMachine } from '../board/pc';
import { BackgroundCompiler } from './background-compiler';
import { SAMPLE_HZ } from '../devices/pit/speaker';
import { InputRecorder, InputReplayer } from '../machine/inputs';
import type { ScreenMode } from '../machine/screen';
import { DeadEndWatch } from './dead-end-watch';
import { FRAME_MS, FramePacer } from './frame-pacer';
import { KeyQueue } from './key-queue';
import { LatePages } from './late-memory';
import { MachineLink, unpackStrokes, withBytes } from './machine-link';
import { type Checkpoint, MachineLoop, type LoopHost, type StopCause } from './machine-loop';
import { LAST_PICTURE, type ToMachine } from './machine-messages';
import { ARRIVED, type MachineThreadInit } from './machine-thread-init';
import { Pacer } from './pacer';
import { RemoteBlockPort } from './remote-block-port';
import { packState, unpackState } from './state-codec';

/** Sound goes out in parts of so long. */
const SOUND_MS = 20;
/** Figures are of at least so long. */
const FIGURES_MS = 200;

/** The machine thread: builds the machine, runs its loop, answers the host side. Never awaits. */
class MachineThread implements LoopHost {
  readonly #link: MachineLink;
  readonly #ports = new Map<string, RemoteBlockPort>();
  readonly #machine: PcMachine;
  readonly #loop: MachineLoop;
  readonly #deadEnd: DeadEndWatch;
  readonly #keys: KeyQueue;
  readonly #frame: Uint32Array;
  #framesWanted = 0;
  #wantsFull = false;
  readonly #frames = new FramePacer();
  /** Instructions when the screen was last looked at. */
  #lookedCount = -1;
  #lastFlushMs = 0;
  #lastMode: ScreenMode | undefined;
  #leds = -1;
  #lastSoundMs = 0;
  #isAbsolute: boolean | undefined;
  #saves: number[] = [];
  #recorder: InputRecorder | undefined;
  #nvram: Uint8Array | undefined;
  #wasRunning = false;
  /** A checkpoint came while a drive had a request open: its hash is taken when the last one is answered. */
  #owesHash = false;
  /** Of the last look at the figures, and what came out. */
  #figures = { atMs: 0, count: 0, idleMs: 0, deviceMs: 0, compiledCount: 0, mips: 0, load: 0, devices: 0, compiled: 0 };

  constructor(private readonly init: MachineThreadInit) {
    this.#link = new MachineLink(init.rings, () => parentPort?.postMessage(0));
    this.#frame = new Uint32Array(init.frameBuffer);
    this.#machine = this.#build();
    this.#keys = this.#keyQueue();
    this.#deadEnd = this.#deadEndWatch();
    const { clock } = this.#machine;
    const count = this.#machine.turns.count;
    const pacer = new Pacer(this.nowMs(), clock.nowNs(), count, clock.step.nsPerInstruction);
    const { replay } = init;
    this.#loop = new MachineLoop(this.#machine, this, pacer, {
      noReboot: init.noReboot,
      ...(replay === undefined ? {} : { replay: this.#replayer(replay.inputs), endCount: replay.endCount }),
      ...this.#checkpoint(),
    });
  }

  run(): void {
    if (this.init.startPaused) this.#loop.pause(() => this.#paused());
    this.#link.send({ t: 'ready' });
    const cause = this.#loop.run();
    this.#end(cause);
  }

  // LoopHost

  nowMs(): number {
    return performance.now();
  }

  receive(): void {
    for (let record = this.#link.receive(); record !== undefined; record = this.#link.receive()) {
      this.#handle(record.message, record.bytes);
    }
    if (!this.#loop.isPaused) this.#keys.pump();
    this.#answerSaves();
  }

  wasReset(): void {
    this.#keys.clear();
    this.#link.send({ t: 'restarted' });
    this.#deadEnd.wasReset();
  }

  sleep(timeoutMs: number): void {
    this.#link.sleep(timeoutMs);
  }

  afterSlice(isIdle: boolean): number {
    if (!this.#wasRunning && !this.#loop.isPaused) {
      this.#wasRunning = true;
      this.#link.send({ t: 'running' });
    }
    const now = this.nowMs();
    const waitMs = this.#frames.waitMs(now);
    if (isIdle || now - this.#lastFlushMs >= FRAME_MS) {
      this.#lastFlushMs = now;
      this.#link.flush();
      this.#sendSmallThings();
    }
    if (waitMs <= 0 && this.#framesWanted > 0 && this.#mayHaveChanged()) this.#sendFrame(now);
    const soundMs = this.#sendSound(now);
    const lookMs = this.#deadEnd.look(now, isIdle);
    return Math.min(this.#nextFrameMs(waitMs), this.#keys.waitNs / 1e6, lookMs, soundMs);
  }

  /** Timers wake a sleeping machine too: while no instruction runs, only blinking changes the screen. */
  #mayHaveChanged(): boolean {
    if (this.#wantsFull || this.#machine.turns.count !== this.#lookedCount) return true;
    const change = this.#machine.screen.nextChangeNs();
    return change !== undefined && change <= this.#machine.clock.nowNs();
  }

  #nextFrameMs(waitMs: number): number {
    if (this.#framesWanted === 0) return Number.POSITIVE_INFINITY;
    if (waitMs > 0) return waitMs;
    const change = this.#machine.screen.nextChangeNs();
    return change === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(FRAME_MS, (change - this.#machine.clock.nowNs()) / 1e6);
  }

  tripleFault(): void {
    this.#deadEnd.tripleFault();
  }

  // building

  #build(): PcMachine {
    const { init } = this;
    const link = this.#link;
    const blockPort = (name: string): RemoteBlockPort => {
      const port = new RemoteBlockPort(
        name,
        // A replay's completions come from the recording.
        (request, data) => (init.replay === undefined ? link.send({ t: 'disk', ...request }, data) : undefined),
        {
          eject: () => link.send({ t: 'eject', port: name }),
          setLocked: (locked) => link.send({ t: 'locked', port: name, locked }),
        },
        init.media[name],
      );
      this.#ports.set(name, port);
      return port;
    };
    let late: LatePages | undefined;
    const machine = buildPc({
      config: init.config,
      memory: init.memory,
      core: init.core,
      jit: {
        mode: init.jit,
        ...(init.compiler === undefined
          ? {}
          : { compiler: new BackgroundCompiler(init.compiler.plans, init.compiler.answers) }),
      },
      firmware: init.firmware,
      beforeFirmwareReads: () => this.#awaitKernel(),
      loadPage: (offset) => late?.touch(offset),
      kernel: prepareKernel(init.firmware, init.config.boot.kernel?.file ?? '', init.config.memory.memoryMiB),
      nvram: init.nvram,
      blockPort,
      serialOut: (port) => ({ write: (byte) => link.collect(`serial${port}`, { t: 'serial', port }, byte) }),
      parallelOut: { write: (byte) => link.collect('parallel', { t: 'parallel' }, byte) },
      tap: (port, byte) => link.collect(`tap${port}`, { t: 'tap', port }, byte),
      hostRandom: () => randomBytes(4).readUInt32LE(),
    });
    if (init.record !== undefined) {
      this.#recorder = new InputRecorder();
      machine.inputs.observe(this.#recorder);
    }
    this.#nvram = machine.nvram();
    if (init.late !== undefined) late = new LatePages(init.late);
    if (init.state !== undefined) machine.restore(unpackState(init.state));
    else {
      const first = init.replay?.inputs[0];
      if (first === undefined) machine.inputs.apply({ kind: 'startTime', ...init.startTime });
    }
    return machine;
  }

  /** A guest that went on from a saved state and starts anew at once: its kernel may still be on its way. */
  #awaitKernel(): void {
    const { kernel } = this.init.firmware;
    if (kernel?.arrived === undefined) return;
    const flag = new Int32Array(kernel.arrived);
    if (flag[0] === 0) this.#link.send({ t: 'kernelWanted' });
    Atomics.wait(flag, 0, 0);
    if (flag[0] !== ARRIVED)
      throw new Error('the files of its kernel are not there any more: the guest cannot start anew');
  }

  #keyQueue(): KeyQueue {
    const machine = this.#machine;
    const keys = new KeyQueue({
      nowNs: () => machine.clock.nowNs(),
      canTake: (down) => machine.canTakeKey(down),
      biosBuffer: () => machine.biosKeyBuffer(),
      press: ({ usage, down, heldMs }) =>
        machine.inputs.apply(heldMs === undefined ? { kind: 'key', usage, down } : { kind: 'keyHeld', usage, heldMs }),
    });
    // Nobody holds the keys any more that were down when the state was saved.
    if (this.init.replay === undefined)
      keys.type(
        machine.pressedKeys.map((usage) => ({ usage, down: false })),
        () => undefined,
      );
    return keys;
  }

  #deadEndWatch(): DeadEndWatch {
    const { vcpus, screen } = this.#machine;
    return new DeadEndWatch(
      {
        counts: () => vcpus.map(({ count }) => count),
        vcpus: () => vcpus.map((vcpu) => vcpu.save()),
        lines: () => screen.readText(),
      },
      (found) => this.#link.send({ t: 'deadEnd', found }),
    );
  }

  #replayer(inputs: ConstructorParameters<typeof InputReplayer>[0]): InputReplayer {
    const replayer = new InputReplayer(inputs);
    this.#machine.inputs.replayRandom(() => replayer.takeRandom());
    return replayer;
  }

  #checkpoint(): { checkpoint?: Checkpoint } {
    const every = this.init.replay?.everyInstructions ?? this.init.record?.everyInstructions;
    if (every === undefined) return {};
    const reached = (): void => {
      this.#owesHash = true;
      this.#payHash();
    };
    return { checkpoint: { every, reached, replayed: () => this.#payHash() } };
  }

  /** Drives have a state that can be saved only while no request is open; when that is, is part of the run and repeats. */
  #payHash(): void {
    if (!this.#owesHash || this.#isDriveBusy()) return;
    this.#owesHash = false;
    this.#link.send({ t: 'hash', count: this.#machine.turns.count, hash: this.#hash() });
  }

  #isDriveBusy(): boolean {
    for (const port of this.#ports.values()) if (port.inFlight > 0) return true;
    return false;
  }

  /** Of RAM, VRAM, CPU and device state: equal values give equal bytes, which node:v8 does not promise. */
  #hash(): string {
    const hash = createHash('sha256');
    for (const [id, state] of this.#machine.save()) hash.update(id).update(encodePlain(state));
    for (const chunk of this.#machine.memoryChunks()) hash.update(chunk);
    return hash.digest('hex');
  }

  // messages

  #handle(message: ToMachine, bytes: Uint8Array): void {
    switch (message.t) {
      case 'input':
        if (message.input.kind === 'pointer') this.#frames.input(this.nowMs());
        this.#machine.inputs.apply(withBytes(message.input, bytes));
        this.#payHash();
        return;
      case 'keys':
        this.#frames.input(this.nowMs());
        for (const stroke of message.strokes) this.#keys.press(stroke);
        return;
      case 'type':
        this.#keys.type(unpackStrokes(bytes), () => this.#link.send({ t: 'answer', id: message.id, value: null }));
        return;
      case 'pause':
        this.#loop.pause(() => this.#paused());
        return;
      case 'resume':
        this.#wasRunning = false;
        this.#loop.resume();
        return;
      case 'stop':
        this.#loop.stop({ kind: 'powerOff', by: 'host' });
        return;
      case 'save':
        this.#saves.push(message.id);
        return;
      case 'frameWanted':
        this.#framesWanted = Math.min(2, this.#framesWanted + 1);
        this.#wantsFull ||= message.full;
        return;
      case 'screenText':
        this.#link.send({ t: 'answer', id: message.id, value: this.#screenText() });
        return;
      case 'screenPicture':
        this.#sendPicture(message.id);
        return;
      case 'stats':
        this.#link.send({ t: 'answer', id: message.id, value: this.#stats() });
        return;
      case 'recording':
        this.#sendRecording(message.id);
        return;
    }
  }

  #paused(): void {
    this.#link.flush();
    this.#link.send({ t: 'paused', count: this.#machine.turns.count });
  }

  /** A save waits until the drives have no request open: what the guest was told is what the disks hold. */
  #answerSaves(): void {
    if (this.#saves.length === 0 || !this.#loop.isPaused) return;
    if (this.#isDriveBusy()) return;
    const saves = this.#saves;
    this.#saves = [];
    for (const id of saves) {
      try {
        this.#link.send({ t: 'saved', id }, packState(this.#machine.save()));
      } catch (error) {
        this.#link.send({ t: 'saved', id, error: error instanceof Error ? error.message : String(error) });
      }
    }
  }

  #screenText(): unknown {
    const { screen } = this.#machine;
    const { kind, width, height } = screen.mode();
    return { kind, width, height, lines: screen.readText() };
  }

  #sendPicture(id: number): void {
    const { width, height } = this.#machine.screen.mode();
    const pixels = new Uint32Array(width * height);
    this.#machine.screen.renderStill(pixels);
    const bytes = new Uint8Array(pixels.buffer);
    const step = this.#link.maxBytes & ~3;
    for (let at = 0; at < bytes.length; at += step) {
      this.#link.send({ t: 'part', id }, bytes.subarray(at, Math.min(bytes.length, at + step)));
    }
    this.#link.send({ t: 'answer', id, value: { width, height } });
  }

  #sendRecording(id: number): void {
    const bytes = packState(new Map([['inputs', (this.#recorder?.inputs ?? []) as never]]));
    for (let at = 0; at < bytes.length; at += this.#link.maxBytes) {
      this.#link.send({ t: 'part', id }, bytes.subarray(at, Math.min(bytes.length, at + this.#link.maxBytes)));
    }
    this.#link.send({ t: 'answer', id, value: null });
  }

  #stats(): unknown {
    const { jitStatistics: jit } = this.#machine;
    const atMs = this.nowMs();
    const count = this.#machine.turns.count;
    const last = this.#figures;
    const elapsed = atMs - last.atMs;
    if (elapsed >= FIGURES_MS) {
      const { idleMs, deviceMs } = this.#loop;
      const compiledCount = jit?.instructions ?? 0;
      const load = 1 - Math.min(1, (idleMs - last.idleMs) / elapsed);
      const retired = count - last.count;
      this.#figures = {
        ...{ atMs, count, idleMs, deviceMs, compiledCount, load },
        mips: retired / 1e3 / elapsed,
        devices: Math.min(load, (deviceMs - last.deviceMs) / elapsed),
        compiled: retired <= 0 ? 0 : Math.min(1, (compiledCount - last.compiledCount) / retired),
      };
    }
    const { mips, load, devices, compiled } = this.#figures;
    const guestNs = this.#machine.clock.nowNs();
    return { count, guestNs, forgottenMs: this.#loop.forgottenMs, mips, load, devices, compiled, jit };
  }

  // output

  #sendFrame(now: number): void {
    const { screen } = this.#machine;
    const mode = screen.mode();
    this.#frames.looked(now);
    this.#lookedCount = this.#machine.turns.count;
    if (mode.width * mode.height > this.#frame.length) return;
    const isNewMode = this.#lastMode?.generation !== mode.generation;
    const full = this.#wantsFull || isNewMode;
    const rects = screen.renderDirty(this.#frame.subarray(0, mode.width * mode.height), full);
    if (rects.length === 0 && !full) return;
    this.#lastMode = mode;
    this.#wantsFull = false;
    this.#framesWanted--;
    this.#frames.sent(now);
    this.#link.send({ t: 'frame', mode, rects });
  }

  /** Sends what the speaker played, in parts; when the next is due, in milliseconds. */
  #sendSound(now: number): number {
    if (!this.#machine.isSounding) return Number.POSITIVE_INFINITY;
    const due = this.#lastSoundMs + SOUND_MS - now;
    if (due > 0) return due;
    this.#lastSoundMs = now;
    const samples = this.#machine.takeSound();
    if (samples.length > 0) this.#link.send({ t: 'sound', rate: SAMPLE_HZ }, new Uint8Array(samples.buffer));
    return SOUND_MS;
  }

  #sendSmallThings(): void {
    const { leds, isPointerAbsolute } = this.#machine;
    const nvram = this.#machine.nvram();
    if (this.#nvram === undefined || !nvram.every((byte, i) => byte === this.#nvram?.[i])) {
      this.#nvram = nvram;
      this.#link.send({ t: 'nvram' }, nvram);
    }
    if (leds !== this.#leds) {
      this.#leds = leds;
      this.#link.send({ t: 'leds', leds });
    }
    if (isPointerAbsolute !== this.#isAbsolute) {
      this.#isAbsolute = isPointerAbsolute;
      this.#link.send({ t: 'pointerMode', absolute: isPointerAbsolute });
    }
  }

  #end(cause: StopCause): void {
    this.#link.flush();
    const isAsked = cause.kind === 'powerOff' && cause.by === 'host';
    if (!isAsked && this.init.replay === undefined) this.#sendPicture(LAST_PICTURE);
    this.#link.send({ t: 'stopped', cause });
  }
}

function serve(init: MachineThreadInit): void {
  new MachineThread(init).run();
  if (init.isRehearsal === true) parentPort?.once('message', serve);
}

parentPort?.once('message', serve);
