/** isa-debug-exit as test kernels use it (port 0xF4, off unless asked for): a write ends the machine. */
import type { AccessSize, Device, PortHandler } from '../../machine/device';
import { defineState, isRecord } from '../../machine/saved-state';

export type DebugExitState = Record<string, never>;

export const debugExitState = defineState<DebugExitState>({
  kind: 'debug-exit',
  version: 1,
  check: (value): value is DebugExitState => isRecord(value),
});

export class DebugExit implements Device<DebugExitState>, PortHandler {
  /** @param exit gets the exit status of the program: (value << 1) | 1, in a byte */
  constructor(
    readonly id: string,
    private readonly wires: { exit(status: number): void },
  ) {}

  readPort(_offset: number, _size: AccessSize): number {
    return 0;
  }

  writePort(offset: number, _size: AccessSize, value: number): void {
    // The bus may split a wide write: the low byte decides.
    if (offset === 0) this.wires.exit(((value << 1) | 1) & 0xff);
  }

  reset(): void {}

  save(): DebugExitState {
    return {};
  }

  restore(_state: DebugExitState): void {}
}
