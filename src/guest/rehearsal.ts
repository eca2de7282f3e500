import { defaultConfig } from '../config/vm-config';
import { createMachineMemory } from '../machine/memory-map';
import { createRing } from '../machine/ring';
import { FRAME_BUFFER_BYTES, type MachineThreadInit } from './machine-thread-init';
import type { Engine } from './machine-threads';
import { readFirmware, type VmAssets } from './vm-assets';

const RING_BYTES = 1 << 20;
/** The BIOS gets about as far as its first wait. */
const INSTRUCTIONS = 3_000_000;

/**
 * Runs the BIOS for a moment in a machine that nobody sees: V8 has then compiled what builds and runs every machine, before a
 * user waits for one. It is a replay without inputs, so it ends where it would have to wait. The engine can be used at once; what
 * is asked of it waits until this has ended.
 */
export async function rehearse(engine: Engine, assets: VmAssets): Promise<void> {
  const base = defaultConfig('rehearsal');
  const config = { ...base, memory: { memoryMiB: 16 } };
  const init: MachineThreadInit = {
    config,
    rings: { toMachine: createRing(RING_BYTES), toHost: createRing(RING_BYTES) },
    frameBuffer: new SharedArrayBuffer(FRAME_BUFFER_BYTES),
    memory: createMachineMemory(config),
    core: engine.core,
    jit: 'off',
    compiler: undefined,
    firmware: await readFirmware(config, assets, (file) => file),
    media: {},
    nvram: undefined,
    startTime: { unixMs: 0, zoneMinutes: 0 },
    state: undefined,
    late: undefined,
    startPaused: false,
    noReboot: true,
    isRehearsal: true,
    record: undefined,
    replay: { inputs: [], endCount: INSTRUCTIONS, everyInstructions: Number.MAX_SAFE_INTEGER },
  };
  engine.machine.postMessage(init);
}
