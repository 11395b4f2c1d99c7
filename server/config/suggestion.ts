/** What a misspelt name probably means. Pure. */

/** More edits than this are another word. */
const MOST_EDITS = 3;
/** Share of the name that edits may be. */
const MOST_SHARE = 0.4;

/** The most similar name; null if none is similar. Edits are insertions, deletions, substitutions and exchanges of neighbours. */
export function similarName(name: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let fewest = Math.min(MOST_EDITS, Math.floor(name.length * MOST_SHARE)) + 1;
  for (const one of known) {
    const n = edits(name, one);
    if (n >= fewest) continue;
    fewest = n;
    best = one;
  }
  return best;
}

/** Optimal string alignment distance of two short texts. */
function edits(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const [above = 0, diagonal = 0, left = 0] = [last[j], last[j - 1], row[j - 1]];
      let least = Math.min(above + 1, left + 1, diagonal + (isSame ? 0 : 1));
      const isExchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isExchanged) least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
