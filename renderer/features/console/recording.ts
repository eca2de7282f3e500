/**
 * Films the screen of a running VM as WebM. A recording has its own link to the VM, so that it goes on whatever the window
 * shows; the picture is drawn on a canvas of one size, for a film has one, and the guest may change its mode.
 */
import { VmError } from '../../../src/base/errors';
import { translate } from '../../../src/i18n/translate';
import type { VmId } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { library, vmById } from '../../state/library';
import { notify, report } from '../../state/notices';
import { isPoweredOn } from '../../state/power';
import { Store } from '../../state/store';
import { ConsoleConnection } from './console-connection';
import { centred, type Size } from './scaling';

const FRAMES_PER_SECOND = 25;
/** What is filmed goes to the file this often. */
const PART_MS = 1000;
const MIN_SIZE = { width: 1024, height: 768 };
const TYPE = 'video/webm;codecs=vp8';
const FIRST_PICTURE_MS = 20_000;
const BITS_PER_SECOND = 4_000_000;

class Recording {
  readonly #connection: ConsoleConnection;
  readonly #canvas = document.createElement('canvas');
  #recorder: MediaRecorder | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** The parts so far are in the file. */
  #written: Promise<void> = Promise.resolve();
  #trouble: unknown;

  constructor(
    readonly vm: VmId,
    private readonly file: string,
    private readonly onTrouble: () => void,
  ) {
    this.#connection = new ConsoleConnection(vm);
  }

  async begin(): Promise<void> {
    await this.#connection.connect();
    const first = await this.#firstMode();
    this.#canvas.width = Math.max(MIN_SIZE.width, first.width);
    this.#canvas.height = Math.max(MIN_SIZE.height, first.height);
    this.#draw();
    this.#timer = setInterval(() => this.#draw(), 1000 / FRAMES_PER_SECOND);
    const recorder = new MediaRecorder(this.#canvas.captureStream(FRAMES_PER_SECOND), {
      mimeType: TYPE,
      videoBitsPerSecond: BITS_PER_SECOND,
    });
    recorder.ondataavailable = ({ data }) => this.#write(data);
    recorder.start(PART_MS);
    this.#recorder = recorder;
  }

  /** The file is whole when this resolves. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    const recorder = this.#recorder;
    if (recorder !== undefined && recorder.state !== 'inactive') {
      const stopped = new Promise((resolve) => recorder.addEventListener('stop', resolve, { once: true }));
      recorder.stop();
      await stopped;
    }
    this.#connection.close();
    await this.#written;
    await call('recording.end', { recording: this.file });
    if (this.#trouble !== undefined) throw this.#trouble;
  }

  #firstMode(): Promise<Size> {
    const { mode } = this.#connection;
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = mode.get();
        if (found === undefined) return;
        clearTimeout(timer);
        end();
        resolve(found);
      };
      const end = mode.subscribe(look);
      const timer = setTimeout(() => {
        end();
        reject(new VmError('timeout', 'the screen of the virtual machine did not come'));
      }, FIRST_PICTURE_MS);
      look();
    });
  }

  #draw(): void {
    const context = this.#canvas.getContext('2d', { alpha: false });
    const mode = this.#connection.mode.get();
    if (context === null || mode === undefined) return;
    const { width, height } = this.#canvas;
    context.fillStyle = '#000';
    context.fillRect(0, 0, width, height);
    const to = centred(mode, { width, height });
    context.imageSmoothingEnabled = to.width % mode.width !== 0;
    context.drawImage(this.#connection.canvas, to.x, to.y, to.width, to.height);
  }

  #write(part: Blob): void {
    if (part.size === 0) return;
    this.#written = this.#written.then(async () => {
      if (this.#trouble !== undefined) return;
      try {
        const bytes = new Uint8Array(await part.arrayBuffer());
        await call('recording.write', { recording: this.file, bytes });
      } catch (error) {
        this.#trouble = error;
        this.onTrouble();
      }
    });
  }
}

/** The VMs whose screens are filmed, with when that began. */
export const recordings = new Store<ReadonlyMap<VmId, number>>(new Map());
const running = new Map<VmId, Recording>();

function forget(vm: VmId): void {
  running.delete(vm);
  recordings.update((map) => new Map([...map].filter(([id]) => id !== vm)));
}

/** Asks where to, and films until `endRecording` or the end of the VM. */
export async function beginRecording(vm: VmId): Promise<void> {
  if (running.has(vm)) return;
  try {
    const file = await call('recording.begin', { vm });
    if (file === null) return;
    const recording = new Recording(vm, file, () => void endRecording(vm));
    running.set(vm, recording);
    try {
      await recording.begin();
    } catch (error) {
      running.delete(vm);
      await recording.end().catch(() => undefined);
      throw error;
    }
    recordings.update((map) => new Map(map).set(vm, Date.now()));
  } catch (error) {
    report(error);
  }
}

export async function endRecording(vm: VmId): Promise<void> {
  const recording = running.get(vm);
  if (recording === undefined) return;
  forget(vm);
  try {
    await recording.end();
    notify('info', translate('recording.saved'));
  } catch (error) {
    report(VmError.from(error));
  }
}

export function toggleRecording(vm: VmId): void {
  void (running.has(vm) ? endRecording(vm) : beginRecording(vm));
}

library.subscribe(() => {
  for (const vm of running.keys()) {
    const item = vmById(vm);
    if (recordings.get().has(vm) && (item === undefined || !isPoweredOn(item))) void endRecording(vm);
  }
});
