/** Maximum cost of a body, as a multiple of the CPU time that parsing plain JSON takes on the same machine. Other processes hardly affect CPU time. */
import { beforeAll, expect, test } from 'vitest';
import { readOtlp } from '../../ingest/formats/otlp/request.ts';
import { Random } from '../../ingest/records/random.ts';
import { NAMED_CASES } from './cases.ts';
import { ENTRY_POINTS } from './entry-points.ts';
import { fields, mutatedFields } from './fields.ts';
import { textOf } from './genes.ts';
import { costOfKept, cpuOf, keptText, search } from './search.ts';

const CHARS = 120_000;
const TRIES = 40;
/** Parsing takes 2 to 3 ms for each MB on a processor that is not shared; caches and clocks of a busy one add to either side. */
const MOST_PLAIN = 40;
/** Counting coverage slows the decoder and not JSON.parse: open braces took 20 times the floor without it, and 54 times with it. */
const MOST_COUNTED = 100;
/** `npm run coverage` counts it (scripts/coverage.mjs); `npm test` and `npm run check` do not. */
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

/** CPU time of plain log events before the first test, ms. Texts that are cheap by this measure are not measured again. */
let plainMs = 0;

/** Pairs of measurements before a text counts as too costly. */
const PAIRS = 6;

const parse = (): number =>
  (JSON.parse(PLAIN) as { readonly message: string }[]).reduce((sum, one) => sum + one.message.split(' ').length, 0);

/** CPU time of what `decode` does for each byte that it returns, ms. */
function perByte(decode: () => number): number {
  let bytes = 0;
  const ms = cpuOf(() => {
    bytes = decode();
  });
  return ms / bytes;
}

/**
 * Returns the cost of a byte relative to that of a byte of plain log events, which are parsed and examined word by word. `first`: the
 * cost that was already measured, ms. While the result is more than `MOST`, both are measured again, in turn, so that a busy machine
 * slows both: noise adds to a cost and takes nothing from it.
 */
function timesPlain(decode: () => number, first: number): number {
  let plain = plainMs;
  let cost = first;
  let times = (cost * PLAIN.length) / plain;
  for (let pair = 0; pair < PAIRS && times > MOST; pair++) {
    plain = Math.min(pair === 0 ? Number.POSITIVE_INFINITY : plain, cpuOf(parse), cpuOf(parse));
    cost = Math.min(cost, perByte(decode));
    times = (cost * PLAIN.length) / plain;
  }
  return times;
}

/**
 * Returns the time for eight times the text, divided by the time for the text. `first`: the growth that was already measured. It is measured
 * again while it is more than `MOST_GROWTH`.
 */
function growthOf(long: () => unknown, short: () => unknown, first: number): number {
  let longMs = Number.POSITIVE_INFINITY;
  let shortMs = Number.POSITIVE_INFINITY;
  let growth = first;
  for (let pair = 0; pair < PAIRS && growth > MOST_GROWTH; pair++) {
    longMs = Math.min(longMs, cpuOf(long));
    shortMs = Math.min(shortMs, cpuOf(short), cpuOf(short));
    growth = longMs / Math.max(0.05, shortMs);
  }
  return growth;
}

beforeAll(() => {
  for (let time = 0; time < 3; time++) parse();
  plainMs = Math.min(cpuOf(parse), cpuOf(parse), cpuOf(parse));
});

test('no known text costs more than its bytes', () => {
  const costs = NAMED_CASES.map(({ name, entryPoint, ...genes }) => {
    const text = textOf({ ...genes, entryPoint: 0 }, CHARS);
    const found = ENTRY_POINTS.find((one) => one.name === entryPoint);
    if (found === undefined) throw new Error(`unknown entry point ${entryPoint}`);
    const decode = (): number => found.decode(text);
    return [name, timesPlain(decode, perByte(decode))] as const;
  });
  expect(costs.filter(([, times]) => times > MOST)).toEqual([]);
});

test('a short search finds no text that costs more, and none that makes the decoder throw', () => {
  const random = new Random(27);
  const { worst, crashes } = search(
    ENTRY_POINTS,
    () => random.next(),
    (tried) => tried < TRIES,
  );
  expect(crashes).toEqual([]);
  const costs = worst.map(({ entryPoint, genes, msPerMb, growth: first }) => {
    const decode = ENTRY_POINTS.find((one) => one.name === entryPoint)?.decode ?? (() => 0);
    const long = textOf(genes, CHARS);
    const short = textOf(genes, CHARS / 8);
    const times = timesPlain(() => decode(long), msPerMb / 1e6);
    const growth = growthOf(
      () => decode(long),
      () => decode(short),
      first,
    );
    return { entryPoint, genes, times, growth };
  });
  expect(costs.filter(({ times, growth }) => times > MOST || growth > MOST_GROWTH)).toEqual([]);
});

test('a kept text is measured again by its format', () => {
  const text = { format: 'lines', head: '', piece: '2026-11-20T10:00:00Z START RequestId: #\n', tail: '' };
  expect(keptText(JSON.parse(JSON.stringify({ ...text, more: 1 })))).toEqual(text);
  // A few ms for each MB at least: each line is an event. Text of one long line costs next to nothing.
  expect(costOfKept(text, ENTRY_POINTS)).toBeGreaterThan(5);
  expect(costOfKept({ ...text, piece: 'x' }, ENTRY_POINTS)).toBe(0);
  expect(() => costOfKept({ ...text, format: 'none' }, ENTRY_POINTS)).toThrow('unknown format none');
  expect(() => keptText({ ...text, tail: 1 })).toThrow('expected JSON with format, head, piece and tail');
});

test('texts of protocol buffers are fields that are read, also after many changes', () => {
  const random = new Random(7);
  const next = (): number => random.next();
  let genes = fields(0, next);
  let [read, long] = [0, 0];
  for (let tried = 0; tried < 500; tried += 1) {
    genes = tried % 10 === 0 ? fields(0, next) : mutatedFields(genes, next);
    if (readOtlp(Buffer.from(textOf(genes, 2000), 'latin1'), 'traces', 'protobuf').ok) {
      read += 1;
      if (genes.piece.length > 20) long += 1;
    }
  }
  // Texts of lines are refused at their first byte, and a search among them proves nothing.
  expect(read).toBeGreaterThan(100);
  expect(long).toBeGreaterThan(20);
  expect(readOtlp(Buffer.from('REPORT RequestId: a'), 'traces', 'protobuf').ok).toBe(false);
});
