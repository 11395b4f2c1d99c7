/** A row of the accuracy table. */
export interface Line {
  readonly what: string;
  /** The known value. */
  readonly truth: string;
  readonly answer: string;
  readonly error: string;
  readonly bound: string;
  readonly pass: boolean;
}

export function percent(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(digits)} %` : 'none';
}

/** An error that must not exceed its bound. */
export function atMost(what: string, truth: string, answer: string, error: number, bound: number): Line {
  return { what, truth, answer, error: percent(error), bound: `≤ ${percent(bound, 0)}`, pass: error <= bound };
}

/** A share that must reach its bound. */
export function atLeast(what: string, truth: string, share: number, n: number, bound: number): Line {
  return {
    what,
    truth,
    answer: `${percent(share)} of ${n}`,
    error: percent(Math.max(0, 1 - share)),
    bound: `≥ ${percent(bound, 0)}`,
    pass: n > 0 && share >= bound,
  };
}

/** A count that must match exactly. */
export function exactly(what: string, truth: string, answer: string): Line {
  return { what, truth, answer, error: truth === answer ? '0' : 'differs', bound: 'exact', pass: truth === answer };
}

export function quantileOfErrors(errors: readonly number[], q: number): number {
  const sorted = errors.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

export function markdown(title: string, lines: readonly Line[]): string {
  const rows = lines.map(
    (line) =>
      `| ${line.what} | ${line.truth} | ${line.answer} | ${line.error} | ${line.bound} | ${line.pass ? 'yes' : '**no**'} |`,
  );
  return [
    `## ${title}`,
    '',
    '| what | truth | answer | error | bound | pass |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
