import { describeProblems, type Problem, type ProblemCode } from '../config/problem';
import { languages } from './languages';
import { currentLanguage } from './translate';

/** By code, with `{path}` and `{message}`: the problem's own words, which are English. */
export type ProblemTexts = Readonly<Record<ProblemCode, string>>;

/** What is wrong with a configuration, in this process's language. */
export function problemText(problem: Problem): string {
  const { problems } = languages[currentLanguage()];
  if (problems === undefined) return describeProblems([problem]);
  const values: Readonly<Record<string, string>> = { path: problem.path || 'vm.json', message: problem.message };
  return problems[problem.code].replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
