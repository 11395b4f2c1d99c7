/** Expected values follow from the definitions. */
import { expect, test } from 'vitest';
import type { ReaderResult } from '../../storage/packed.ts';
import type { FoundLine } from '../../storage/ports.ts';
import { readLogNews } from '../presentation/log-news.ts';
import { logNews, MOST_NEW } from './log-news.ts';

const AT = Date.UTC(2026, 10, 20);

const line = (atMs: number, message: string, more: Partial<FoundLine> = {}): FoundLine => ({
  timestampMs: atMs,
  message,
  level: null,
  isPlatform: false,
  function: { name: 'checkout', account: '111122223333', region: 'eu-west-1' },
  logGroup: '/aws/lambda/checkout',
  logStream: 's',
  requestId: null,
  traceId: null,
  ...more,
});

const page = (lines: readonly FoundLine[]) => ({ lines, rows: lines.length }) as unknown as ReaderResult<'logs'>;

const news = (lines: readonly FoundLine[], known: readonly string[] | null) => {
  const { keys, sent, notSent, events } = readLogNews(new Uint8Array(Buffer.from(logNews(page(lines), known).body)));
  const blocks = Buffer.from(events).toString('utf8').split('\n\n').slice(0, -1);
  const messages = blocks.map((block) => {
    const data: unknown = JSON.parse(/^event: line\ndata: (.*)$/s.exec(block)?.[1] ?? '');
    return (data as { readonly message: string }).message;
  });
  return { keys, sent, notSent, messages };
};

test('of a page, what was not on the one before is sent, the oldest first', () => {
  const before = [line(AT + 1, 'b'), line(AT, 'a')];
  const { keys, sent, messages } = news(before, null);
  expect({ sent, messages }).toEqual({ sent: 0, messages: [] });
  expect(keys).toHaveLength(2);
  // One line is late.
  const after = news([line(AT + 3, 'd'), line(AT + 2, 'c'), line(AT + 1, 'b'), line(AT, 'late'), line(AT, 'a')], keys);
  expect(after).toMatchObject({ sent: 3, notSent: 0, messages: ['late', 'c', 'd'] });
  expect(news(before, keys).sent).toBe(0);
});

test('lines that are equal in everything are new as often as they are', () => {
  const one = news([line(AT, 'x')], null);
  expect(news([line(AT, 'x'), line(AT, 'x')], one.keys)).toMatchObject({ sent: 1, messages: ['x'] });
  for (const other of [{ logStream: 't' }, { logGroup: '/aws/lambda/other' }, { timestampMs: AT + 1 }])
    expect(news([line(AT, 'x', other)], one.keys).sent).toBe(1);
});

test('the newest lines are sent, and the others counted', () => {
  const lines = Array.from({ length: MOST_NEW + 5 }, (_, at) => line(AT - at, String(at)));
  const { sent, notSent, messages, keys } = news(lines, []);
  expect({ sent, notSent }).toEqual({ sent: MOST_NEW, notSent: 5 });
  expect([messages[0], messages.at(-1)]).toEqual([String(MOST_NEW - 1), '0']);
  expect(keys).toHaveLength(MOST_NEW + 5);
});

test('hostile text stays within its event', () => {
  const hostile = 'a\n\nevent: counts\ndata: {}\n\n\r\u2028\u0000<script>\u202e';
  expect(news([line(AT, hostile)], []).messages).toEqual([hostile]);
});
