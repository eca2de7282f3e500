// What users read comes from src/i18n: no key is missing, extra or unused there, and every language has the same placeholders.
import fs from 'node:fs';
import { at } from '../setup/paths.mjs';
import { listFiles } from '../setup/stamp.mjs';
import { withoutComments } from './scan.mjs';

const USERS = ['src', 'electron', 'renderer'];
const LANGUAGES = { english: 'src/i18n/english.ts', german: 'src/i18n/german.ts' };

/** The messages of a language file, which holds nothing but one exported object. */
async function messagesOf(file, name) {
  // set-up, which installs it, may not have run when this file is loaded
  const { transformSync } = await import('esbuild');
  const { code } = transformSync(fs.readFileSync(at(file), 'utf8'), { loader: 'ts', format: 'esm' });
  const module = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
  return new Map(Object.entries(module[name]));
}

const isMessages = (file) => Object.values(LANGUAGES).some((name) => file.replaceAll('\\', '/').endsWith(name));

/** Problems across all language files and everything that uses them. */
export async function messageProblems() {
  const texts = listFiles(USERS, (file) => /\.tsx?$/.test(file) && !isMessages(file)).map((file) =>
    withoutComments(fs.readFileSync(file, 'utf8')),
  );
  const english = await messagesOf(LANGUAGES.english, 'english');
  const problems = unusedKeys(english, texts).map((key) => `${LANGUAGES.english}: nothing uses '${key}'`);
  for (const [name, file] of Object.entries(LANGUAGES)) {
    if (name !== 'english') problems.push(...differences(english, await messagesOf(file, name), file));
  }
  return problems;
}

/** What a language's messages lack, have too much, or name differently. */
export function differences(english, other, file) {
  const problems = [];
  for (const [key, text] of english) {
    const translated = other.get(key);
    if (translated === undefined) problems.push(`${file}: '${key}' is missing`);
    else if (translated.trim() === '') problems.push(`${file}: '${key}' is empty`);
    else if (placeholders(translated) !== placeholders(text)) {
      problems.push(`${file}: '${key}' has the placeholders ${placeholders(translated)}, not ${placeholders(text)}`);
    }
  }
  for (const key of other.keys()) if (!english.has(key)) problems.push(`${file}: there is no message '${key}'`);
  return problems;
}

function placeholders(text) {
  const plural = /\{(\w+), plural,((?:\s*(?:=\d+|\w+) \{(?:[^{}]|\{\w+\})*\})+)\s*\}/g;
  const bodies = (cases) => [...cases.matchAll(/(?:=\d+|\w+) \{((?:[^{}]|\{\w+\})*)\}/g)].map((match) => match[1]);
  const inCases = (_whole, name, cases) => `{${name}}${bodies(cases).join('')}`;
  const names = [...text.replace(plural, inCases).matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  return `{${[...new Set(names)].sort().join('} {')}}`;
}

/** A key counts as used where it stands as a string, or where a template such as `device.${kind}` makes it. */
export function unusedKeys(messages, texts) {
  const literals = new Set();
  const patterns = new Set();
  for (const text of texts) {
    for (const [, , literal] of text.matchAll(/(['"])([a-zA-Z][\w-]*(?:\.[\w-]+)+)\1/g)) literals.add(literal);
    for (const [, template] of text.matchAll(/`([a-zA-Z][\w-]*\.[\w.-]*\$\{[^`]*)`/g)) {
      const parts = template.split(/\$\{[^}]*\}/).map((part) => part.replace(/[.*+?^$()|[\]\\{}]/g, '\\$&'));
      patterns.add(`^${parts.join('[\\w.-]+')}$`);
    }
  }
  const made = [...patterns].map((pattern) => new RegExp(pattern));
  return [...messages.keys()].filter((key) => !literals.has(key) && !made.some((pattern) => pattern.test(key)));
}
