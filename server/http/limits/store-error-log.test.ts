import { afterEach, expect, test, vi } from 'vitest';
import { StoreError } from '../../storage/ports.ts';
import { StoreErrorLog } from './store-error-log.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('a flood of errors is one line at once and one a minute with their number', () => {
  vi.useFakeTimers();
  const lines: unknown[] = [];
  const log = (facts: object, text: string): void => void lines.push([text, facts]);
  const errors = new StoreErrorLog({ error: log });
  const busy = new StoreError('busy', 'Too many queries are waiting. Retry later.');
  const late = new StoreError('deadline', 'The query took longer than 30000 ms.');
  const text = 'requests were answered 503: too many queries wait';

  for (let n = 0; n < 10_000; n += 1) errors.note(busy, `/api/v1/overview?${n}`);
  expect(lines.splice(0)).toEqual([[text, { err: busy, path: '/api/v1/overview?0' }]]);
  vi.advanceTimersByTime(30_000);
  errors.note(late, '/api/v1/query');
  expect(lines.splice(0)).toEqual([['queries took too long', { err: late, path: '/api/v1/query' }]]);
  vi.advanceTimersByTime(30_000);
  expect(lines.splice(0)).toEqual([
    [text, { requests: 9999, seconds: 60, lastPath: '/api/v1/overview?9999', lastMessage: busy.message }],
  ]);
  // A minute without errors ends it: the next one is a line at once.
  vi.advanceTimersByTime(60_000);
  expect(lines).toEqual([]);
  errors.note(busy, '/api/v1/failures');
  expect(lines).toEqual([[text, { err: busy, path: '/api/v1/failures' }]]);
});
