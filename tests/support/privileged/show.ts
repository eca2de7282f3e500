import { frameBits, type PrivilegedCase } from './case';
import * as p from './places';

/**
 * The words of a case's `show`, each printed as `word=value`, hexadecimal without leading zeros, ones of 32 bits as a dash:
 *   v e                      vector, error code
 *   ip cs fl sp ss           the frame that the CPU pushed; ip as distance from `.code`
 *   f0.. w0.. q0..           the frame's doublewords, words, quadwords
 *   eax rax ax .. edi        registers in the handler
 *   hcs hss hfl ds es fs gs  the handler's segments and flags
 *   cr0 cr2 dr6 tr ldtr
 *   name@address:bytes       memory
 *   log                      entries of logging handlers: vector @ ip : DR6 without its fixed bits, R where RF was pushed
 */
const REGISTERS = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];
const FRAME_WORDS = ['ip', 'cs', 'fl', 'sp', 'ss'];
const SEGMENTS = ['ds', 'es', 'fs', 'gs', 'hss'];

const FIXED: Readonly<Record<string, readonly [at: number, bytes: number]>> = {
  v: [p.VECTOR, 1],
  e: [p.ERROR, 4],
  ...{ cr0: [p.CR0, 4], cr2: [p.CR2, 8], dr6: [p.DR6, 4], tr: [p.TASK, 2], ldtr: [p.LDTR, 2] },
  ...{ hcs: [p.HANDLER_CS, 2], hfl: [p.HANDLER_FLAGS, 4] },
};

function place(word: string, item: PrivilegedCase): readonly [at: number, bytes: number] {
  const width = frameBits(item) / 8;
  const fixed = FIXED[word];
  if (fixed !== undefined) return fixed;
  const part = FRAME_WORDS.indexOf(word);
  if (part >= 0) return [p.FRAME + part * width, word === 'cs' || word === 'ss' ? 2 : width];
  const segment = SEGMENTS.indexOf(word);
  if (segment >= 0) return [p.SEGMENTS + 2 * segment, 2];
  const register = REGISTERS.indexOf(word.replace(/^[er]/, ''));
  if (register >= 0) return [p.REGISTERS + 8 * register, word.length === 2 ? 2 : word.startsWith('e') ? 4 : 8];
  const raw = /^([fwq])(\d)$/.exec(word);
  if (raw !== null) {
    const bytes = { f: 4, w: 2, q: 8 }[raw[1] as 'f'];
    return [p.FRAME + bytes * Number(raw[2]), bytes];
  }
  throw new Error(`'${word}' cannot be shown`);
}

const characters = (text: string): string => [...text].map((letter) => letter.charCodeAt(0)).join(', ');

/** The format that the image's `show` reads, as directives of the assembler. */
export function formatText(item: PrivilegedCase): string {
  const lines = (item.show ?? 'v e ip').split(' ').map((word) => {
    if (word === 'log') return `db ${characters(' log')}, 3`;
    const memory = /^(\w+)@(.+):(\d+)$/.exec(word);
    if (memory !== null) return `db ${characters(` ${memory[1]}=`)}, 1, ${memory[3]}; dd ${memory[2]}`;
    const [at, bytes] = place(word, item);
    if (word === 'ip') return `db ${characters(' ip=')}, 2, ${bytes}; dd ${at}`;
    return `db ${characters(` ${word}=`)}, 1, ${bytes}; dd ${at}`;
  });
  return `${lines.join('\n')}\ndb 10, 0`;
}

export const textBytes = (text: string): string => `db ${characters(text)}, 0`;
