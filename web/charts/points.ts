/** Finds points of series by their place on the x axis. */

interface Point {
  readonly x: number;
  readonly y: number | null;
}

/** Index of the point nearest to `x` in points that are ordered by it; -1 without any. */
export function nearestIndex(points: readonly Point[], x: number): number {
  let low = 0;
  let high = points.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.x ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [points[low - 1], points[low]];
  if (after === undefined) return -1;
  return before !== undefined && x - before.x < after.x - x ? low - 1 : low;
}

/** All places of several series, in order, each once. */
export function placesOf(series: readonly { readonly points: readonly Point[] }[]): readonly number[] {
  return [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].toSorted((a, b) => a - b);
}

/** The place that a key leads to: from the last one where none is chosen. Null for keys that mean nothing here. */
export function steppedTo(places: readonly number[], chosen: number | null, key: string): number | null {
  const at = chosen === null ? places.length : places.findIndex((x) => x >= chosen);
  switch (key) {
    case 'ArrowLeft':
      return places[Math.max(0, at - 1)] ?? null;
    case 'ArrowRight':
      return places[Math.min(places.length - 1, at + 1)] ?? null;
    case 'Home':
      return places[0] ?? null;
    case 'End':
      return places.at(-1) ?? null;
    default:
      return null;
  }
}

/** Which points no line reaches: on both sides there is a gap or nothing. */
export function aloneIn(points: readonly Point[]): readonly boolean[] {
  const has = (at: number): boolean => (points[at]?.y ?? null) !== null;
  return points.map((_, at) => has(at) && !has(at - 1) && !has(at + 1));
}

/** Whether the bucket that begins at `x` is not over at `nowMs`. Answers begin with a whole bucket. */
export function isPartial(x: number, bucketMs: number, nowMs: number): boolean {
  return x + bucketMs > nowMs;
}

/** Round values between two positive ends, for a logarithmic axis: 1, 2 and 5 of each power of ten, or powers alone. */
export function logTicks(min: number, max: number, maxTicks: number): readonly number[] {
  const ticksOf = (steps: readonly number[]): readonly number[] => {
    const ticks: number[] = [];
    for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power += 1)
      for (const step of steps) ticks.push(Number((step * 10 ** power).toPrecision(1)));
    return ticks.filter((tick) => tick >= min && tick <= max);
  };
  if (!(min > 0) || !(max >= min)) return [];
  const [fine, middle, coarse] = [ticksOf([1, 2, 3, 5, 7]), ticksOf([1, 2, 5]), ticksOf([1])];
  if (fine.length <= maxTicks) return fine;
  return middle.length <= maxTicks ? middle : coarse;
}
