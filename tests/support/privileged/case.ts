/** In which mode a case's code runs. 32-bit handlers record in all but `real` (16-bit) and those of long mode (64-bit). */
export type World =
  | 'real'
  | 'flat16' // CPL 0, segments of 64 KiB at 0
  | 'flat32' // CPL 0
  | 'user16'
  | 'user32' // CPL 3
  | 'v86'
  | 'long64' // CPL 0
  | 'user64'
  | 'compat0' // 32-bit code at CPL 0 of long mode
  | 'compat3';

export type Paging = 'none' | '32' | 'pae' | '4' | '5';

export interface PrivilegedCase {
  /** Unique; what the image prints before the result. */
  readonly name: string;
  /** Where the expected result comes from: a section of Intel's SDM, volume 3 where nothing else is said. */
  readonly manual: string;
  readonly world: World;
  /** None, and 4 levels in long mode, if not said. The low memory is identical and the user's where the world is; see `places.ts` for the window. */
  readonly paging?: Paging;
  /** Bits beside those that world and paging need. */
  readonly cr0?: number;
  readonly cr4?: number;
  readonly efer?: number;
  readonly flags?: number;
  /** Vectors whose handler writes a line of the log and returns. */
  readonly log?: readonly number[];
  /** Flat 32-bit code at CPL 0 before the world is entered. */
  readonly setup?: string;
  /** Begins at label `.code`; an INT3 follows at `.end`. */
  readonly code: string;
  /** Width of the handlers' stack frame where the world does not say it. */
  readonly frame?: 16 | 32 | 64;
  /** What is printed; `show.ts` lists the words. */
  readonly show?: string;
  /** The printed line; `{label}` is that label's distance from `.code`, `{=label}` its address. */
  readonly expect: string;
}

export const isLong = ({ world }: PrivilegedCase): boolean =>
  world === 'long64' || world === 'user64' || world.startsWith('compat');
export const frameBits = (item: PrivilegedCase): 16 | 32 | 64 =>
  item.frame ?? (item.world === 'real' ? 16 : isLong(item) ? 64 : 32);
export const pagingOf = (item: PrivilegedCase): Paging => item.paging ?? (isLong(item) ? '4' : 'none');
export const isUser = ({ world }: PrivilegedCase): boolean =>
  world.startsWith('user') || world === 'v86' || world === 'compat3';
