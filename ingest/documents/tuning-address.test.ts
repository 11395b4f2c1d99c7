/** Addresses of a visualization of AWS Lambda Power Tuning: `#sizes;durations;costs`. The example is that of its README. */
import { expect, test } from 'vitest';
import type { Json } from './json.ts';
import { looksLikeTuningUrl, pointsOf, readTuning, readTuningUrl } from './power-tuning.ts';

const EXAMPLE_URL =
  'https://lambda-power-tuning.show/#gAAAAQACAAQABsAL;ZooQR4yvkUa/pQRGRC5zRaADHUVjOftE;QdWhOEMkoziDT5Q4xhiIOMYYiDi6RNc4';
const [EXAMPLE = ''] = EXAMPLE_URL.split('#').slice(1);

/** The output of the state machine, with the address and the statistics of one size. */
function outputAt(
  visualization: string,
  stats: object[] = [{ value: 128, averagePrice: 1e-6, averageDuration: 1 }],
): Json {
  return { power: 128, cost: 1e-6, duration: 1, stateMachine: { visualization }, stats };
}

test.each([
  ['?currency=USD', true],
  ['?a=b&currency=USD', true],
  ['?mycurrency=CNY', true],
  ['?currency=CNY', false],
  ['?a=b&currency=CNY', false],
])('an address with %s is in dollars: %s', (query, inDollars) => {
  const address = `https://lambda-power-tuning.show/${query}#${EXAMPLE}`;
  expect(pointsOf(address).every(({ costUsd }) => (costUsd !== null) === inDollars)).toBe(true);
  expect(readTuning(outputAt(address))).toMatchObject({
    records: [{ points: [{ costUsd: inDollars ? 1e-6 : null }] }],
  });
  // The statistics are in the currency of the address.
  expect(readTuning(outputAt(address, []))).toMatchObject({ records: [{ points: pointsOf(address) }] });
});

test('a fragment alone, and the last of several, have the figures', () => {
  const points = pointsOf(EXAMPLE_URL);
  expect(points).toHaveLength(6);
  expect(pointsOf(EXAMPLE)).toEqual(points);
  expect(pointsOf(`https://example.com/#page#${EXAMPLE}`)).toEqual(points);
  expect(pointsOf(EXAMPLE.replace(';', '==;'))).toEqual(points);
});

const [SIZES = '', TIMES = '', PRICES = ''] = EXAMPLE.split(';');

test.each([
  ['nothing', null],
  ['no prices', `${SIZES};${TIMES}`],
  ['an empty list', `;${TIMES};${PRICES}`],
  ['fewer times than sizes', `${SIZES};${TIMES.slice(0, 16)};${PRICES}`],
  ['fewer prices than sizes', `${SIZES};${TIMES};${PRICES.slice(0, 16)}`],
  ['another digit', `${SIZES};${TIMES.replace('Z', '-')};${PRICES}`],
  ['padding inside', `${SIZES.slice(0, 4)}=${SIZES.slice(4)};${TIMES};${PRICES}`],
])('%s: no figures', (_, address) => {
  expect(pointsOf(address)).toEqual([]);
});

test('a list has at most 4,096 digits', () => {
  // 768 numbers of four bytes; 1,536 bytes of sizes.
  const of = (n: number): string => {
    const floats = Buffer.from(new Float32Array(n).fill(1).buffer).toString('base64');
    return `${Buffer.from(new Uint16Array(n).fill(128).buffer).toString('base64')};${floats};${floats}`;
  };
  expect(
    of(768)
      .split(';')
      .map((list) => list.length),
  ).toEqual([2048, 4096, 4096]);
  expect(pointsOf(of(768))).toHaveLength(768);
  expect(pointsOf(of(769))).toEqual([]);
});

test('addresses of up to 20,000 characters, with a host, and three lists', () => {
  const long = (chars: number): string => EXAMPLE_URL.replace(EXAMPLE, `${EXAMPLE};`).padEnd(chars, 'x');
  expect(looksLikeTuningUrl(long(20_000))).toBe(true);
  expect(looksLikeTuningUrl(long(20_001))).toBe(false);
  for (const address of [
    'https://#AAAA;AAAA;AAAA',
    'https://a/#AAAA;AAAA',
    'https://a/#AAA;AAAA;AAAA',
    'https://a/#AAAA;AAAA;AAA',
    'https://a/#AAAA;AAA-;AAAA',
    'https://a b/#AAAA;AAAA;AAAA',
    'ftp://a/#AAAA;AAAA;AAAA',
    `https://${'a'.repeat(501)}#AAAA;AAAA;AAAA`,
  ])
    expect([address, looksLikeTuningUrl(address)]).toEqual([address, false]);
  expect(looksLikeTuningUrl(`https://${'a'.repeat(500)}#AAAA;AAAA;AAAA`)).toBe(true);
  const visualization = EXAMPLE_URL.replace('/#', `/?${'x'.repeat(20_001 - EXAMPLE_URL.length - 1)}#`);
  expect(visualization).toHaveLength(20_001);
  const at = (address: string) => readTuning(outputAt(address, []));
  expect(at(visualization)).toEqual({ ok: false, reason: 'tuning-without-points' });
  expect(at(visualization.replace('?x', '?'))).toMatchObject({ ok: true });
});

test('an address alone names no function; one of two runs is refused', () => {
  expect(readTuningUrl(`  ${EXAMPLE_URL}\n`)).toMatchObject({
    records: [
      {
        account: null,
        region: null,
        functionName: null,
        atMs: null,
        invocations: null,
        coldStarts: null,
        chosenMb: null,
      },
    ],
  });
  expect(readTuningUrl(`${EXAMPLE_URL};`)).toEqual({ ok: false, reason: 'tuning-compares-runs' });
});
