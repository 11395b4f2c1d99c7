/** Pages write changes in other languages from their values: their English is the text of the API. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../../test/support/law.ts';
import type { ChangeItem } from '../../../web/i18n/change-texts.ts';
import { labelText, reasonText, summaryText } from '../../../web/i18n/change-texts.ts';
import { hoursMissing, tooEarly } from '../../analytics/compare/controls.ts';
import { changeEffect } from './change-effect.ts';
import { changeLabel } from './change-label.ts';

const METRICS = [
  ...([
    ['p50', 'ms'],
    ['p95', 'ms'],
    ['p99', 'ms'],
    ['initP50', 'ms'],
  ] as const),
  ...([
    ['errorRate', 'ratio'],
    ['coldStartRate', 'ratio'],
    ['costPer1k', 'USD'],
  ] as const),
] as const;
const verdict = fc.constantFrom('improved', 'worse', 'no-evidence', 'insufficient-data');
const change = fc.oneof(fc.constantFrom(0, 0.0004, -0.0006), fc.double({ min: -1, max: 3, noNaN: true }));
const differences = fc.subarray([...METRICS]).chain((metrics) =>
  fc.tuple(
    ...metrics.map(([metric, unit]) =>
      fc.record({
        metric: fc.constant(metric),
        unit: fc.constant(unit),
        change: fc.option(change, { freq: 5 }),
        p: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        verdict,
      }),
    ),
  ),
);

/** Controls of so many hours, and a period before with so many invocations. */
const hours = fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 2 }));

test('the effect in one line, and why it is not known yet', () => {
  law(
    fc.property(differences, verdict, hours, (found, whole, [after, n]) => {
      const [controls, before] = [{ after: Array.from({ length: after }) }, { n }] as never[] as [never, never];
      const reason = tooEarly(controls, before)?.text ?? null;
      const item = {
        differences: found,
        verdict: whole,
        reason,
        hours: hoursMissing(controls, before),
        isJudged: true,
      };
      expect(summaryText(item as never)).toBe(changeEffect(found as never, whole, item));
      if (item.hours !== null) expect(reasonText(item as never)).toBe(reason);
    }),
  );
});

const kinds = [
  'version',
  'deploy',
  'memory',
  'extensions',
  'runtime-patch',
  'architecture',
  'vpc',
  'timeout',
  'layers',
  'ephemeral-storage',
  'p95',
];
const side = fc.record(
  {
    version: fc.constantFrom('42', '$LATEST', null),
    memoryMb: fc.constantFrom(128, null),
    architecture: fc.constantFrom('arm64', null),
  },
  { requiredKeys: [] },
);

test('what changed', () => {
  law(
    fc.property(fc.subarray(kinds), side, side, (changed, before, after) => {
      const item = { kinds: changed, before, after };
      expect(labelText(item as unknown as ChangeItem)).toBe(changeLabel(item));
    }),
  );
});
