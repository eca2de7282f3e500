/** A wrong command line: exit status 2 and one line on stderr. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const EXIT_DONE = 0;
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
export const EXIT_TIMEOUT = 124;
