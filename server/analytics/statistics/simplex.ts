/** Minimum of a function without derivatives: downhill simplex (Nelder and Mead 1965). */

interface Vertex {
  readonly point: readonly number[];
  readonly value: number;
}

const MOST_ROUNDS = 200;
const CLOSE_ENOUGH = 1e-4;

/** Returns the least value found from `start`, with `steps` as the size of the first simplex. */
export function leastBySimplex(
  of: (point: readonly number[]) => number,
  start: readonly number[],
  steps: readonly number[],
): Vertex {
  const vertex = (point: readonly number[]): Vertex => ({ point, value: of(point) });
  const moved = start.map((_, axis) => start.map((value, at) => (at === axis ? value + (steps[at] ?? 0) : value)));
  let simplex = [start, ...moved].map(vertex).toSorted(byValue);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const [best, worst] = [simplex[0] as Vertex, simplex.at(-1) as Vertex];
    if (worst.value - best.value < CLOSE_ENOUGH) break;
    const others = simplex.slice(0, -1);
    const centre = start.map((_, at) => others.reduce((sum, { point }) => sum + (point[at] ?? 0), 0) / others.length);
    const along = (factor: number): Vertex =>
      vertex(centre.map((value, at) => value + factor * ((worst.point[at] ?? 0) - value)));
    let next = along(-1);
    if (next.value < best.value) {
      const further = along(-2);
      if (further.value < next.value) next = further;
    } else if (next.value >= (others.at(-1) as Vertex).value) {
      next = along(next.value < worst.value ? -0.5 : 0.5);
    }
    simplex =
      next.value < worst.value
        ? [...others, next].toSorted(byValue)
        : simplex
            .map(({ point }) => vertex(point.map((value, at) => ((best.point[at] ?? 0) + value) / 2)))
            .toSorted(byValue);
  }
  return simplex[0] as Vertex;
}

function byValue(a: Vertex, b: Vertex): number {
  return a.value - b.value;
}
