/** Patterns of names: `*` matches any characters, `?` one. Case matters. Pure. */

export function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

/**
 * True if the whole text matches. Takes at most length times length of time: patterns come from requests, and a regular expression
 * with several `*` would take much longer.
 */
export function globMatches(pattern: string, text: string): boolean {
  let at = 0;
  let next = 0;
  /** Position in the pattern after the last `*`, and how much of the text that `*` has taken. */
  let afterStar = -1;
  let taken = 0;
  while (at < text.length) {
    const char = pattern[next];
    if (char === '*') {
      next += 1;
      afterStar = next;
      taken = at;
    } else if (char === '?' || char === text[at]) {
      at += 1;
      next += 1;
    } else if (afterStar >= 0) {
      taken += 1;
      at = taken;
      next = afterStar;
    } else return false;
  }
  while (pattern[next] === '*') next += 1;
  return next === pattern.length;
}
