import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { NodeHostFiles } from '../../src/base/node-host-files';
import { checkConfig, defaultConfig, type VmConfig } from '../../src/config/vm-config';
import type { JitMode } from '../../src/cpu/emulated/jit/regions';
import { MachineHost } from '../../src/guest/machine-host';
import type { MediumInfo } from '../../src/guest/machine-thread-init';
import { unpackState } from '../../src/guest/state-codec';
import { ThrowAwayStore } from '../../src/guest/throw-away-store';
import { assetsIn, readFirmware } from '../../src/guest/vm-assets';
import { type SessionEvents, VmSession } from '../../src/guest/vm-session';
import type { StampedInput } from '../../src/machine/inputs';
import { createMachineMemory } from '../../src/machine/memory-map';

const assets = assetsIn(resolve(__dirname, '../../build/out'));

/** State hashes by retired-instruction count. */
export type Hashes = ReadonlyMap<number, string>;

export interface Recording {
  readonly inputs: readonly StampedInput[];
  readonly hashes: Hashes;
  /** The count at which a replay may end. */
  readonly endCount: number;
}

/** What a user does while a run is recorded. */
export type Play = (session: VmSession, seen: () => string) => Promise<void>;

/** Runs a throw-away VM as the command line does, and keeps its inputs and a state hash every so many instructions. */
export async function record(changes: Partial<VmConfig>, everyInstructions: number, play: Play): Promise<Recording> {
  const checked = checkConfig({ ...defaultConfig('recorded'), ...changes });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const hashes = new Map<number, string>();
  let seen = '';
  const ignore = (): void => undefined;
  const events: SessionEvents = {
    ...{
      status: ignore,
      parallel: ignore,
      tap: ignore,
      frame: ignore,
      leds: ignore,
      sound: ignore,
      deadEnd: ignore,
      pointerMode: ignore,
    },
    ...{ activity: ignore, medium: ignore, installed: ignore, log: ignore },
    end: (end) => {
      if (end.kind === 'failed') process.stderr.write(`the recorded VM failed: ${end.error.message}\n`);
    },
    serial: (_port, bytes) => {
      seen += Buffer.from(bytes).toString('latin1');
    },
  };
  const store = new ThrowAwayStore(new NodeHostFiles(), checked.config, []);
  const session = new VmSession(store, assets, events, { noReboot: true, record: { everyInstructions } });
  session.onHash = (count, hash) => hashes.set(count, hash);
  await session.start();
  await play(session, () => seen);
  const inputs = unpackState(await session.recording()).get('inputs') as unknown as StampedInput[];
  await session.powerOff();
  // Past the last hash: it may have waited for an input at its count.
  return { inputs, hashes, endCount: Math.max(...hashes.keys()) + 1 };
}

/** Runs the recorded inputs again, without disks, keys or clock of this computer. */
export async function replay(
  changes: Partial<VmConfig>,
  media: Record<string, MediumInfo>,
  everyInstructions: number,
  recording: Recording,
  jit: JitMode,
): Promise<Hashes> {
  const checked = checkConfig({ ...defaultConfig('recorded'), ...changes });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const { config } = checked;
  const hashes = new Map<number, string>();
  const firmware = await readFirmware(config, assets, (file) => file);
  const core = await WebAssembly.compile(await readFile(assets.coreWasm));
  await new Promise<void>((done, fail) => {
    const ignore = (): void => undefined;
    const host: MachineHost = new MachineHost(
      assets,
      {
        config,
        memory: createMachineMemory(config),
        core,
        jit,
        firmware,
        media,
        nvram: undefined,
        startTime: { unixMs: 0, zoneMinutes: 0 },
        state: undefined,
        startPaused: false,
        late: undefined,
        noReboot: true,
        record: undefined,
        replay: { inputs: recording.inputs, endCount: recording.endCount, everyInstructions },
      },
      {
        ...{
          ready: ignore,
          running: ignore,
          disk: ignore,
          eject: ignore,
          locked: ignore,
          serial: ignore,
          parallel: ignore,
          tap: ignore,
        },
        ...{ frame: ignore, leds: ignore, sound: ignore, pointerMode: ignore, deadEnd: ignore, nvram: ignore },
        hash: (count, hash) => hashes.set(count, hash),
        stopped: (cause) => {
          void host.terminate();
          if (cause.kind === 'replayEnded') done();
          else fail(new Error(`the replay ended by ${JSON.stringify(cause)}`));
        },
        failed: fail,
      },
    );
  });
  return hashes;
}

export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`never came: ${what}`);
    await new Promise((next) => setTimeout(next, 200));
  }
}
