/** What a body may cost, as a multiple of what parsing plain JSON costs here and now: CPU time, which other processes hardly change. */
import { expect, test } from 'vitest';
import { Random } from '../../ingest/records/random.ts';
import { NAMED_CASES } from './cases.ts';
import { textOf } from './genes.ts';
import { search, steady } from './search.ts';
import { WAYS } from './ways.ts';

const CHARS = 240_000;
const TRIES = 60;
/** Parsing takes 2 to 3 ms for each MB on a processor that is not shared; caches and clocks of a busy one add to either side. */
const MOST_PLAIN = 40;
/** Counting coverage slows the decoder and not JSON.parse: open braces took 20 times the floor without it, and 54 times with it. */
const MOST_COUNTED = 100;
/** `npm test` counts coverage, `npm run check` does not. */
const MOST = process.env['THERMOCLINE_TEST_COVERAGE'] === '1' ? MOST_COUNTED : MOST_PLAIN;
/** Eight times the text: linear work takes eight times as long, quadratic work 64 times. */
const MOST_GROWTH = 30;

const PLAIN = JSON.stringify(
  Array.from({ length: 8000 }, (_, at) => ({
    id: String(at),
    timestamp: 1_795_888_751_426,
    message: `line ${at} of the application, as long as lines usually are`,
  })),
);

/** CPU time to parse 1 MB of plain log events and to look at each of their words, ms. */
function floor(): number {
  const parse = (): number =>
    (JSON.parse(PLAIN) as { readonly message: string }[]).reduce((sum, one) => sum + one.message.split(' ').length, 0);
  parse();
  return steady(parse) / (PLAIN.length / 1e6);
}

test('no text that was found costs more than its bytes', () => {
  const msPerMb = floor();
  const costs = NAMED_CASES.map(({ name, way, ...genes }) => {
    const text = textOf({ ...genes, way: 0 }, CHARS);
    const found = WAYS.find((one) => one.name === way);
    if (found === undefined) throw new Error(`unknown way ${way}`);
    const bytes = found.decode(text);
    return [name, steady(() => found.decode(text)) / (bytes / 1e6) / msPerMb] as const;
  });
  expect(costs.filter(([, times]) => times > MOST)).toEqual([]);
});

test('a short search finds no text that costs more, and none that makes the decoder throw', () => {
  const random = new Random(27);
  const { worst, crashes } = search(
    WAYS,
    () => random.next(),
    (tried) => tried < TRIES,
  );
  const msPerMb = floor();
  expect(crashes).toEqual([]);
  expect(worst.filter((one) => one.msPerMb > MOST * msPerMb || one.growth > MOST_GROWTH)).toEqual([]);
});
