/** The Prometheus text format, version 0.0.4. */
import { gzipSync } from 'node:zlib';
import { Labels, METRIC_NAME } from '../../../analytics/promql/labels.ts';
import { PromqlError } from '../../../analytics/promql/values.ts';
import { unpackedBytes } from '../../../storage/packed.ts';
import { matcherTest, PatternCount } from '../../../storage/questions/series/matchers.ts';
import type { Restriction, TagLookup } from '../../../storage/restriction.ts';
import { mayRead } from '../../../storage/restriction.ts';
import type { Family } from '../../presentation/prometheus-metrics.ts';
import { FAMILIES } from '../../presentation/prometheus-metrics.ts';
import type { Shaped } from '../shaped.ts';
import type { CountedSlice } from './counted-slices.ts';
import type { FamilyContext, Source } from './families.ts';
import { INFOS, sourcesOf } from './families.ts';
import { parseSelector } from './parse.ts';
import type { PromqlFailure } from './plan.ts';
import { failureOf } from './plan.ts';
import { numberText } from './result.ts';

export interface ExpositionForm {
  /** Of the caller; null for all functions. */
  readonly restriction: Restriction | null;
  /** Selectors of which a series passes one; all pass where there are none. */
  readonly selectors: readonly string[];
  /** Series at most. */
  readonly limit: number;
  readonly gzip: boolean;
  readonly context: FamilyContext;
}

/** Says in the answer itself that it is not complete. */
const LEFT_OUT = 'thermocline_function_series_left_out';

/** `counted`: packed {@link CountedSlice}s, in the order in which they are kept when there are too many. */
export function functionMetricsText(
  counted: Uint8Array,
  form: ExpositionForm,
): Shaped<string | Uint8Array, PromqlFailure | null> {
  try {
    const text = exposition(unpackedBytes(counted) as readonly CountedSlice[], form);
    return { body: form.gzip ? gzipSync(text, { level: 1 }) : text, meta: null };
  } catch (error) {
    if (error instanceof PromqlError) return { body: '', meta: failureOf(error) };
    throw error;
  }
}

type Line = readonly [key: string, text: string];

export function exposition(
  all: readonly CountedSlice[],
  { restriction, selectors, limit, context }: Omit<ExpositionForm, 'gzip'>,
): string {
  const patterns = new PatternCount();
  const tests = selectors.map((text) => matcherTest(parseSelector(text, patterns).matchers));
  const passes = ({ name, labels }: Source): boolean =>
    tests.length === 0 || tests.some((test) => test(Labels.of([...labels, [METRIC_NAME, name]])));
  const tagOf: TagLookup = ({ account, region, name }, key) => context.tags.get(`${account}:${region}:${name}`)?.[key];
  const families = FAMILIES.map((family: Family) => ({ family, lines: new Map<string, string>() }));
  let [written, leftOut] = [0, 0];
  for (const counted of all) {
    if (!mayRead(restriction, { ...counted.slice, name: counted.slice.function }, tagOf)) continue;
    const found = families.map(({ family, lines }) =>
      linesOf(family, counted, context, passes).filter(([key]) => !lines.has(key)),
    );
    const n = found.reduce((sum, lines) => sum + lines.length, 0);
    // All series of a version or none: histograms with half of their buckets would mislead.
    if (leftOut > 0 || written + n > limit) {
      leftOut += n;
      continue;
    }
    written += n;
    for (const [at, lines] of found.entries()) for (const [key, text] of lines) families[at]?.lines.set(key, text);
  }
  const parts = families.flatMap(({ family: { name, type, help }, lines }) =>
    lines.size === 0 ? [] : [head(name, type, help), ...lines.values()],
  );
  const end = head(LEFT_OUT, 'gauge', `Series that this answer leaves out, beyond ${limit}`);
  return `${parts.join('')}${end}${LEFT_OUT} ${leftOut}\n`;
}

function head(name: string, type: Family['type'], help: string): string {
  return `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`;
}

function linesOf(
  family: Family,
  { slice, points }: CountedSlice,
  context: FamilyContext,
  passes: (source: Source) => boolean,
): readonly Line[] {
  const point = points.at(-1);
  if (point === undefined) return [];
  return sourcesOf(family, slice, context).flatMap((source) => {
    if (!passes(source)) return [];
    const read = source.isCounter || INFOS.has(family.name) ? point.sums : point.bucket;
    const value = read === null ? null : source.read(read, point.atMs);
    if (value === null) return [];
    const key = `${source.name}{${labelsText(source.labels)}}`;
    return [[key, `${key} ${numberText(value)}\n`]];
  });
}

function labelsText(labels: Source['labels']): string {
  return labels
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
