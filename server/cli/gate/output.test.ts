/** Output of `thermocline gate`, worked out by hand; names are hostile. */
import { expect, test } from 'vitest';
import type { Check } from './decision.ts';
import type { GateReport } from './output.ts';
import { formatReport } from './output.ts';

const slower: Check = {
  metric: 'p95',
  unit: 'ms',
  most: 0.2,
  outcome: 'worse',
  before: 84.11,
  after: 103.46,
  change: 0.23,
  low: 0.21,
  high: 0.28,
  reason: null,
};
const errors: Check = {
  metric: 'errorRate',
  unit: 'ratio',
  most: 0.005,
  outcome: 'open',
  before: 0.01,
  after: 0.012,
  change: 0.002,
  low: -0.004,
  high: 0.008,
  reason: null,
};
const init: Check = {
  ...({ metric: 'initP50', unit: 'ms', most: 0.1, outcome: 'open', before: null, after: null } as const),
  ...{ change: null, low: null, high: null, reason: 'Too few: 3 inits after.' },
};
const cost: Check = {
  ...({ metric: 'costPer1k', unit: 'USD', most: 0.1, outcome: 'fine', before: 0.0015, after: 0.0014 } as const),
  ...{ change: -0.067, low: -0.09, high: -0.04, reason: null },
};
const report: GateReport = {
  outcome: 'worse',
  checks: [slower, errors, init, cost],
  function: 'checkout',
  compared: 'version 43, 2026-11-28T14:02:00.000Z',
  reason: null,
  url: 'https://t.example/compare?function=checkout',
};
const nothing: GateReport = { ...report, outcome: 'open', checks: [], reason: 'No deployment is known', url: null };

test('text', () => {
  expect(formatReport(report, 'text')).toBe(
    [
      'Worse: checkout, version 43, 2026-11-28T14:02:00.000Z',
      '  worse Duration p95    84.1 ms → 103 ms, +23 % (95 % CI +21 % to +28 %), limit +20 %',
      '  open  Error rate      1.0 % → 1.2 %, +0.20 points (95 % CI −0.40 points to +0.80 points), limit +0.50 points: the interval reaches beyond it',
      '  open  Init p50        Too few: 3 inits after. (limit +10 %)',
      '  fine  Cost per 1,000  $0.0015 → $0.0014, −6.7 % (95 % CI −9.0 % to −4.0 %), limit +10 %',
      '  https://t.example/compare?function=checkout',
      '',
    ].join('\n'),
  );
  expect(formatReport(nothing, 'text')).toBe(
    'Not enough data yet: checkout, version 43, 2026-11-28T14:02:00.000Z\n  No deployment is known\n',
  );
});

test('JSON holds numbers, and a line break at its end', () => {
  const text = formatReport(report, 'json');
  expect(JSON.parse(text)).toEqual(report);
  expect(text.endsWith('}\n')).toBe(true);
});

test('JUnit: a case for each limit, failed or skipped with its sentence', () => {
  const text = formatReport(report, 'junit');
  expect(text.split('\n').slice(0, 4)).toEqual([
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuite name="thermocline gate checkout" tests="4" failures="1" skipped="2">',
    '  <testcase classname="thermocline gate checkout" name="Duration p95"><failure message="84.1 ms → 103 ms, +23 % (95 % CI +21 % to +28 %), limit +20 %"/></testcase>',
    expect.stringContaining('name="Error rate"><skipped message="1.0 % → 1.2 %'),
  ]);
  expect(text).toContain('  <testcase classname="thermocline gate checkout" name="Cost per 1,000"/>\n</testsuite>\n');
  expect(formatReport(nothing, 'junit')).toContain(
    'tests="1" failures="0" skipped="1">\n  <testcase classname="thermocline gate checkout" name="comparison"><skipped message="No deployment is known"/></testcase>',
  );
});

test('Markdown: a table and a link', () => {
  const text = formatReport(report, 'markdown');
  expect(text).toContain('**Worse**: checkout, version 43, 2026-11-28T14:02:00.000Z\n\n| metric | outcome |');
  expect(text).toContain(
    '| Duration p95 | worse | 84.1 ms → 103 ms, +23 % \\(95 % CI +21 % to +28 %\\), limit +20 % |',
  );
  expect(text).toContain('\n[Comparison](https://t.example/compare?function=checkout)\n');
});

test('names are text in every format', () => {
  const hostile = { ...report, function: 'a"><b>&|[x](http://e)\u001b[2J\u202e' };
  for (const format of ['text', 'junit', 'markdown'] as const)
    expect(formatReport(hostile, format)).not.toMatch(/[\u001b\u202e]/);
  expect(formatReport(hostile, 'json')).not.toContain('\u001b');
  expect(formatReport(hostile, 'junit')).toContain('name="thermocline gate a&quot;&gt;&lt;b&gt;&amp;|');
  expect(formatReport(hostile, 'markdown')).toContain('a"\\>\\<b\\>&\\|\\[x\\]\\(http://e\\)');
});
