/** A guest that wrote this much to a disk has most likely installed something. */
const INSTALLED_BYTES = 1 << 20;

/**
 * Tells when an installer has done its work: the guest restarts by itself, with a CD in a drive, after it wrote to a disk.
 * The user is then offered to take the CD out, once for each CD.
 */
export class InstallerWatch {
  #writtenBytes = 0;
  #isHostReset = false;
  readonly #offered = new Set<string>();

  /** The guest wrote to a medium. */
  wrote(bytes: number): void {
    this.#writtenBytes += bytes;
  }

  /** The next restart is the user's own. */
  hostResets(): void {
    this.#isHostReset = true;
  }

  /** The drives whose CD can go. `drives`: id and file of each CD drive. */
  restarted(drives: readonly { readonly id: string; readonly file: string | null }[]): string[] {
    const written = this.#writtenBytes;
    const byHost = this.#isHostReset;
    this.#writtenBytes = 0;
    this.#isHostReset = false;
    if (byHost || written < INSTALLED_BYTES) return [];
    const done = drives.filter(({ file }) => file !== null && !this.#offered.has(file));
    for (const { file } of done) this.#offered.add(file as string);
    return done.map(({ id }) => id);
  }
}
