import type { Problem } from './problem';
import { FieldReader } from './reader';

export const displayAdapters = ['std-vga'] as const;
export const displayScales = ['fit', 'pixel', 'stretch'] as const;

export type DisplayScale = (typeof displayScales)[number];

export interface DisplayConfig {
  readonly adapter: (typeof displayAdapters)[number];
  readonly vramMiB: number;
  /** How the window shows the screen: fitted to the window in its shape, one to one, or filling the window. */
  readonly scale: DisplayScale;
}

export const defaultDisplay: DisplayConfig = { adapter: 'std-vga', vramMiB: 16, scale: 'fit' };

export function readDisplay(value: unknown, path: string, problems: Problem[]): DisplayConfig {
  if (value === undefined) return defaultDisplay;
  const fields = new FieldReader(value, path, problems);
  const display: DisplayConfig = {
    adapter: fields.choice('adapter', displayAdapters, defaultDisplay.adapter),
    vramMiB: fields.integer('vramMiB', { default: defaultDisplay.vramMiB, min: 1, max: 64 }),
    scale: fields.choice('scale', displayScales, defaultDisplay.scale),
  };
  // A PCI memory BAR is a power of two in size (PCI 3.0, 6.2.5.1).
  if ((display.vramMiB & (display.vramMiB - 1)) !== 0) {
    fields.problem('vramMiB', 'bad-value', 'must be a power of two');
  }
  fields.end();
  return display;
}
