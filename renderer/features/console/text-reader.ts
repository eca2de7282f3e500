/** What a screen reader says of a text screen that changed. Pure. */

/** Lines at most in one announcement; more are summed up by the newest. */
const MAX_LINES = 10;
/** Share of the old lines that must reappear higher up for the change to count as scrolling. */
const SCROLL_SHARE = 0.5;

/**
 * The lines to read out: those that scrolling brought in, else those whose text changed, without empty ones. The line with
 * the cursor is read only when `cursorRow` moved away from it: while somebody types, each key is not a line.
 */
export function linesToRead(
  before: readonly string[],
  after: readonly string[],
  cursorRow: number | undefined,
): string[] {
  const scrolled = scrollDistance(before, after);
  const shifted = scrolled === 0 ? before : before.slice(scrolled);
  const changed = after.filter((line, row) => line !== (shifted[row] ?? '') && line.trim() !== '' && row !== cursorRow);
  return changed.slice(-MAX_LINES).map((line) => line.trim());
}

/** How many lines the screen moved up; 0: it did not. */
function scrollDistance(before: readonly string[], after: readonly string[]): number {
  if (before.length !== after.length) return 0;
  const filled = before.filter((line) => line !== '').length;
  let best = 0;
  let bestSame = countSame(before, after, 0);
  for (let distance = 1; distance < before.length; distance++) {
    const same = countSame(before, after, distance);
    if (same > bestSame && same >= filled * SCROLL_SHARE) [best, bestSame] = [distance, same];
  }
  return best;
}

/** Filled lines that stand `distance` rows higher now. */
function countSame(before: readonly string[], after: readonly string[], distance: number): number {
  let same = 0;
  for (let row = distance; row < before.length; row++) {
    if (before[row] !== '' && before[row] === after[row - distance]) same++;
  }
  return same;
}
