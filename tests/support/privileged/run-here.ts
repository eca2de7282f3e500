import { defaultCpu } from '../../../src/config/cpu';
import type { CpuModelName } from '../../../src/cpu/backend';
import type { JitMode } from '../../../src/cpu/emulated/jit/regions';
import { TestPc } from '../test-pc';
import { BOOT, CODE_END } from './places';

const FLOPPY_BYTES = 1_474_560;
const CHUNK = 200_000;
const MOST_INSTRUCTIONS = 100_000_000;

/** Runs an image's code on the whole board in this thread, as its boot sector would start it; gives what it printed. */
export function runHere(
  image: Uint8Array,
  { jit = 'off', model = 'max' }: { jit?: JitMode; model?: CpuModelName } = {},
): string {
  let text = '';
  const machine = new TestPc({
    changes: {
      serial: [{ kind: 'terminal' }],
      cpu: { ...defaultCpu, model },
      floppies: [{ id: 'floppy0', file: null, readonly: false }],
    },
    mediumBytes: () => FLOPPY_BYTES,
    serialOut: (byte) => (text += String.fromCharCode(byte)),
    jit: { mode: jit },
  });
  const { pc, ram } = machine;
  new Uint8Array(ram.buffer, ram.byteOffset, ram.byteLength).set(image.subarray(0, CODE_END - BOOT), BOOT);
  const { current } = pc.turns;
  const state = current.save();
  for (const name of ['es', 'cs', 'ss', 'ds', 'fs', 'gs'] as const) {
    state[name] = { selector: 0, access: name === 'cs' ? 0x9b : 0x93, limit: 0xffff, base: 0n };
  }
  state.rip = BigInt(BOOT + 512);
  current.restore(state);
  const end = pc.turns.count + MOST_INSTRUCTIONS;
  while (pc.turns.count < end && !text.endsWith('\nEND\n')) {
    const request = machine.run(CHUNK);
    if (request !== undefined) return `${text}\n${JSON.stringify(request)}`;
  }
  return text;
}
