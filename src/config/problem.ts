export type ProblemCode =
  | 'missing'
  | 'unknown-field'
  | 'wrong-type'
  | 'out-of-range'
  | 'bad-value'
  | 'bad-path'
  | 'too-long'
  | 'too-many'
  | 'duplicate'
  | 'conflict'
  | 'not-supported'
  | 'newer-schema';

/** One thing wrong with a configuration. `path` is as in JavaScript: 'disks[0].file'; '' is the whole. */
export type Problem = { readonly path: string; readonly code: ProblemCode; readonly message: string };

export function describeProblems(problems: readonly Problem[]): string {
  return problems.map((p) => (p.path === '' ? p.message : `${p.path}: ${p.message}`)).join('; ');
}
