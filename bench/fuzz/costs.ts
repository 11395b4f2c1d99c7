/** What bodies of the named kinds cost in a process that has read some of every kind, as a decode thread has that runs for long. */
import { NAMED_CASES } from './cases.ts';
import { ENTRY_POINTS } from './entry-points.ts';
import { textOf } from './genes.ts';
import { cpuOf } from './search.ts';

/** CPU time for each MB, ms. */
interface Cost {
  readonly name: string;
  /** The first body of this size, whose code may not be compiled yet. */
  readonly first: number;
  readonly median: number;
  readonly least: number;
}

/** Characters of what every kind is read of before anything is measured, and how often. */
const WARM_CHARS = 60_000;
const WARM_BODIES = 2;

/** Bodies of each kind that are measured. */
const BODIES = 5;
/** CPU time for each MB that a body should not exceed, ms. */
const MOST_MS = 60;

/** Lines with the cost of bodies of `chars` characters of each kind, the most expensive first. */
export function costReport(chars: number): readonly string[] {
  const costs = costsOf(chars).toSorted((a, b) => b.median - a.median);
  const within = (which: 'first' | 'median' | 'least'): string =>
    `${which} ${costs.filter((cost) => cost[which] <= MOST_MS).length}`;
  return [
    `CPU time, ms for each MB: the first body of its kind, the median of ${BODIES}, the least`,
    ...costs.map(
      ({ name, first, median, least }) =>
        `${[first, median, least].map((ms) => ms.toFixed(0).padStart(5)).join(' ')}  ${name}`,
    ),
    `${costs.length} kinds; within ${MOST_MS} ms for each MB: ${within('first')}, ${within('median')}, ${within('least')}`,
  ];
}

/** Measures bodies of each kind, one after the other. */
function costsOf(chars: number): readonly Cost[] {
  const kinds = NAMED_CASES.map(({ name, entryPoint, ...genes }) => {
    const found = ENTRY_POINTS.find((one) => one.name === entryPoint);
    if (found === undefined) throw new Error(`unknown entry point ${entryPoint}`);
    return { name, decode: found.decode, textOf: (n: number) => textOf({ ...genes, entryPoint: 0 }, n) };
  });
  for (let body = 0; body < WARM_BODIES; body += 1) for (const kind of kinds) kind.decode(kind.textOf(WARM_CHARS));
  return kinds.map(({ name, decode, textOf: make }) => {
    const text = make(chars);
    const costs = Array.from({ length: BODIES }, () => {
      let bytes = 0;
      const ms = cpuOf(() => {
        bytes = decode(text);
      });
      return ms / (bytes / 1e6);
    });
    const sorted = costs.toSorted((a, b) => a - b);
    const at = (index: number): number => sorted[index] ?? Number.NaN;
    return { name, first: costs[0] ?? Number.NaN, median: at(Math.floor(BODIES / 2)), least: at(0) };
  });
}
