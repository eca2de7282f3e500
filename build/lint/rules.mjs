// The project's own rules, on top of types and Biome. A rule gets a file and returns problems as `[line, text]`.
import fs from 'node:fs';
import path from 'node:path';
import { at } from '../setup/paths.mjs';
import { layerProblem, WITHOUT_HOST_MODULES, WITHOUT_HOST_TIME } from './layers.mjs';
import { importsOf, lineAt, withoutComments } from './scan.mjs';

const MAX_LINES = 800;
/** Files that may be longer, each with its reason. */
const LONG_FILES = new Map([]);

function resolveImport(file, specifier) {
  if (!specifier.startsWith('.')) return undefined;
  const target = path.posix.join(path.posix.dirname(file), specifier);
  const candidates = [target, `${target}.ts`, `${target}.tsx`, `${target}/index.ts`, `${target}/index.tsx`];
  return candidates.find((name) => fs.statSync(at(name), { throwIfNoEntry: false })?.isFile()) ?? target;
}

function layering({ file, code }) {
  return importsOf(code).flatMap(({ specifier, line }) => {
    const target = resolveImport(file, specifier);
    const problem = target && layerProblem(file, target);
    return problem ? [[line, problem]] : [];
  });
}

/** Import the file, not a folder that re-exports it. */
function noBarrels({ file, code }) {
  const problems = importsOf(code).flatMap(({ specifier, line }) => {
    const target = resolveImport(file, specifier);
    return target && /\/index\.tsx?$/.test(target) ? [[line, `import the file itself, not the barrel ${target}`]] : [];
  });
  // The AssemblyScript compiler's entry exports what the host calls; nothing imports it.
  if (file === 'src/cpu/emulated/core/index.ts') return problems;
  if (/^(src|electron|renderer)\/(.*\/)?index\.tsx?$/.test(file))
    problems.push([1, 'name the file after what it holds']);
  return problems;
}

function extensionlessImports({ file, code }) {
  if (!/\.tsx?$/.test(file)) return [];
  return importsOf(code).flatMap(({ specifier, line }) =>
    /^\..*\.(ts|tsx|js)$/.test(specifier) ? [[line, `import '${specifier}' without its extension`]] : [],
  );
}

/** Payloads between processes are cast and checked in one place per side. */
function messagesThroughRpc({ file, code }) {
  if (path.posix.basename(file) === 'rpc.ts' || !file.startsWith('electron/')) return [];
  return find(code, /\bipcMain\b|\bipcRenderer\b|\bwebContents\.send\b/g, (text) => `${text} belongs in rpc.ts`);
}

function noHostTime({ file, code }) {
  if (!WITHOUT_HOST_TIME.some((layer) => file.startsWith(`${layer}/`))) return [];
  const host =
    /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bhrtime\b|\bMath\.random\b|\bgetRandomValues\b|\brandomBytes\b/g;
  return find(code, host, (text) => `${text}: time and chance come from the guest's clock and inputs`);
}

function noHostModules({ file, code }) {
  if (!WITHOUT_HOST_MODULES.some((layer) => file.startsWith(`${layer}/`))) return [];
  return importsOf(code).flatMap(({ specifier, line }) =>
    specifier.startsWith('.') ? [] : [[line, `this layer may not import '${specifier}': hand it in`]],
  );
}

function length({ file, text }) {
  const lines = text.split('\n').length - 1;
  if (lines <= MAX_LINES || LONG_FILES.has(file) || file.endsWith('.generated.ts')) return [];
  return [[MAX_LINES, `${lines} lines; a file past ${MAX_LINES} asks for a split`]];
}

function kebabCase({ file }) {
  return /^[a-z0-9]+([.-][a-z0-9]+)*$/.test(path.posix.basename(file)) ? [] : [[1, 'file names are kebab-case']];
}

function noVagueFolders({ file }) {
  const vague = /(^|\/)(utils?|common|helpers?|misc)(\/|\.tsx?$)/.exec(file);
  return vague ? [[1, `"${vague[2]}" names nothing: say what it gives`]] : [];
}

/** What users read comes from src/i18n; Biome's noJsxLiterals sees to the text between tags. */
function translatedTexts({ file, code }) {
  const explain = (text) => `${text.trim()}: a text that users read belongs in src/i18n`;
  if (file.startsWith('renderer/') && file.endsWith('.tsx')) {
    return find(
      code,
      /\s(?:aria-label|aria-description|title|label|placeholder|alt|hint|text)="[^"]*\p{L}[^"]*"/gu,
      explain,
    );
  }
  if (!file.startsWith('electron/main/')) return [];
  return find(
    code,
    /\b(?:label|title|buttonLabel|toolTip|detail|body)\s*:\s*(['"`])(?!Subzero\1)\p{L}[^'"`\n]*\1/gu,
    explain,
  );
}

function find(code, pattern, explain) {
  return [...code.matchAll(pattern)].map((match) => [lineAt(code, match.index), explain(match[0])]);
}

const RULES = {
  ...{
    layering,
    noBarrels,
    extensionlessImports,
    messagesThroughRpc,
    noHostTime,
    noHostModules,
    length,
    kebabCase,
    noVagueFolders,
    translatedTexts,
  },
};

/** Problems of one file (relative to the clone) as `file:line rule: text`. */
export function problemsOf(file, text = fs.readFileSync(at(file), 'utf8')) {
  const source = { file, text, code: withoutComments(text) };
  return Object.entries(RULES).flatMap(([name, rule]) =>
    rule(source).map(([line, problem]) => `${file}:${line} ${name}: ${problem}`),
  );
}
