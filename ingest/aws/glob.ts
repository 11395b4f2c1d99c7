/** Log group patterns: `*` matches any characters, including `/`. */
import picomatch from 'picomatch';

export type Matcher = (name: string) => boolean;

/** Matches names against any of the patterns. An empty list matches nothing. */
export function matcher(patterns: readonly string[]): Matcher {
  const tests = patterns.map((pattern) =>
    // bash: `*` matches slashes, as in the CloudWatch console.
    picomatch(pattern, { bash: true, dot: true, nobrace: true, noextglob: true, nonegate: true }),
  );
  return (name) => tests.some((test) => test(name));
}

/** The literal prefix of a pattern, for a prefix search by the service. */
export function literalPrefix(pattern: string): string {
  return pattern.slice(0, pattern.search(/[*?[\]\\]|$/));
}
