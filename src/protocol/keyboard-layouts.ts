/** Layouts that text can be typed with; their keys: guest/keyboard-layouts. */
export const keyboardLayoutIds = [
  'us',
  'gb',
  'de',
  'ch-de',
  'ch-fr',
  'fr',
  'be',
  'es',
  'it',
  'pt',
  'br',
  'dk',
  'no',
  'se',
  'pl',
  'jp',
] as const;

export type KeyboardLayoutId = (typeof keyboardLayoutIds)[number];

/** Longer texts take more than an hour. */
export const MAX_TYPED_LENGTH = 100_000;
