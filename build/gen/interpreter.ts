/**
 * The interpreter: one handler per row and variant, variants with the same text sharing one. The most frequent instructions stand
 * in the main loop's switch (one br_table holds about 1000 cases), the others in functions by family with a switch of their own.
 * Writes the AssemblyScript and isa/handlers.generated.ts, which tells the decoder the numbers.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as layout from '../../src/cpu/emulated/core/layout';
import type { CompiledRow } from '../../src/cpu/emulated/isa/compile';
import {
  ENVIRONMENTS,
  ENV_LONG,
  addressSizesOf,
  compileRows,
  sizesOf,
  variantOf,
} from '../../src/cpu/emulated/isa/compile';
import { ROWS } from '../../src/cpu/emulated/isa/families';
import type { Variant } from './assemblyscript-emitter';
import { AssemblyScriptEmitter } from './assemblyscript-emitter';
import { OperandTexts } from './operand-texts';

const CORE = 'src/cpu/emulated/core';
const OUT = 'build/out/gen';
const FAMILY_SHIFT = Math.log2(layout.HANDLER_FIRST_COLD);
const CASES_MAX = layout.HANDLER_FUSED_FIRST - layout.HANDLER_FIRST;

/** Rows whose handlers stand in the main loop. 16-bit forms of the commonest too: real mode lives on them. */
const HOT = new Set(
  [
    'add or adc sbb and sub xor cmp inc dec neg not test mov movzx movsx movsxd lea xchg imul push pop',
    'jmp call ret nop cbw cwd shl shr sar rol ror bt cld leave',
    'jo jno jb jae je jne jbe ja js jns jp jnp jl jge jle jg loop',
    'seto setno setb setae sete setne setbe seta sets setns setl setge setle setg',
    'cmovb cmovae cmove cmovne cmovbe cmova cmovs cmovns cmovl cmovge cmovle cmovg',
    'movaps movups movdqa movdqu movq movd pxor por pand xorps',
  ].flatMap((line) => line.split(' ')),
);

/** Instructions on registers that are joined with a conditional jump right after them: [rows, sizes, conditions]. */
const FUSED: ReadonlyArray<readonly [names: string, sizes: readonly number[], conditions: readonly number[]]> = [
  ['cmp', [8, 32, 64], [2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15]],
  ['test', [8, 32, 64], [4, 5, 8, 9, 14, 15]],
  ['sub', [32, 64], [2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15]],
  ['dec', [32, 64], [4, 5, 8, 9]],
  ['and', [32, 64], [4, 5]],
];

interface FusedHandler {
  /** The handler of the first instruction alone. */
  readonly alone: Handler;
  readonly condition: number;
  readonly body: string;
  readonly calls: ReadonlySet<string>;
  readonly number: number;
}

interface Handler {
  readonly body: string;
  readonly calls: ReadonlySet<string>;
  readonly family: string;
  readonly comment: string;
  isHot: boolean;
  number: number;
}

/** The handler of an instruction that is one hand-written function. */
function slowBody(compiled: CompiledRow, calls: Set<string>): string {
  const { slow, returnsOp, endsBlock } = compiled.row.attributes;
  const name = slow!;
  calls.add(name);
  if (returnsOp) return `GO(${name}(s, op))`;
  if (!endsBlock) return `${name}(s, op);`;
  calls.add('endBlock');
  calls.add('followingRip');
  return `store<u64>(s, followingRip(s, op), S_RIP);\n${name}(s, op);\nGO(endBlock(s, op))`;
}

function describe(variant: Variant): string {
  const { row } = variant.compiled;
  const form = variant.form === 1 ? ' memory' : '';
  return `${row.name} ${row.encoding}: ${variant.size}${form}`;
}

function bodyOf(variant: Variant): { body: string; calls: Set<string> } {
  const { compiled } = variant;
  if (compiled.row.attributes.slow !== undefined) {
    const calls = new Set<string>();
    return { body: slowBody(compiled, calls), calls };
  }
  const e = new AssemblyScriptEmitter(variant);
  try {
    compiled.row.semantics!(e, new OperandTexts(e, variant));
  } catch (error) {
    throw new Error(`${describe(variant)}: ${(error as Error).message}`);
  }
  if (compiled.row.attributes.endsBlock && !e.lines.some((line) => /GO\(|BRANCH/.test(line))) {
    e.calls.add('leaveNow');
    e.lines.push('GO(leaveNow(s, op))');
  }
  return { body: e.lines.join('\n'), calls: e.calls };
}

/** Every exported function of core/, by name: its file. */
function coreFunctions(): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (entry.name.endsWith('.ts') && !/^(layout|index)\./.test(entry.name)) {
        for (const match of readFileSync(path, 'utf8').matchAll(/^export function (\w+)/gm)) found.set(match[1]!, path);
      }
    }
  };
  visit(CORE);
  return found;
}

const CONSTANTS = Object.keys(layout).filter((name) => typeof layout[name as keyof typeof layout] === 'number');
const STATE_NAMES = [...layout.STATE_FIELDS.keys()].map((name) => `S_${name}`);

function importLines(text: string, calls: Iterable<string>, functions: ReadonlyMap<string, string>): string[] {
  const byFile = new Map<string, string[]>();
  const missing: string[] = [];
  for (const name of new Set(calls)) {
    const file = functions.get(name);
    if (file === undefined) missing.push(name);
    else byFile.set(file, [...(byFile.get(file) ?? []), name]);
  }
  if (missing.length > 0) throw new Error(`functions that core/ does not have: ${missing.sort().join(' ')}`);
  const words = new Set(text.match(/\b[A-Z][A-Z0-9_]+\b/g));
  const constants = [...CONSTANTS, ...STATE_NAMES].filter((name) => words.has(name));
  byFile.set(`${CORE}/layout.generated.ts`, constants);
  return [...byFile].map(([file, names]) => {
    const from = relative(OUT, file).replace(/\.ts$/, '');
    return `import { ${names.sort().join(', ')} } from '${from}';`;
  });
}

const indent = (text: string, by: string): string => text.replace(/^(?=.)/gm, by);

function caseText(handler: Pick<Handler, 'body' | 'comment'>, inMain: boolean, label: string): string {
  const go = inMain ? 'op = $1;\nif (op == 0) return;\ncontinue;' : 'return $1;';
  const branch = inMain ? 'break;' : 'return branchFlat(s, op, 1);';
  const next = inMain ? 'op += OP_SIZE;\ncontinue;' : 'return op + OP_SIZE;';
  const body = handler.body.replace(/GO\((.*)\)$/gm, go).replace(/\bBRANCH$/gm, branch);
  const leaves = /(^|\n)(GO\(.*\)|BRANCH)$/.test(handler.body);
  const text = leaves ? body : body === '' ? next : `${body}\n${next}`;
  return `      case ${label}: { // ${handler.comment}\n${indent(text, '        ')}\n      }`;
}

const PSEUDO = `      case HANDLER_LEAVE:
        op = leaveHere(s, op);
        if (op == 0) return;
        continue;
      case HANDLER_END:
        op = branchFlat(s, op, 0);
        if (op == 0) return;
        continue;
      case HANDLER_END_CHECKED:
        op = leaveHere(s, op);
        if (op == 0) return;
        continue;
      case HANDLER_RAISE:
        raiseDecoded(s, op);
        return;
      case HANDLER_UNIT:
        checkUnit(s, op);
        op += OP_SIZE;
        continue;
      case HANDLER_INTERCEPT:
        checkIntercept(s, op);
        op += OP_SIZE;
        continue;
      case HANDLER_CROSSING:
        op = checkCrossing(s, op);
        continue;
      case HANDLER_COMPILED:
        op = enterRegion(s, op);
        if (op == 0) return;
        continue;`;

export interface Generated {
  /** Path → text. */
  readonly files: ReadonlyMap<string, string>;
}

function collect(): { handlers: Handler[]; numbersOf: Handler[][]; rows: CompiledRow[] } {
  const rows = compileRows(ROWS);
  const byText = new Map<string, Handler>();
  const numbersOf = rows.map((compiled) => {
    const list: Handler[] = [];
    const isHotRow = HOT.has(compiled.row.name) && compiled.row.attributes.slow === undefined;
    for (const size of sizesOf(compiled.sizeRule)) {
      for (const form of compiled.forms) {
        for (const addressSize of addressSizesOf(compiled.row)) {
          for (let env = 0; env < ENVIRONMENTS; env++) {
            const variant: Variant = { compiled, size, form, addressSize, env };
            const { body, calls } = bodyOf(variant);
            let handler = byText.get(body);
            if (handler === undefined) {
              const comment = describe(variant);
              handler = { body, calls, family: compiled.row.family, comment, isHot: false, number: 0 };
              byText.set(body, handler);
            }
            if (isHotRow) handler.isHot = true;
            list.push(handler);
          }
        }
      }
    }
    return list;
  });
  return { handlers: [...byText.values()], numbersOf, rows };
}

/** Every pair of FUSED by the handler of its first instruction. */
function fuse(rows: readonly CompiledRow[], numbersOf: ReadonlyArray<readonly Handler[]>): FusedHandler[] {
  const fused: FusedHandler[] = [];
  const done = new Set<Handler>();
  rows.forEach((compiled, i) => {
    const rule = FUSED.find(([name]) => name === compiled.row.name);
    if (rule === undefined || !compiled.forms.includes(0)) return;
    for (const size of sizesOf(compiled.sizeRule)) {
      if (!rule[1].includes(size)) continue;
      const variant: Variant = { compiled, size, form: 0, addressSize: 64, env: ENV_LONG };
      const alone = numbersOf[i]![variantOf(compiled, size, 0, 64) * ENVIRONMENTS]!;
      if (done.has(alone)) continue;
      done.add(alone);
      const e = new AssemblyScriptEmitter(variant);
      compiled.row.semantics!(e, new OperandTexts(e, variant));
      for (const condition of rule[2]) {
        const text = e.directCondition(condition);
        if (text === undefined) continue;
        const jump = `op += OP_SIZE;\nif (${text}) {\n  BRANCH\n}`;
        const number = layout.HANDLER_FUSED_FIRST + fused.length;
        fused.push({ alone, condition, body: [...e.lines, jump].join('\n'), calls: e.calls, number });
      }
    }
  });
  if (fused.length > layout.HANDLER_FUSED_END - layout.HANDLER_FUSED_FIRST)
    throw new Error(`${fused.length} fused handlers`);
  return fused;
}

/** One line per row: its handlers in base 36; three per variant only where the environment matters. */
function handlersTable(
  rows: readonly CompiledRow[],
  numbersOf: ReadonlyArray<readonly Handler[]>,
  fused: readonly FusedHandler[],
): string {
  const lines = rows.map((compiled, i) => {
    const numbers = numbersOf[i]!.map((handler) => handler.number);
    const first = numbers.filter((_, k) => k % ENVIRONMENTS === 0);
    const isSame = numbers.every((number, k) => number === numbers[k - (k % ENVIRONMENTS)]);
    const text = (isSame ? first : numbers).map((number) => number.toString(36)).join(' ');
    return `  '${text}', // ${compiled.row.name} ${compiled.row.encoding}`;
  });
  return [
    '// Generated by build/gen/interpreter.ts; do not edit.',
    '',
    '/** By row: handler numbers of its variants in the order of compile.ts, base 36; once or per environment. */',
    'export const HANDLERS: readonly string[] = [',
    ...lines,
    '];',
    '',
    '/** [handler, condition of the jump that follows, handler of both]. */',
    'export const FUSED_HANDLERS: ReadonlyArray<readonly [number, number, number]> = [',
    ...fused.map(({ alone, condition, number }) => `  [${alone.number}, ${condition}, ${number}],`),
    '];',
    '',
  ].join('\n');
}

export function generateInterpreter(): Generated {
  const { handlers, numbersOf, rows } = collect();
  const functions = coreFunctions();
  const files = new Map<string, string>();
  const hot = handlers.filter((handler) => handler.isHot);
  if (hot.length > CASES_MAX) throw new Error(`${hot.length} hot handlers: more than one br_table holds`);
  hot.forEach((handler, i) => {
    handler.number = layout.HANDLER_FIRST + i;
  });

  const groups: { name: string; handlers: Handler[] }[] = [];
  for (const handler of handlers) {
    if (handler.isHot) continue;
    let group = groups.findLast((g) => g.name.startsWith(`${handler.family}_`) && g.handlers.length < 256);
    if (group === undefined) {
      const count = groups.filter((g) => g.name.startsWith(`${handler.family}_`)).length;
      group = { name: `${handler.family}_${count}`, handlers: [] };
      groups.push(group);
    }
    handler.number = ((groups.indexOf(group) + 1) << FAMILY_SHIFT) + group.handlers.length;
    group.handlers.push(handler);
  }
  if (groups.length > 62) throw new Error('more families than handler numbers');

  const fused = fuse(rows, numbersOf);
  const header = '// Generated by build/gen/interpreter.ts; do not edit.';
  for (const group of groups) {
    const cases = group.handlers.map((handler, i) => caseText(handler, false, String(i))).join('\n');
    const calls = new Set([...group.handlers.flatMap((handler) => [...handler.calls]), 'branchFlat']);
    const body = [
      `export function ${group.name}(s: usize, op: usize): usize {`,
      '    switch (<u32>load<u16>(op, OP_HANDLER) & 1023) {',
      cases,
      '    }',
      '  return op;',
      '}',
    ].join('\n');
    files.set(`${OUT}/${group.name}.ts`, [header, ...importLines(body, calls, functions), '', body, ''].join('\n'));
  }

  const mainCalls = new Set([
    ...hot.flatMap((handler) => [...handler.calls]),
    ...fused.flatMap((handler) => [...handler.calls]),
    ...[
      'leaveHere',
      'branchFlat',
      'raiseDecoded',
      'checkUnit',
      'checkIntercept',
      'checkCrossing',
      'enterRegion',
      'prepareRun',
      'stopCode',
    ],
  ]);
  const main = [
    '/** Runs the op of a handler from HANDLER_FIRST_COLD on; gives the next op, 0 to stop. */',
    'export function cold(s: usize, op: usize, handler: u32): usize {',
    `  switch ((handler >> ${FAMILY_SHIFT}) - 1) {`,
    ...groups.map((group, i) => `    case ${i}: return ${group.name}(s, op);`),
    '  }',
    '  return 0;',
    '}',
    '',
    'function interpret(s: usize, first: usize): void {',
    '  let op = first;',
    '  while (true) {',
    '    const handler = <u32>load<u16>(op, OP_HANDLER);',
    '    switch (handler) {',
    PSEUDO,
    ...hot.map((handler) => caseText(handler, true, String(handler.number))),
    ...fused.map((handler) =>
      caseText(
        { body: handler.body, comment: `${handler.alone.comment}, jump ${handler.condition}` },
        true,
        `${handler.number}`,
      ),
    ),
    '      default:',
    '        op = cold(s, op, handler);',
    '        if (op == 0) return;',
    '        continue;',
    '    }',
    '    op = branchFlat(s, op, 1);',
    '    if (op == 0) return;',
    '  }',
    '}',
    '',
    '/** Executes until COUNT == UNTIL or an earlier stop; gives RUN_*. */',
    'export function run(s: usize): u32 {',
    '  const op = prepareRun(s);',
    '  if (op != 0) interpret(s, op);',
    '  return stopCode(s);',
    '}',
  ].join('\n');
  const groupImports = groups.map((group) => `import { ${group.name} } from './${group.name}';`);
  files.set(
    `${OUT}/interpreter.ts`,
    [header, ...importLines(main, mainCalls, functions), ...groupImports, '', main, ''].join('\n'),
  );
  files.set('src/cpu/emulated/isa/handlers.generated.ts', handlersTable(rows, numbersOf, fused));
  console.error(
    `interpreter: ${handlers.length} handlers, ${hot.length} and ${fused.length} fused in the main loop, ${groups.length} groups`,
  );
  return { files };
}
