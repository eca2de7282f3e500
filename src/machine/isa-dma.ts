/**
 * One DREQ/DACK pair of the 8237s. The device drives `setRequest`; as long as the request is high and the guest has the
 * channel programmed and unmasked, the controller calls the device's `onDack` (from `setRequest(true)` itself, or later
 * when the guest unmasks the channel), once per request: a device that wants more calls `setRequest(true)` again.
 */
export interface IsaDmaChannel {
  setRequest(high: boolean): void;
  /** Set by the device. */
  onDack: ((cycle: IsaDmaCycle) => void) | undefined;
}

/** What the channel is programmed for; valid during `onDack` only. */
export interface IsaDmaCycle {
  readonly direction: 'toMemory' | 'toDevice' | 'verify';
  /** Bytes up to the terminal count. */
  readonly remaining: number;
  /** Device to memory (toMemory, verify): moves up to `remaining` bytes; gives how many. */
  put(from: Uint8Array): number;
  /** Memory to device: fills up to `remaining` bytes of `into`; gives how many. */
  get(into: Uint8Array): number;
  /** The count ran out during this cycle (TC): the device must stop asking unless it is told anew. */
  readonly isTerminal: boolean;
}
