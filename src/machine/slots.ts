import type { Gpa, MemorySlots, SlotMapping } from './guest-memory';
import { FRAME_SIZE, SLOT_TABLE_OFFSET, SLOT_TABLE_SIZE } from './memory-map';
import { type Plain, SnapshotError, isRecord } from './saved-state';
import type { SharedMemory } from './shared-memory';

/** In the table: no memory, accesses go to devices. */
const SLOT_ABSENT = 0xffffffff;
/** In the table: writes are ignored. */
const SLOT_DROP = 0xfffffffe;
/** u32 words: count, A20, two spare; then four per entry. */
const FIRST_ENTRY_WORD = 4;
const ENTRY_WORDS = 4;
const MAX_ENTRIES = SLOT_TABLE_SIZE / (ENTRY_WORDS * 4) - 1;
/** GPAs are 40 bits wide. */
const GPA_END = 2 ** 40;

interface Entry {
  readonly firstPage: number;
  readonly endPage: number;
  readonly read: number;
  readonly write: number;
}

/**
 * The guest-physical address space: writes the slot table in shared memory that the page walker reads (core/slots.ts), and answers
 * the same questions for devices. A guest can move BARs over anything: where mappings overlap, the name that was mapped first wins.
 */
export class SlotTable implements MemorySlots {
  readonly #mappings = new Map<string, SlotMapping | undefined>();
  readonly #words: Uint32Array;
  #entries: readonly Entry[] = [];
  #last: Entry | undefined;
  /** Called after each change: CPU engines drop cached translations. */
  onChange: () => void = () => {};

  constructor(memory: SharedMemory) {
    this.#words = new Uint32Array(memory.memory.buffer, SLOT_TABLE_OFFSET, SLOT_TABLE_SIZE / 4);
    this.#words.fill(0);
    this.#words[1] = 1;
  }

  map(name: string, mapping: SlotMapping | undefined): void {
    if (mapping !== undefined && !isUsable(mapping)) return;
    const old = this.#mappings.get(name);
    if (old === mapping || (old !== undefined && mapping !== undefined && isSame(old, mapping))) return;
    this.#mappings.set(name, mapping);
    this.#rebuild();
    this.onChange();
  }

  setA20(enabled: boolean): void {
    const value = enabled ? 1 : 0;
    if (this.#words[1] === value) return;
    this.#words[1] = value;
    this.onChange();
  }

  get isA20Enabled(): boolean {
    return this.#words[1] === 1;
  }

  /** Offset in shared memory that reads of this GPA come from; undefined: no memory. Valid to the end of the frame. */
  readOffset(gpa: Gpa): number | undefined {
    const address = this.#mask(gpa);
    const entry = this.#find(address);
    if (entry === undefined || entry.read >= SLOT_DROP) return undefined;
    return entry.read * FRAME_SIZE + (address - entry.firstPage * FRAME_SIZE);
  }

  /** The same for writes; undefined also where they are dropped. */
  writeOffset(gpa: Gpa): number | undefined {
    const address = this.#mask(gpa);
    const entry = this.#find(address);
    if (entry === undefined || entry.write >= SLOT_DROP) return undefined;
    return entry.write * FRAME_SIZE + (address - entry.firstPage * FRAME_SIZE);
  }

  #mask(gpa: Gpa): number {
    // Bit 20, without 32-bit operators: GPAs are wider.
    return this.isA20Enabled || Math.floor(gpa / 0x100000) % 2 === 0 ? gpa : gpa - 0x100000;
  }

  #find(address: number): Entry | undefined {
    const page = Math.floor(address / FRAME_SIZE);
    const last = this.#last;
    if (last !== undefined && page >= last.firstPage && page < last.endPage) return last;
    for (const entry of this.#entries) {
      if (page >= entry.firstPage && page < entry.endPage) {
        this.#last = entry;
        return entry;
      }
    }
    return undefined;
  }

  #rebuild(): void {
    const mappings = [...this.#mappings.values()].filter((mapping) => mapping !== undefined);
    const cuts = new Set<number>();
    for (const { gpa, size } of mappings) cuts.add(gpa).add(gpa + size);
    const borders = [...cuts].sort((a, b) => a - b);
    const entries: Entry[] = [];
    for (let i = 0; i + 1 < borders.length; i++) {
      const from = borders[i] as number;
      const to = borders[i + 1] as number;
      const owner = mappings.find((mapping) => from >= mapping.gpa && from < mapping.gpa + mapping.size);
      if (owner === undefined) continue;
      append(entries, entryOf(owner, from, to));
    }
    // The walker looks at them in this order: the large ones are hit most.
    entries.sort((a, b) => b.endPage - b.firstPage - (a.endPage - a.firstPage));
    this.#entries = entries.slice(0, MAX_ENTRIES);
    this.#last = undefined;
    const words = this.#words;
    words[0] = this.#entries.length;
    this.#entries.forEach((entry, i) => {
      words.set([entry.firstPage, entry.endPage, entry.read, entry.write], FIRST_ENTRY_WORD + i * ENTRY_WORDS);
    });
  }

  /** Only A20: mappings follow from the devices' own states. */
  save(): Plain {
    return { a20: this.isA20Enabled };
  }

  restore(state: Plain): void {
    if (!isRecord(state) || typeof state['a20'] !== 'boolean')
      throw new SnapshotError('memory-slots', 'has no A20 state');
    this.setA20(state['a20']);
  }
}

function isUsable({ gpa, size, read, write }: SlotMapping): boolean {
  const isAligned = [gpa, size, read ?? 0, typeof write === 'number' ? write : 0].every(
    (value) => Number.isSafeInteger(value) && value >= 0 && value % FRAME_SIZE === 0,
  );
  return isAligned && size > 0 && gpa + size <= GPA_END;
}

function isSame(a: SlotMapping, b: SlotMapping): boolean {
  return a.gpa === b.gpa && a.size === b.size && a.read === b.read && a.write === b.write;
}

function entryOf(owner: SlotMapping, from: number, to: number): Entry {
  const frame = (offset: number | undefined): number =>
    offset === undefined ? SLOT_ABSENT : (offset + (from - owner.gpa)) / FRAME_SIZE;
  return {
    firstPage: from / FRAME_SIZE,
    endPage: to / FRAME_SIZE,
    read: frame(owner.read),
    write: owner.write === 'drop' ? SLOT_DROP : frame(owner.write),
  };
}

/** Adds an entry, joined with the one before where both go on in the same way. */
function append(entries: Entry[], next: Entry): void {
  const before = entries.at(-1);
  const goesOn = (a: number, b: number, pages: number): boolean => (a >= SLOT_DROP ? a === b : a + pages === b);
  if (before !== undefined && before.endPage === next.firstPage) {
    const pages = before.endPage - before.firstPage;
    if (goesOn(before.read, next.read, pages) && goesOn(before.write, next.write, pages)) {
      entries[entries.length - 1] = { ...before, endPage: next.endPage };
      return;
    }
  }
  entries.push(next);
}
