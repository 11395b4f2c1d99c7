import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeStreams } from '../../../../ingest/decode/pipeline.ts';
import { onBoth, packLines, queryBoth } from '../../../../test/support/contract.ts';
import { SCOPE } from '../../../../test/support/contract-fixture.ts';

/** Of a day on which nothing else happened. */
const AT = Date.UTC(2026, 10, 16, 10);
const REQUEST = '00000000-0000-4000-8000-0000000000ac';
const STREAM = '2026/11/16/[1]aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';

const TEXTS = [
  [0, `START RequestId: ${REQUEST} Version: 1\n`],
  [500, '[ERROR]\tcard declined\n'],
  [999, '{"level":50,"order":{"id":42}}\n'],
  [1000, '[WARNING]\tslow card\n'],
  [2500, '[INFO]\tcard\n'],
  [2500, '[INFO]\tcard\n'],
  [
    3999,
    `REPORT RequestId: ${REQUEST}\tDuration: 9.00 ms\tBilled Duration: 9 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\tStatus: timeout\t\n`,
  ],
] as const;

async function deliver(name: string, hasIds: boolean): Promise<void> {
  const events = TEXTS.map(([at, message], n) => ({
    id: hasIds ? String((BigInt(AT + at) << 144n) + BigInt(n)) : '',
    timestampMs: AT + at,
    message,
  }));
  const identity = { ...SCOPE, logGroup: `/aws/lambda/${name}`, logStream: STREAM };
  const given = { streams: [{ identity, events }], unreadable: [], records: [], ignored: [] };
  const batch = decodeStreams(given, identity, { raw: 'all', region: '', selfLogGroups: [] });
  await onBoth(async ({ store }) => {
    for (let n = 0; n < 2; n += 1) await store.write(batch, { kind: 'logs', name: 'contract' });
  });
}
const NAMES = ['counter', 'teller'];
const deliverAll = async (): Promise<void> => {
  await deliver('counter', true);
  await deliver('teller', false);
};

beforeAll(deliverAll);
afterAll(async () => {
  await onBoth(async ({ store }) => {
    await store.attribution.classifyPending();
    const found = await Promise.all(NAMES.map((name) => store.read.resolveFunction({ ...SCOPE, name })));
    await store.deleteTelemetry({ functionIds: found.flat().map(({ functionId }) => functionId) });
  });
});

/** Errors, warnings and others of each second, in one function. */
type Seconds = readonly (readonly [number, number, number])[];
const NONE = [0, 0, 0] as const;
const COUNTS: readonly (readonly [string, Seconds])[] = [
  [
    '',
    [
      [2, 0, 1],
      [0, 1, 0],
      [0, 0, 2],
      [1, 0, 0],
    ],
  ],
  ['level:error', [[2, 0, 0], NONE, NONE, [1, 0, 0]]],
  ['level:error source:platform', [NONE, NONE, NONE, [1, 0, 0]]],
  ['status:timeout', [NONE, NONE, NONE, [1, 0, 0]]],
  ['status:error', [NONE, NONE, NONE, NONE]],
  [
    '-level:error',
    [
      [0, 0, 1],
      [0, 1, 0],
      [0, 0, 2],
      [0, 0, 0],
    ],
  ],
  ['source:platform', [[0, 0, 1], NONE, NONE, [1, 0, 0]]],
  ['card', [[1, 0, 0], [0, 1, 0], [0, 0, 2], NONE]],
  ['card -slow', [[1, 0, 0], NONE, [0, 0, 2], NONE]],
  ['order.id:>=42', [[1, 0, 0], NONE, NONE, NONE]],
  [`request:${REQUEST}`, [[0, 0, 1], NONE, NONE, [1, 0, 0]]],
  ['nothing', [NONE, NONE, NONE, NONE]],
];

describe.each(['as received', 'packed', 'received again'])('lines %s', (state) => {
  beforeAll(async () => {
    if (state === 'packed') await packLines();
    if (state === 'received again') await deliverAll();
  });

  test.each(COUNTS)('%s', async (text, seconds) => {
    for (const [more, times] of [
      ['', 2],
      ['function:teller', 1],
    ] as const) {
      const found = await queryBoth(
        'logHistogram',
        () => ({
          fromMs: AT,
          toMs: AT + 4000,
          text: more === '' ? text : `(${text === '' ? '-nothing' : text}) ${more}`,
          bins: 4,
        }),
        ({ readBytes: _, stored: __, ...counts }) => counts,
      );
      expect(found).toMatchObject({ widthMs: 1000, firstMs: AT, countedFromMs: null });
      expect(found.bins.map((bin) => [bin?.errors, bin?.warnings, bin?.others])).toEqual(
        seconds.map((counts) => counts.map((n) => n * times)),
      );
    }
  });

  test('one bin, and a range within the lines', async () => {
    const { bins } = await queryBoth(
      'logHistogram',
      () => ({ fromMs: AT + 500, toMs: AT + 2500, text: 'function:counter', bins: 1 }),
      ({ readBytes: _, stored: __, ...counts }) => counts,
    );
    expect(bins).toEqual([{ errors: 2, warnings: 1, others: 0 }]);
    const whole = await queryBoth(
      'logHistogram',
      () => ({ fromMs: AT - 100_000, toMs: AT + 100_000, text: '-level:error', bins: 1 }),
      ({ readBytes: _, stored: __, ...counts }) => counts,
    );
    expect(whole.bins).toEqual([{ errors: 0, warnings: 2, others: 6 }]);
  });
});

test('a text that is not in the language is refused', async () => {
  await onBoth(async ({ store }) => {
    await expect(store.read.logHistogram({ fromMs: AT, toMs: AT + 1, text: '(a', bins: 1 })).rejects.toThrow('q: ');
  });
});
