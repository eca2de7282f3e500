/**
 * A text that a pattern of osinfo-db matches: groups take their first alternative, repetitions their least count (but one
 * where that is none and `generous`). Knows what those patterns use; the caller checks that the sample matches.
 */
export function sampleOf(pattern: string, generous: boolean): string {
  let at = 0;

  const alternatives = (): string => {
    const first = sequence();
    while (pattern[at] === '|') {
      at++;
      sequence();
    }
    return first;
  };

  const sequence = (): string => {
    let text = '';
    while (at < pattern.length && pattern[at] !== ')' && pattern[at] !== '|') text += repeated(atom());
    return text;
  };

  const atom = (): string => {
    const character = pattern[at++] as string;
    if (character === '(') {
      const isLookahead = pattern.startsWith('?!', at);
      if (pattern[at] === '?') at += 2;
      const inner = alternatives();
      at++;
      return isLookahead ? '' : inner;
    }
    if (character === '[') return characterClass();
    if (character === '\\') return escaped(pattern[at++] as string);
    if (character === '.') return 'a';
    return character === '^' || character === '$' ? '' : character;
  };

  const characterClass = (): string => {
    const isNegated = pattern[at] === '^';
    if (isNegated) at++;
    const first = pattern[at] as string;
    const end = pattern.indexOf(']', at + 1);
    const chosen = first === '\\' ? escaped(pattern[at + 1] as string) : first;
    at = end + 1;
    return isNegated ? '~' : chosen;
  };

  const repeated = (unit: string): string => {
    const mark = pattern[at];
    if (mark === '{') {
      const end = pattern.indexOf('}', at);
      const least = Number.parseInt(pattern.slice(at + 1, end), 10);
      at = end + 1;
      return unit.repeat(least);
    }
    if (mark !== '?' && mark !== '*' && mark !== '+') return unit;
    at++;
    if (pattern[at] === '?') at++;
    return mark === '+' || generous ? unit : '';
  };

  return alternatives();
}

function escaped(character: string): string {
  return ({ d: '1', D: 'a', w: 'a', s: ' ', S: 'a' } as Record<string, string>)[character] ?? character;
}
