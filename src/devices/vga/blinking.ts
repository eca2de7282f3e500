/** Blinking halves of a period: the cursor 8 and characters and pixels 16 frames of 60 Hz. */
export const CURSOR_BLINK_NS = 266_666_667;
export const TEXT_BLINK_NS = 2 * CURSOR_BLINK_NS;
/** So long after the last change of the screen the cursor stops blinking and stays: a screen at rest costs the host nothing. */
export const CURSOR_RESTS_NS = 10e9;

export function isOffPhase(nowNs: number, halfNs: number): boolean {
  return Math.floor(nowNs / halfNs) % 2 === 1;
}

/** When the phase changes next. */
export function nextPhase(nowNs: number, halfNs: number): number {
  return (Math.floor(nowNs / halfNs) + 1) * halfNs;
}
