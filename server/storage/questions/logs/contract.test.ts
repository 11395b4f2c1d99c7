import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeStreams } from '../../../../ingest/decode/pipeline.ts';
import type { LogEvent } from '../../../../ingest/records/log-event.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { onBoth, packLines, queryBoth } from '../../../../test/support/contract.ts';
import { SCOPE } from '../../../../test/support/contract-fixture.ts';

/** Of a day on which nothing else happened. */
const AT = Date.UTC(2026, 10, 17, 10);
const RANGE = { fromMs: AT - 1000, toMs: AT + 1000 };
const STREAMS = [
  '2026/11/17/[1]aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  '2026/11/17/[1]bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',
] as const;
const REQUEST = '00000000-0000-4000-8000-0000000000aa';
const NAMES = ['talker', 'listener'] as const;
/** Of another function, an hour before. */
const ALONE = '00000000-0000-4000-8000-0000000000ab';

/** Of each stream, three lines of one time, and others. */
const textsOf = (request: string): readonly (readonly [number, string])[] => [
  [0, `START RequestId: ${request} Version: 1\n`],
  [0, '{"level":"ERROR","order":{"id":42}}\n'],
  [0, 'plain Café\n'],
  [5, `2026-11-17T10:00:00.005Z\t${request}\tWARN\tslow card {"shop":{"till":7}}\n`],
  [
    9,
    `REPORT RequestId: ${request}\tDuration: 9.00 ms\tBilled Duration: 9 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`,
  ],
];

const eventsOf = (request: string, fromMs: number, hasIds: boolean): readonly LogEvent[] =>
  textsOf(request).map(([at, message], n) => ({
    id: hasIds ? String((BigInt(fromMs + at) << 144n) + BigInt(n)) : '',
    timestampMs: fromMs + at,
    message,
  }));

/** Twice, as retries do. */
async function deliver(): Promise<void> {
  for (const name of NAMES) {
    for (const [at, logStream] of STREAMS.entries()) await write(name, logStream, eventsOf(REQUEST, AT, at === 0));
  }
  await write('speaker', STREAMS[0], eventsOf(ALONE, AT - HOUR_MS, true));
}

async function write(name: string, logStream: string, events: readonly LogEvent[]): Promise<void> {
  const identity = { ...SCOPE, logGroup: `/aws/lambda/${name}`, logStream };
  const given = { streams: [{ identity, events }], unreadable: [], records: [], ignored: [] };
  const batch = decodeStreams(given, identity, { raw: 'all', region: '', selfLogGroups: [] });
  await onBoth(async ({ store }) => {
    for (let n = 0; n < 2; n += 1) await store.write(batch, { kind: 'logs', name: 'contract' });
  });
}

beforeAll(deliver);

const OWN = [...NAMES, 'speaker'];
afterAll(async () => {
  await onBoth(async ({ store }) => {
    // ClickHouse knows a function once its invocations are classified.
    await store.attribution.classifyPending();
    const found = await Promise.all(OWN.map((name) => store.read.resolveFunction({ ...SCOPE, name })));
    expect(found.flat()).toHaveLength(OWN.length);
    await store.deleteTelemetry({ functionIds: found.flat().map(({ functionId }) => functionId) });
  });
});

/** Number of matching lines in one stream of one function, by hand. */
const COUNTS = [
  ['', 5],
  ['card', 1],
  ['CARD', 1],
  ['car', 0],
  ['car*', 1],
  ['slow*', 1],
  ['"slow card"', 1],
  ['"card slow"', 0],
  ['"RequestId: 00000000-0000"', 2],
  ['"RequestId: 00000000-0000" START', 1],
  ['0000-4000-8000', 3],
  ['0000-4000-800', 0],
  ['level:error', 1],
  ['level:WARNING', 1],
  ['level:*', 2],
  ['level:>=warn', 2],
  ['level:<error', 1],
  ['level:error OR level:warn', 2],
  ['source:platform', 2],
  ['source:function', 3],
  ['stream:"2026/11/17*"', 0],
  ['stream:2026/11/17*', 5],
  ['group:/aws/lambda/* card', 1],
  [`request:${REQUEST}`, 3],
  ['request:00000000-0000-4000*', 3],
  ['request:*', 3],
  ['-request:*', 2],
  ['trace:*', 0],
  ['order.id:42', 1],
  ['order.id:4.2e1', 1],
  ['order.id:>42', 0],
  ['order.id:>=42', 1],
  ['order.id:[40 TO 50]', 1],
  ['order.id:{42 TO 50]', 0],
  ['order:*', 1],
  ['-order:*', 4],
  ['order.name:*', 0],
  // Behind what the runtime and the program write before it.
  ['shop.till:7', 1],
  ['shop.till:[5 TO 7}', 0],
  ['-shop.till:7', 4],
  ['Café', 1],
  ['café', 1],
  ['Caf', 0],
  ['Caf*', 1],
  ['plain OR (card -slow)', 1],
  ['-card -level:error', 3],
  ['-(card OR order.id:42)', 3],
  ['/Duration: \\d\\.\\d+ ms/', 1],
  ['/(?i)^PLAIN caf.\\n$/', 1],
  ['/(?i)^PLAIN caf.$/', 0],
  ['/MS.*MB/', 0],
  ['/ms.*MB/', 1],
  ['/1\\n./', 0],
  ["it's", 0],
  ['nothing', 0],
] as const;

describe.each(['as received', 'packed', 'received again'])('lines %s', (state) => {
  beforeAll(async () => {
    if (state === 'packed') await packLines();
    // Each line is stored already.
    if (state === 'received again') await deliver();
  });

  test.each(COUNTS)('%s', async (text, expected) => {
    const found = await queryBoth(
      'logs',
      () => ({ ...RANGE, text, limit: 100 }),
      ({ readBytes: _, ...page }) => page,
    );
    expect(found.lines).toHaveLength(expected * 4);
    expect(found.nextCursor).toBeNull();
    const listener = await queryBoth(
      'logs',
      () => ({ ...RANGE, text: `${text === '' ? '' : `(${text}) `}function:listener`, limit: 100 }),
      ({ lines }) => lines,
    );
    expect(listener.lines).toHaveLength(expected * 2);
  });

  test('times are from the first, and before the last', async () => {
    const times = async (fromMs: number, toMs: number): Promise<readonly number[]> => {
      const { lines } = await queryBoth(
        'logs',
        () => ({ fromMs, toMs, text: 'function:talker', limit: 100 }),
        ({ lines: all }) => all,
      );
      return [...new Set(lines.map(({ timestampMs }) => timestampMs - AT))];
    };
    expect(await times(AT, AT + 9)).toEqual([5, 0]);
    expect(await times(AT + 1, AT + 10)).toEqual([9, 5]);
    expect(await times(AT + 5.5, AT + 9.5)).toEqual([9]);
  });

  test.each(['', '-level:error', 'order.id:42 OR request:*'])(
    'pages of any size hold every line once: %s',
    async (text) => {
      const whole = await queryBoth(
        'logs',
        () => ({ ...RANGE, text, limit: 100 }),
        ({ lines }) => lines,
      );
      const isNewestFirst = whole.lines.every(
        ({ timestampMs }, at) => timestampMs <= (whole.lines[at - 1]?.timestampMs ?? AT + 9),
      );
      expect(isNewestFirst).toBe(true);
      for (const limit of [1, 3, 7]) {
        const found: unknown[] = [];
        let cursor: string | undefined;
        do {
          // Cursors of one store are those of the other.
          const page = await queryBoth(
            'logs',
            () => ({ ...RANGE, text, limit, cursor }),
            ({ lines, nextCursor }) => ({ lines, next: nextCursor }),
          );
          found.push(...page.lines);
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        expect(found).toEqual(whole.lines);
      }
    },
  );

  test('lines of selected functions', async () => {
    await onBoth(async ({ store }) => {
      // ClickHouse knows a function once its invocations are classified.
      await store.attribution.classifyPending();
      const known = await Promise.all(NAMES.map((name) => store.read.resolveFunction({ ...SCOPE, name })));
      const [talker = -1, listener = -1] = known.flat().map(({ functionId }) => functionId);
      const linesOf = async (selected: readonly number[]) => {
        const { lines } = await store.read.logs({ ...RANGE, text: '', selected, limit: 100 });
        const { bins } = await store.read.logHistogram({ ...RANGE, text: '', selected, bins: 1 });
        const counted = bins.reduce(
          (sum, bin) => sum + (bin?.errors ?? 0) + (bin?.warnings ?? 0) + (bin?.others ?? 0),
          0,
        );
        expect(counted).toBe(lines.length);
        return lines.map(({ function: owner }) => owner.name).toSorted();
      };
      // Five lines in each of two streams.
      expect(await linesOf([listener])).toEqual(Array.from({ length: 10 }, () => 'listener'));
      expect(await linesOf([talker, listener])).toHaveLength(20);
      expect(await linesOf([])).toEqual([]);
    });
  });

  test('an attempt has its lines', async () => {
    // ClickHouse knows an attempt once it is classified.
    await onBoth(({ store }) => store.attribution.classifyPending());
    const found = await queryBoth('invocation', () => ({ requestId: ALONE }));
    const texts = found?.attempts.map(({ lines }) => lines.map(({ message }) => message));
    expect(texts).toEqual([textsOf(ALONE).map(([, message]) => message)]);
  });
});

test('what is not in the language is an error in both', async () => {
  for (const text of ['(a', '/(?=a)/', 'order.id:[1 TO', '/a{1001}/'])
    await onBoth(async ({ store }) => {
      await expect(store.read.logs({ ...RANGE, text, limit: 1 })).rejects.toThrow('q: ');
    });
  await onBoth(async ({ store }) => {
    await expect(store.read.logs({ ...RANGE, text: '', limit: 1, cursor: 'x' })).rejects.toThrow('cursor: ');
  });
});
