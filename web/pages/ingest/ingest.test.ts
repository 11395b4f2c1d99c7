/** The Ingest page, worked out by hand from a fixed answer. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Ingest } from './ingest.tsx';

afterEach(restore);

const example = examples.getIngestStatus.answer;
const lagMs = { p50: 84.11, p95: 2345, p99: 12_345, n: 40 };
const show = () =>
  showPage(h(Ingest, {}), {
    search: '?from=now-7d&to=now-1d',
    answers: {
      getIngestStatus: {
        ...example,
        accepted: 1_234_567,
        duplicates: 12_345,
        ignored: 45_045,
        rejected: 2,
        lagMs,
        coverage: 0.9714,
        orphanStarts: 9999,
        databaseBytes: 18_297_344,
        sources: example.sources.map((one) => ({
          ...one,
          lastDataAt: '2026-11-28T06:00:00.000Z',
          requests: 12_345,
          events: 1_234_567,
          lagMs,
        })),
      },
    },
  });

test('each tile has its figure, unit and note', async () => {
  const { tile } = await show();
  // The page is shown at 08:00:00; the last request came at 07:57:00.
  expect(tile('State')).toEqual({ value: 'Receiving', note: 'last data 3 min ago' });
  expect(tile('Log events stored')).toEqual({ value: '1.23 M', note: '12.3 k duplicates ignored' });
  expect(tile('Ignored')).toEqual({ value: '45.0 k', note: 'well formed, not stored; reasons below' });
  expect(tile('Dead letters')).toEqual({ value: '2', note: 'could not be parsed; listed below' });
  expect(tile('Lag p50 / p99')).toEqual({ value: '84.1 ms / 12.3 s', note: 'from event to receipt' });
  // 18,297,344 / 1,048,576 = 17.45
  expect(tile('Coverage')).toEqual({ value: '97 %', note: '9,999 START without REPORT · 17.4 MiB on disk' });
});

test('sources and reasons', async () => {
  const { table, section } = await show();
  expect(table('Sources')).toEqual([
    ['Source', 'Last request', 'Last data', 'Requests', 'Events', 'Rejected', 'Lag p50 / p99'],
    ['logs /aws/lambda/checkout', '3 min ago', '2 h ago', '12.3 k', '1.23 M', '1', '84.1 ms / 12.3 s'],
  ]);
  expect(section('Ignored')).toBe('Ignored 45.0 k END lines: the REPORT line says the same and more');
});
