import { randomBytes } from 'node:crypto';
import { VmError } from '../../src/base/errors';
import type { FileToken } from '../../src/protocol/app';

const MAX_TOKENS = 200;

/** Files and folders that the user picked in dialogs of this process. The window names them by tokens only. */
export class FileTokens<T> {
  readonly #values = new Map<FileToken, T>();

  add(value: T): FileToken {
    const token = randomBytes(16).toString('hex');
    this.#values.set(token, value);
    const oldest = this.#values.keys().next();
    if (this.#values.size > MAX_TOKENS && !oldest.done) this.#values.delete(oldest.value);
    return token;
  }

  /** The token that the value has already, or a new one. */
  addOnce(value: T): FileToken {
    for (const [token, known] of this.#values) if (known === value) return token;
    return this.add(value);
  }

  get(token: FileToken): T {
    const value = this.#values.get(token);
    if (value === undefined) throw new VmError('bad-argument', 'this file was not picked here; pick it again');
    return value;
  }
}
