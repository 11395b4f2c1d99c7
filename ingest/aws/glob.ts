/** Log group patterns as people write them: `*` stands for any run of characters, `/` included. */
import picomatch from 'picomatch';

export type Matcher = (name: string) => boolean;

/** Matches any of the patterns; none when there are no patterns. */
export function matcher(patterns: readonly string[]): Matcher {
  const tests = patterns.map((pattern) =>
    // bash: `*` crosses slashes, as it does in CloudWatch's own console.
    picomatch(pattern, { bash: true, dot: true, nobrace: true, noextglob: true, nonegate: true }),
  );
  return (name) => tests.some((test) => test(name));
}

/** The literal beginning of a pattern: what a service-side prefix search can use. */
export function literalPrefix(pattern: string): string {
  return pattern.slice(0, pattern.search(/[*?[\]\\]|$/));
}
