import { PcMachine, type PcParts } from '../../src/board/pc';
import { checkConfig, defaultConfig, type VmConfig } from '../../src/config/vm-config';
import type { Medium } from '../../src/machine/block-port';
import { createMachineMemory, memoryMapOf } from '../../src/machine/memory-map';
import { coreModule } from './cpu/cpu-machine';
import { FakeBlockPort } from './fake-block-port';

class BoardPort extends FakeBlockPort {
  complete(): void {}
  changeMedium(_medium: Partial<Medium> | undefined): void {}
}

export interface TestPcOptions {
  readonly changes?: Partial<VmConfig>;
  /** The last bytes of the address space; 128 KiB or more. */
  readonly bios?: Uint8Array;
  readonly mediumBytes?: (id: string) => number;
  readonly serialOut?: (byte: number) => void;
  readonly parallelOut?: (byte: number) => void;
  readonly random?: () => number;
  readonly jit?: PcParts['jit'];
}

/** The whole board in this thread, with fakes for what lies outside: no loop, no host clock. */
export class TestPc {
  readonly pc: PcMachine;
  readonly config: VmConfig;
  readonly ram: DataView;
  readonly ports: FakeBlockPort[] = [];

  constructor({ changes, bios, mediumBytes, serialOut, parallelOut, random, jit }: TestPcOptions = {}) {
    const checked = checkConfig({ ...defaultConfig('test'), memory: { memoryMiB: 4 }, ...changes });
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    this.config = checked.config;
    const memory = createMachineMemory(checked.config);
    this.pc = new PcMachine({
      config: checked.config,
      memory,
      core: coreModule(),
      firmware: { bios: bios ?? new Uint8Array(0x20000), vgaBios: new Uint8Array(0x8000) },
      kernel: undefined,
      nvram: undefined,
      blockPort: (id) => {
        const port = new BoardPort(new Uint8Array(mediumBytes?.(id) ?? 0x8000), id.startsWith('cd'));
        this.ports.push(port);
        return port;
      },
      serialOut: () => ({ write: (byte) => serialOut?.(byte) }),
      parallelOut: { write: (byte) => parallelOut?.(byte) },
      tap: () => undefined,
      hostRandom: () => random?.() ?? 4,
      ...(jit === undefined ? {} : { jit }),
    });
    const { offset, size } = memoryMapOf(checked.config).ram;
    this.ram = new DataView(memory.buffer, offset, size);
  }

  /** Runs until the guest asks for something, or so many instructions; timers fire as in the machine loop. Gives what it asked for. */
  run(instructions: number): ReturnType<PcMachine['takeRequest']> | 'halted' | 'shutdown' {
    const { turns, clock, bus } = this.pc;
    const end = turns.count + instructions;
    while (turns.count < end) {
      const deadline = clock.earliestDeadlineNs;
      const due = deadline === undefined ? end : clock.countAt(deadline, turns.count);
      const reason = turns.run(bus, Math.max(turns.count + 1, Math.min(end, due)));
      const request = this.pc.takeRequest();
      if (request !== undefined) return request;
      if (reason.kind === 'failed') throw reason.error;
      if (reason.kind === 'shutdown') return 'shutdown';
      if (reason.kind === 'halted') {
        if (clock.earliestDeadlineNs === undefined) return 'halted';
        this.pc.inputs.apply({ kind: 'clock', ns: clock.earliestDeadlineNs, nsPerInstruction: 10 });
      }
      clock.fireDue();
    }
    return undefined;
  }
}
