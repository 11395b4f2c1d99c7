/** Rule files (YAML or JSON): rules, receivers, routes and inhibitions, with unit tests of rules in the style of promtool. */
import * as z from 'zod';
import { durationMs, durationText } from '../../../ingest/records/time.ts';
import { wilson } from '../../analytics/statistics/rate.ts';
import type { RuleDocument } from '../../http/contract/alert-rules.ts';
import { ruleDocument } from '../../http/contract/alert-rules.ts';
import { receiverDocument } from '../../http/contract/receivers.ts';
import { routingDocument } from '../../http/contract/routing.ts';
import { parseLocated } from '../../yaml/located-document.ts';
import { secretReference } from '../code/secret-references.ts';
import type { Instance } from '../evaluate/alert.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import { HIDDEN } from '../notify/hidden.ts';
import { routeTimeErrors, ruleErrors, ruleOf } from './documents.ts';
import { fingerprint } from './fingerprint.ts';
import type { Measured, Rule } from './rule.ts';

const labels = z.record(z.string(), z.string());
/** A secret that a file does not hold itself. */
const reference = z
  .string()
  .refine((text) => text === HIDDEN || secretReference(text) !== null, 'expected env:NAME or file:PATH')
  .nullable()
  .default(null);

const fileSchema = z.strictObject({
  rules: z.array(ruleDocument).max(1000).default([]),
  receivers: z
    .array(receiverDocument.extend({ routingKey: reference, signingSecret: reference }))
    .max(200)
    .default([]),
  routes: routingDocument.shape.routes.unwrap().optional(),
  inhibitions: routingDocument.shape.inhibitions.unwrap().optional(),
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

/** An error in a rule file. */
export interface FileError {
  /** Line of the field, from 1; null where it is not known. */
  readonly line: number | null;
  /** Path of the field, joined by dots; empty for the whole file. */
  readonly field: string;
  readonly message: string;
}

export type RuleFileResult =
  | {
      readonly ok: true;
      readonly file: RuleFile;
      /** Line of a field such as `rules.0.window`, or of the nearest one around it. */
      readonly lineOf: (field: string) => number | null;
    }
  | { readonly ok: false; readonly errors: readonly FileError[] };

/** One line for an error: `12: rules.0.window: expected …`. */
export function fileErrorText({ line, field, message }: FileError): string {
  return [...(line === null ? [] : [String(line)]), ...(field === '' ? [] : [field]), message].join(': ');
}

/** Parses a rule file. On failure, returns all errors, each with its line, the field and what was expected. */
export function readRuleFile(text: string): RuleFileResult {
  const document = parseLocated(text);
  const lineOf = (field: string): number | null =>
    document.lineOf(field === '' ? [] : field.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)));
  if (document.errors.length > 0)
    return { ok: false, errors: document.errors.map((error) => ({ ...error, field: '' })) };
  const { value } = document;
  // An empty list is a statement; a file without any is one that was not written yet.
  if (value === null || (typeof value === 'object' && Object.keys(value).length === 0))
    return {
      ok: false,
      errors: [{ line: null, field: '', message: 'expected rules, receivers, routes or inhibitions' }],
    };
  const parsed = fileSchema.safeParse(value);
  const errors = (parsed.success ? errorsIn(parsed.data) : parsed.error.issues.flatMap(errorsOf)).map((error) => ({
    line: lineOf(error.field),
    ...error,
  }));
  if (!parsed.success || errors.length > 0) return { ok: false, errors };
  return { ok: true, file: parsed.data, lineOf };
}

type FieldError = Omit<FileError, 'line'>;

/** Errors of an issue: each unknown name has its own. Of a key of a record, what is wrong with the key. */
function errorsOf(issue: z.core.$ZodIssue): readonly FieldError[] {
  const at = (...more: readonly string[]): string => [...issue.path, ...more].join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ field: at(key), message: 'unknown field' }));
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return [{ field: at(), message }];
}

/** Errors beyond the schema. */
function errorsIn({ rules, receivers, routes, tests }: RuleFile): readonly FieldError[] {
  const errors: FieldError[] = rules.flatMap((rule, at) =>
    ruleErrors(rule).map(({ field, message }) => ({ field: `rules.${at}.${field}`, message })),
  );
  for (const [kind, list] of [['rules', rules] as const, ['receivers', receivers] as const])
    for (const [at, { id }] of list.entries())
      if (list.findIndex((one) => one.id === id) < at)
        errors.push({ field: `${kind}.${at}.id`, message: `duplicate id ${id}` });
  errors.push(...routeTimeErrors(routes ?? []));
  for (const [at, test] of tests.entries()) {
    const rule = rules.find(({ id }) => id === test.rule);
    if (rule === undefined) errors.push({ field: `tests.${at}.rule`, message: `unknown rule ${test.rule}` });
    else
      for (const [time, message] of timeErrors(rule, Object.keys(test.firing)))
        errors.push({ field: `tests.${at}.firing.${time}`, message });
    for (const [index, series] of test.series.entries()) {
      const { invalid } = valuesOf(series.values);
      if (invalid !== null)
        errors.push({
          field: `tests.${at}.series.${index}.values`,
          message: `invalid value ${invalid}; expected values such as 0 1.5 _ 0x4 1+2x3`,
        });
    }
  }
  return errors;
}

/** Times at which a rule is not evaluated: what a test expects there would never be compared. */
function timeErrors(
  { evaluationInterval }: RuleDocument,
  times: readonly string[],
): readonly (readonly [time: string, message: string])[] {
  return times
    .filter((time) => durationMs(time) % durationMs(evaluationInterval) !== 0)
    .map((time) => [time, `expected a multiple of evaluationInterval (${evaluationInterval})`]);
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
