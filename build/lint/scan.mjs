// Just enough of TypeScript's surface to see imports and names: comments blanked, strings kept, lines unmoved.

/** The text with every comment replaced by spaces; strings, templates and regular expressions are stepped over. */
export function withoutComments(text) {
  const token =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|(?<=[=(,:[!&|?{};\n]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//g;
  return text.replace(token, (found) =>
    found.startsWith('//') || found.startsWith('/*') ? found.replace(/[^\n]/g, ' ') : found,
  );
}

/** Every module that the code names: import, export … from, import() and require(). */
export function importsOf(code) {
  const pattern =
    /\b(?:import|export)\b(?:[^'"`;()]*?\bfrom)?\s*(['"])([^'"\n]+)\1|\b(?:import|require)\s*\(\s*(['"])([^'"\n]+)\3/g;
  return [...code.matchAll(pattern)].map((match) => ({
    specifier: match[2] ?? match[4],
    line: lineAt(code, match.index),
  }));
}

export const lineAt = (text, index) => text.slice(0, index).split('\n').length;
