/** Every number on the page of a function is one of the API's answers, in its unit, and chart points are its data. */
import { afterEach, describe, expect, test } from 'vitest';
import { byteSize, chosenLength, duration, fixed, significant } from '../../../ingest/text/quantities.ts';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import { FUNCTION_ID, showTabOf } from '../../../test/support/show-function.ts';
import type { Answers } from '../../../test/support/show-page.ts';
import { restore } from '../../../test/support/show-page.ts';
import { figuresIn, formsOf, otherNumbers, unknownFigures } from '../../../test/support/shown-figures.ts';
import texts from '../../i18n/catalogues/ja/function.json' with { type: 'json' };
import shared from '../../i18n/catalogues/ja/shared.json' with { type: 'json' };
import { FunctionPage } from './function.tsx';

afterEach(restore);

const show = showTabOf(FunctionPage);

/** Each tab with what it asks for; names of numbers that are counts of parts, and texts of the page that have numbers. */
const TABS = [
  ['cold-starts', ['getFunctionColdStarts']],
  ['environments', ['getFunctionEnvironments']],
  ['keep-alive', ['getFunctionKeepAlive']],
  ['provisioned', ['getFunctionProvisionedConcurrency']],
  ['memory', ['getFunctionMemory', 'getFunctionManagedInstances']],
  ['network', ['getFunctionNetwork']],
  ['metrics', ['getPlatformMetrics', 'listMetrics', 'getMetricPoints']],
  ['failures', ['getFunctionFailures', 'listErrors']],
  ['changes', ['listChanges']],
  ['load-tests', ['listLoadTests', 'compareLoadTests']],
  ['invocations', ['listInvocations']],
  ['tenants', ['getFunctionTenants']],
  ['executions', ['getFunctionExecutions']],
  ['responses', ['getFunctionResponses']],
] as const satisfies readonly (readonly [string, readonly (keyof Answers)[]])[];

function stringsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value.replaceAll(/\s+/g, ' ').trim()];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}

function numbersOf(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersOf) : [];
}

/** Cold starts whose cause is not determined yet: all but those that are judged. */
function notAttributed({ getFunctionColdStarts: answer }: Answers): string {
  if (answer === undefined) return '';
  return String(answer.byKind.reduce((sum, { n }) => sum + n, 0) - answer.judged);
}

/** Figures of the texts themselves, such as `95 %`. */
const TEXT_FIGURES = Object.keys({ ...shared, ...texts }).flatMap((text) => figuresIn(text));

/** Choices, ticks and parts of ids that the page has itself. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  // The length of the range, and the hours of the schedule.
  provisioned: ['7.00 days', ...Array.from({ length: 25 }, (_, hour) => String(hour).padStart(2, '0'))],
  // What the commit of a deployment begins with.
  changes: ['9'],
  memory: ['0 %', '5.0 %', '10 %', '20 %', '50 %', '100 %'],
};

/** Forms that only this page has: sizes of bytes, decimals, ranges whose unit is written once, shares with four digits. */
function otherForms(value: unknown): readonly string[] {
  if (typeof value === 'number')
    return [
      ...[byteSize(value).split(' ')[0] ?? '', duration(value).split(' ')[0] ?? '', chosenLength(value)],
      ...[fixed(value, 1), `${fixed(value, 1)} MB`, `+${fixed(value, 1)} MB`, `${significant(value * 100, 4)} %`],
    ];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(otherForms) : [];
}

async function shown(tab: string, ids: readonly (keyof Answers)[], seed: number) {
  const answers = Object.fromEntries(ids.map((id) => [id, otherNumbers(examples[id].answer, seed)])) as Answers;
  const facts = otherNumbers(examples.getFunction.answer, seed + 100);
  const page = await show(tab, { answers, facts: { ...facts, id: FUNCTION_ID, features: [] } });
  return { page, given: [answers, facts] as const };
}

describe.each([1, 2, 3, 4])('answers of seed %d', (seed) => {
  test.each(TABS)('the tab %s has no number from elsewhere', async (tab, ids) => {
    const { page, given } = await shown(tab, ids, seed);
    const text = page.readable.join('\n').replaceAll('updated 0 s ago', '');
    expect(figuresIn(text).length).toBeGreaterThan(5);
    const strings = stringsOf(given);
    // Ids are shown whole or by their first 13 characters.
    const known = strings
      .filter((one) => /[A-Za-z-]/.test(one) && /\d/.test(one))
      .flatMap((one) => [one, one.slice(0, 13)]);
    const own = [...strings, ...TEXT_FIGURES, ...(OWN[tab] ?? []), notAttributed(given[0])];
    const forms = new Set([...formsOf(...given), ...otherForms(given), ...own]);
    expect(unknownFigures(text, forms, known)).toEqual([]);
  });

  test.each(TABS)('charts of the tab %s have the points of the data', async (tab, ids) => {
    const { page, given } = await shown(tab, ids, seed);
    const numbers = new Set(given.flatMap(numbersOf));
    const times = new Set(stringsOf(given).map((one) => Date.parse(one)));
    for (const [label, { series, axis }] of page.charts) {
      if (label === 'Init duration') continue;
      // Half of the environments are left at the median.
      for (const { points, band } of series.filter((one) => one.label !== 'median')) {
        expect(
          points.filter(({ y }) => y !== null && !numbers.has(y)),
          `${label}: heights`,
        ).toEqual([]);
        const isPlace = (x: number): boolean => (axis === 'time' ? times : numbers).has(x);
        expect(
          points.filter(({ x }) => !isPlace(x)),
          `${label}: places`,
        ).toEqual([]);
        const bounds = (band ?? []).flatMap(({ low, high }) => [low, high]);
        expect(
          bounds.filter((bound) => bound !== null && !numbers.has(bound)),
          `${label}: bounds`,
        ).toEqual([]);
      }
    }
  });

  test('bars of inits have all inits of their bins', async () => {
    const { page, given } = await shown('cold-starts', ['getFunctionColdStarts'], seed);
    const bars = page.charts.get('Init duration')?.series[0]?.points ?? [];
    const { initHistogram } = (given[0] as Required<Pick<Answers, 'getFunctionColdStarts'>>).getFunctionColdStarts;
    const total = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0);
    expect(total(bars.map(({ y }) => y ?? 0))).toBe(total(initHistogram.map(({ n }) => n)));
    expect(bars.every(({ x }) => initHistogram.some(({ upToMs }) => upToMs === x))).toBe(true);
  });
});
