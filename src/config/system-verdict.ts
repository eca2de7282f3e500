/** What Subzero's machine lacks for a system. */
export const missingParts = ['uefi', 'tpm', 'x86-64-v3', 'memory', 'architecture', 'apple', 'not-bootable'] as const;
export type MissingPart = (typeof missingParts)[number];

/** Whether a guest system runs here, honestly. Worded by the window and the command line. */
export type SystemVerdict =
  /** Started and looked at on Subzero, in this version. */
  | { readonly kind: 'tested'; readonly version: string }
  /** What it needs is there; nobody has tried it. `unless`: a system that looks the same lacks these. */
  | { readonly kind: 'expected'; readonly unless?: { readonly name: string; readonly missing: readonly MissingPart[] } }
  /** It needs what the machine does not have. */
  | { readonly kind: 'cannot'; readonly missing: readonly MissingPart[] };
