/** `library.json` in the configuration folder: the arrangement on disk, shared by the app and the command line. */
import { randomBytes } from 'node:crypto';
import * as path from 'node:path';
import { readWholeFile } from '../base/atomic-file';
import { hexOf } from '../base/bytes';
import type { HostFiles } from '../base/host-files';
import { Mutex } from '../base/mutex';
import { type Arrangement, emptyArrangement, readArrangement } from './arrangement';

const FILE = 'library.json';
const MAX_BYTES = 8 << 20;
const TRIES = 20;

export class ArrangementFile {
  readonly #path: string;
  readonly #mutex = new Mutex();

  constructor(
    private readonly files: HostFiles,
    private readonly folder: string,
    private readonly makeFolder: (folder: string) => Promise<void>,
  ) {
    this.#path = path.join(folder, FILE);
  }

  async read(): Promise<Arrangement> {
    return parse(await this.#text());
  }

  /**
   * Applies a change to what the file holds now. Another process may change it meanwhile: then the change is made again on
   * what that left. Nothing is written when nothing changes.
   */
  change(make: (now: Arrangement) => Arrangement): Promise<Arrangement> {
    return this.#mutex.run(async () => {
      for (let attempt = 0; ; attempt++) {
        const before = await this.#text();
        const now = parse(before);
        const next = make(now);
        if (next === now || JSON.stringify(next) === JSON.stringify(now)) return now;
        await this.makeFolder(this.folder);
        const temporary = await this.#writeBeside(`${JSON.stringify({ version: 2, ...next }, undefined, 1)}\n`);
        if (attempt < TRIES && (await this.#text()) !== before) {
          await this.files.removeFile(temporary);
          continue;
        }
        await this.files.rename(temporary, this.#path);
        await this.files.syncFolder(this.folder);
        return next;
      }
    });
  }

  /** Under a name of its own: another program may be writing too. */
  async #writeBeside(text: string): Promise<string> {
    const temporary = `${this.#path}.${hexOf(randomBytes(4))}.new`;
    const file = await this.files.open(temporary, 'replace');
    try {
      await file.write(0, new TextEncoder().encode(text));
      await file.sync();
    } finally {
      await file.close();
    }
    return temporary;
  }

  async #text(): Promise<string> {
    const bytes = await readWholeFile(this.files, this.#path, MAX_BYTES);
    return bytes === undefined ? '' : new TextDecoder().decode(bytes);
  }
}

function parse(text: string): Arrangement {
  if (text === '') return emptyArrangement;
  try {
    return readArrangement(JSON.parse(text), path.isAbsolute);
  } catch (error) {
    // Only arranges and remembers where to look; the VMs themselves are safe.
    if (error instanceof SyntaxError) return emptyArrangement;
    throw error;
  }
}
