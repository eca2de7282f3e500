import type { Problem } from './problem';

/** No network cards yet: the list must be empty. */
export type NetworkConfig = never;

export function readNetwork(items: { value: unknown; path: string }[], problems: Problem[]): NetworkConfig[] {
  for (const { path } of items) {
    problems.push({ path, code: 'not-supported', message: 'network cards are not supported yet' });
  }
  return [];
}
