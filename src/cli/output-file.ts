import { closeSync, createWriteStream, openSync, type WriteStream, writeFileSync } from 'node:fs';
import { VmError } from '../base/errors';

/** A file that a running VM writes to as it goes. It is opened at once: a wrong path is told before the VM starts. */
export class OutputFile {
  readonly #stream: WriteStream;
  #hasFailed = false;

  /** @param onError the file cannot be written any more; called once */
  constructor(
    option: string,
    file: string,
    private readonly onError: (error: VmError) => void,
  ) {
    const what = `--${option}`;
    const fd = openForWriting(what, file, 'w');
    this.#stream = createWriteStream(file, { fd });
    this.#stream.on('error', (error) => {
      if (this.#hasFailed) return;
      this.#hasFailed = true;
      this.onError(cannotWrite(what, file, error));
    });
  }

  write(bytes: Uint8Array): void {
    if (!this.#hasFailed) this.#stream.write(Buffer.from(bytes));
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#hasFailed || this.#stream.closed) return resolve();
      this.#stream.once('close', resolve);
      this.#stream.end();
    });
  }
}

/** Throws when the file cannot be written; leaves what is in it. */
export function requireWritable(option: string, file: string): void {
  closeSync(openForWriting(`--${option}`, file, 'a'));
}

/** Writes the whole file. @param what names it in the error */
export function writeWhole(what: string, file: string, bytes: Uint8Array): void {
  try {
    writeFileSync(file, bytes);
  } catch (error) {
    throw cannotWrite(what, file, error);
  }
}

function openForWriting(what: string, file: string, flags: 'w' | 'a'): number {
  try {
    return openSync(file, flags);
  } catch (error) {
    throw cannotWrite(what, file, error);
  }
}

function cannotWrite(what: string, file: string, error: unknown): VmError {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'its folder does not exist',
    EISDIR: 'it is a folder',
    EACCES: 'you may not write there',
    EROFS: 'its file system is read-only',
    ENOSPC: 'the disk is full',
  };
  const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''] ?? VmError.from(error).message;
  return new VmError('io-error', `${what} ${file}: cannot be written: ${reason}`, { path: file }, error);
}
