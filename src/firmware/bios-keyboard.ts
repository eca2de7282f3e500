/** The BIOS's keyboard buffer in the BIOS data area (IBM PS/2 BIOS interface technical reference, "BIOS Data Area"). */

const KEYBOARD_VECTOR_SEGMENT = 9 * 4 + 2;
const BIOS_SEGMENT = 0xf000;
const DATA_AREA = 0x400;
const BUFFER_HEAD = DATA_AREA + 0x1a;
const BUFFER_TAIL = DATA_AREA + 0x1c;
const BUFFER_START = 0x1e;
const BUFFER_END = 0x3e;

/** One slot always stays empty, and one key may be read from the keyboard but not yet stored. */
const KEYS_KEPT_FREE = 2;

export interface BiosKeyBuffer {
  /** Another key might not find room. */
  readonly isFull: boolean;
  /** Where the next key is taken from. */
  readonly head: number;
}

/** @param readWord 16 bits of guest memory. undefined: the BIOS does not serve the keyboard, or not with its usual buffer. */
export function biosKeyBuffer(readWord: (gpa: number) => number): BiosKeyBuffer | undefined {
  if (readWord(KEYBOARD_VECTOR_SEGMENT) !== BIOS_SEGMENT) return undefined;
  const head = readWord(BUFFER_HEAD);
  const tail = readWord(BUFFER_TAIL);
  const isIn = (at: number): boolean => at >= BUFFER_START && at < BUFFER_END && (at & 1) === 0;
  if (!isIn(head) || !isIn(tail)) return undefined;
  const size = BUFFER_END - BUFFER_START;
  const usedBytes = (tail - head + size) % size;
  return { isFull: usedBytes + 2 * KEYS_KEPT_FREE >= size, head };
}
