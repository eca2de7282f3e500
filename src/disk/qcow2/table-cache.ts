import { viewOf } from '../../base/bytes';

/** One cluster of metadata (an L2 table or a refcount block) in memory. */
export class Table {
  readonly view: DataView;
  isDirty = false;
  /** Nothing on the disk points to it yet, so it may be written at any time. */
  isNew = false;

  constructor(
    readonly offset: number,
    readonly bytes: Uint8Array,
  ) {
    this.view = viewOf(bytes);
  }
}

/** Keeps the tables used last. `evict` is asked before a dirty table goes and must leave it clean. */
export class TableCache {
  readonly #tables = new Map<number, Table>();

  constructor(
    private readonly capacity: number,
    private readonly load: (offset: number) => Promise<Uint8Array>,
    private readonly evict: (table: Table) => Promise<void>,
  ) {}

  async get(offset: number): Promise<Table> {
    const known = this.#tables.get(offset);
    if (known !== undefined) {
      this.#tables.delete(offset);
      this.#tables.set(offset, known);
      return known;
    }
    const table = new Table(offset, await this.load(offset));
    await this.#insert(table);
    return table;
  }

  /** Takes a table that has just been made. */
  async add(offset: number, bytes: Uint8Array): Promise<Table> {
    const table = new Table(offset, bytes);
    table.isDirty = true;
    table.isNew = true;
    await this.#insert(table);
    return table;
  }

  async #insert(table: Table): Promise<void> {
    while (this.#tables.size >= this.capacity) {
      const oldest = this.#tables.values().next().value as Table;
      if (oldest.isDirty) await this.evict(oldest);
      this.#tables.delete(oldest.offset);
    }
    this.#tables.set(table.offset, table);
  }

  /** Forgets a table whose cluster is freed. */
  drop(offset: number): void {
    this.#tables.delete(offset);
  }

  all(): Iterable<Table> {
    return this.#tables.values();
  }

  *dirty(): Iterable<Table> {
    for (const table of this.#tables.values()) if (table.isDirty) yield table;
  }
}
