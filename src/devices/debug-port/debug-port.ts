/** A debug console port: bytes written come out on the host; a read gives the value that tells firmware it is there. */
import type { AccessSize, Device, PortHandler } from '../../machine/device';
import type { ByteSink } from '../../machine/interrupt-line';
import { defineState, isRecord } from '../../machine/saved-state';

/** What SeaBIOS at 0x402 and Bochs' guests at 0xE9 look for. */
const PRESENT = 0xe9;

export type DebugPortState = Record<string, never>;

export const debugPortState = defineState<DebugPortState>({
  kind: 'debug-port',
  version: 1,
  check: (value): value is DebugPortState => isRecord(value),
});

export class DebugPort implements Device<DebugPortState>, PortHandler {
  constructor(
    readonly id: string,
    private readonly wires: { readonly out: ByteSink },
  ) {}

  readPort(_offset: number, _size: AccessSize): number {
    return PRESENT;
  }

  writePort(_offset: number, _size: AccessSize, value: number): void {
    this.wires.out.write(value & 0xff);
  }

  reset(): void {}

  save(): DebugPortState {
    return {};
  }

  restore(_state: DebugPortState): void {}
}
