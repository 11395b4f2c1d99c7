/** Rule files (YAML or JSON) with unit tests in the style of promtool. Tests run the production state machine. */
import { parseDocument } from 'yaml';
import * as z from 'zod';
import { durationMs, durationText } from '../../../ingest/records/time.ts';
import { wilson } from '../../analytics/statistics/rate.ts';
import type { RuleDocument } from '../../http/contract/alert-rules.ts';
import { ruleDocument } from '../../http/contract/alert-rules.ts';
import type { Instance } from '../evaluate/alert.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import { ruleErrors, ruleOf } from './documents.ts';
import { fingerprint } from './fingerprint.ts';
import type { Measured, Rule } from './rule.ts';

const labels = z.record(z.string(), z.string());
const fileSchema = z.strictObject({
  rules: z.array(ruleDocument).min(1).max(1000),
  tests: z
    .array(
      z.strictObject({
        rule: z.string(),
        series: z
          .array(
            z.strictObject({
              labels,
              values: z.string().max(10_000),
              n: z.number().int().min(0).default(1_000_000),
            }),
          )
          .max(1000),
        firing: z.record(
          z.string().regex(/^(?:\d+(?:ms|s|m|h|d|w))+$/, { error: 'expected times such as 5m' }),
          z.array(labels),
        ),
      }),
    )
    .default([]),
});
export type RuleFile = z.infer<typeof fileSchema>;

export type RuleFileResult =
  | { readonly ok: true; readonly file: RuleFile }
  | { readonly ok: false; readonly errors: readonly string[] };

/** Parses a rule file. On failure, returns all errors, each with the field and what was expected. */
export function readRuleFile(text: string): RuleFileResult {
  const document = parseDocument(text);
  if (document.errors.length > 0) return { ok: false, errors: document.errors.map((error) => error.message) };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    return { ok: false, errors: ['YAML aliases (*name) are not supported'] };
  }
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    return { ok: false, errors: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${messageOf(issue)}`) };
  }
  const { rules, tests } = parsed.data;
  const errors = rules.flatMap((rule, at) =>
    ruleErrors(rule).map(({ field, message }) => `rules.${at}.${field}: ${message}`),
  );
  for (const [at, { id }] of rules.entries()) {
    if (rules.findIndex((rule) => rule.id === id) < at) errors.push(`rules.${at}.id: duplicate id ${id}`);
  }
  for (const [at, test] of tests.entries()) {
    const rule = rules.find(({ id }) => id === test.rule);
    if (rule === undefined) errors.push(`tests.${at}.rule: unknown rule ${test.rule}`);
    else errors.push(...timeErrors(rule, Object.keys(test.firing)).map((error) => `tests.${at}.firing.${error}`));
    for (const [index, series] of test.series.entries()) {
      const { invalid } = valuesOf(series.values);
      if (invalid !== null)
        errors.push(
          `tests.${at}.series.${index}.values: invalid value ${invalid}; expected values such as 0 1.5 _ 0x4 1+2x3`,
        );
    }
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, file: parsed.data };
}

/** Times at which a rule is not evaluated: what a test expects there would never be compared. */
function timeErrors({ evaluationInterval }: RuleDocument, times: readonly string[]): readonly string[] {
  return times
    .filter((time) => durationMs(time) % durationMs(evaluationInterval) !== 0)
    .map((time) => `${time}: expected a multiple of evaluationInterval (${evaluationInterval})`);
}

/** The message of an issue; of a key of a record, what is wrong with the key. */
function messageOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
}

export interface RuleTestFailure {
  readonly rule: string;
  readonly at: string;
  readonly expected: string;
  readonly found: string;
}

/** Runs the tests of a rule file. Returns the failures; empty if all pass. */
export function runRuleTests({ rules, tests }: RuleFile): readonly RuleTestFailure[] {
  return tests.flatMap((test) => {
    const rule = rules.find((one) => one.id === test.rule);
    return rule === undefined ? [] : failuresOf({ ...rule, enabled: true }, test);
  });
}

function failuresOf(document: RuleDocument, { series, firing }: RuleFile['tests'][number]): readonly RuleTestFailure[] {
  const rule = ruleOf(document);
  const columns = series.map((one) => ({ ...one, values: valuesOf(one.values).values }));
  const ticks = Math.max(0, ...columns.map(({ values }) => values.length));
  const expectations = new Map(Object.entries(firing).map(([at, list]) => [durationMs(at), list]));
  const last = Math.max(ticks - 1, ...[...expectations.keys()].map((ms) => Math.ceil(ms / rule.evaluationIntervalMs)));
  const failures: RuleTestFailure[] = [];
  let known: ReadonlyMap<string, Instance> = new Map();
  for (let tick = 0; tick <= last; tick += 1) {
    const tickMs = tick * rule.evaluationIntervalMs;
    const measured = columns.flatMap((column): Measured[] => {
      const value = column.values[tick] ?? null;
      return value === null
        ? []
        : [{ labels: column.labels, value, n: column.n, interval: intervalOf(rule, value, column.n) }];
    });
    known = evaluate({ rule, unit: '', measured, known, tickMs, newId: () => String(tick) }).instances;
    const expectedLabels = expectations.get(tickMs);
    if (expectedLabels === undefined) continue;
    const found = listText(
      [...known.values()].filter(({ state }) => state.phase === 'firing').map(({ series: key }) => key),
    );
    const expected = listText(expectedLabels.map((one) => fingerprint(one)));
    if (found !== expected) failures.push({ rule: rule.id, at: durationText(tickMs), expected, found });
  }
  return failures;
}

/** Wilson interval of a rate measured over `n` samples; null if the rule does not use intervals. */
function intervalOf({ bound }: Rule, value: number, n: number): Measured['interval'] {
  if (bound === 'value' || value < 0 || value > 1) return null;
  const { low, high } = wilson(Math.round(value * n), n);
  return low === null || high === null ? null : { low, high };
}

function listText(keys: readonly string[]): string {
  return keys.length === 0 ? 'nothing' : keys.toSorted().join(' ');
}

const TOKEN = /^(?:(_)|(-?\d+(?:\.\d+)?)(?:([+-])(\d+(?:\.\d+)?))?)(?:x(\d{1,5}))?$/;

/** Parses promtool's series notation: `a`, `axn` (a and n repetitions), `a+bxn`, `_`, `_xn`. `invalid` is the first bad token. */
export function valuesOf(text: string): {
  readonly values: readonly (number | null)[];
  readonly invalid: string | null;
} {
  const values: (number | null)[] = [];
  for (const token of text.trim().split(/\s+/)) {
    const match = TOKEN.exec(token);
    if (match === null) return { values: [], invalid: token };
    const [, gap, from, sign, by, times] = match;
    const more = Number(times ?? 0);
    if (gap !== undefined) {
      // `_xn` is n gaps, unlike `axn`.
      for (let at = 0; at < Math.max(1, more); at += 1) values.push(null);
      continue;
    }
    const step = Number(by ?? 0) * (sign === '-' ? -1 : 1);
    for (let at = 0; at <= more; at += 1) values.push(Number(from) + at * step);
  }
  return { values, invalid: null };
}
