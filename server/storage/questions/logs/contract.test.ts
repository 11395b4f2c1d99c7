import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeStreams } from '../../../../ingest/decode/pipeline.ts';
import type { LogEvent } from '../../../../ingest/records/log-event.ts';
import { onBoth, queryBoth } from '../../../../test/support/contract.ts';
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

/** Of each stream, three lines of one time, and others. */
const TEXTS = [
  [0, `START RequestId: ${REQUEST} Version: 1\n`],
  [0, '{"level":"ERROR","order":{"id":42}}\n'],
  [0, 'plain Café\n'],
  [5, `2026-11-17T10:00:00.005Z\t${REQUEST}\tWARN\tslow card\n`],
  [
    9,
    `REPORT RequestId: ${REQUEST}\tDuration: 9.00 ms\tBilled Duration: 9 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`,
  ],
] as const;

const eventsOf = (hasIds: boolean): readonly LogEvent[] =>
  TEXTS.map(([at, message], n) => ({
    id: hasIds ? String((BigInt(AT + at) << 144n) + BigInt(n)) : '',
    timestampMs: AT + at,
    message,
  }));

beforeAll(async () => {
  await onBoth(async ({ store }) => {
    for (const name of NAMES) {
      for (const [at, logStream] of STREAMS.entries()) {
        const identity = { ...SCOPE, logGroup: `/aws/lambda/${name}`, logStream };
        const given = { streams: [{ identity, events: eventsOf(at === 0) }], unreadable: [], records: [], ignored: [] };
        const batch = decodeStreams(given, identity, { raw: 'all', region: '', selfLogGroups: [] });
        // Twice, as retries do.
        for (let n = 0; n < 2; n += 1) await store.write(batch, { kind: 'logs', name: 'contract' });
      }
    }
  });
});

afterAll(async () => {
  await onBoth(async ({ store }) => {
    // ClickHouse knows a function once its invocations are classified.
    await store.attribution.classifyPending();
    const found = await Promise.all(NAMES.map((name) => store.read.resolveFunction({ ...SCOPE, name })));
    expect(found.flat()).toHaveLength(NAMES.length);
    await store.deleteTelemetry({ functionIds: found.flat().map(({ functionId }) => functionId) });
  });
});

/** Number of matching lines in one stream of one function, by hand. */
test.each([
  ['', 5],
  ['card', 1],
  ['level:error', 1],
  ['level:error OR level:warn', 2],
  ['source:platform', 2],
  [`request:${REQUEST}`, 3],
  ['order.id:42', 1],
  ['order.id:>42', 0],
  ['Café', 1],
  ['-card -level:error', 3],
  ['/Duration: \\d\\.\\d+ ms/', 1],
  ['nothing', 0],
])('%s', async (text, expected) => {
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

test('pages of any size hold every line once, and cursors of one store are those of the other', async () => {
  for (const limit of [1, 3, 7]) {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await queryBoth(
        'logs',
        () => ({ ...RANGE, text: '', limit, cursor }),
        ({ lines, nextCursor }) => ({ lines, next: nextCursor }),
      );
      found.push(...page.lines.map(({ function: { name }, logStream, message }) => `${name} ${logStream} ${message}`));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(found).toHaveLength(20);
    expect(new Set(found).size).toBe(20);
  }
});
