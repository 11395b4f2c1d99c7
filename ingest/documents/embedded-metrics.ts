/**
 * Metrics in lines of applications: the embedded metric format (EMF), which Powertools and aws-embedded-metrics write. Rules are those of
 * "Specification: Embedded metric format" of the CloudWatch guide; `Values` and `Counts`, as OpenTelemetry's exporter writes, are read too.
 */
import { describeAppLine, REQUEST_ID_MEMBERS } from '../lines/app-line.ts';
import type { IgnoredCounts, IgnoredReason } from '../records/ignored.ts';
import type { Dimensions, EmbeddedMetric } from '../records/metric.ts';
import { isEpochMs } from '../records/time.ts';
import type { Json } from './json.ts';
import { isObject, objectAt, parseJson, textAt } from './json.ts';
import { metricDimensions, metricName, metricUnit } from './metric-text.ts';
import { withoutNonFinite } from './non-finite.ts';

/** Every line in the format contains it, as text or as JSON within a string. */
export const EMBEDDED_MARK = '"_aws';
const MEMBER = /"_aws\\*"/;

/** Metrics of one directive, and values of one metric (the specification). */
const MOST_METRICS = 100;
const MOST_VALUES = 100;
/** Pairs of values and counts of one metric (PutMetricData). */
const MOST_PAIRS = 150;
/** Metrics times sets of dimensions of one line: each is a metric of its own. */
const MOST_SERIES = 1000;
/** Braces before a name, at which the document may begin: text before it may contain some. */
const BEGINNING = /\{\s{0,64}"/g;
const MOST_BEGINNINGS = 3;

export interface EmbeddedRead {
  /** `_aws.Timestamp`; 0 if no metric was read. */
  readonly atMs: number;
  /** As the line states it; null: it does not. */
  readonly requestId: string | null;
  readonly metrics: readonly EmbeddedMetric[];
  /** What was not read, by reason; not empty if no metric was. */
  readonly leftOut: IgnoredCounts;
}

/** Null if the line has no member `_aws`. */
export function readEmbeddedMetrics(message: string): EmbeddedRead | null {
  const mark = message.search(MEMBER);
  if (mark === -1) return null;
  const found = documentIn(message, mark);
  if (found === null) return nothing('emf-not-json');
  const { record, start } = found;
  const root = rootOf(record);
  const directives = root?.aws['CloudWatchMetrics'];
  if (root === null || !Array.isArray(directives)) return nothing('emf-without-directives');
  const atMs = root.aws['Timestamp'];
  if (typeof atMs !== 'number' || !isEpochMs(atMs)) return nothing('emf-without-time');
  const reader = new DirectiveReader(root.document);
  for (const directive of directives) reader.read(directive);
  if (reader.metrics.length === 0 && reader.leftOut.size === 0) return nothing('emf-without-directives');
  const before = start === 0 ? null : describeAppLine(message.slice(0, start)).requestId;
  const requestId = requestIdOf(record) ?? requestIdOf(root.document) ?? before;
  return { atMs: Math.trunc(atMs), requestId, metrics: reader.metrics, leftOut: [...reader.leftOut] };
}

function nothing(reason: IgnoredReason): EmbeddedRead {
  return { atMs: 0, requestId: null, metrics: [], leftOut: [[reason, 1]] };
}

/** The document of the line, after text that runtimes and loggers write before it. */
function documentIn(message: string, mark: number): { readonly record: Json; readonly start: number } | null {
  BEGINNING.lastIndex = 0;
  for (let tries = 0; tries < MOST_BEGINNINGS; tries += 1) {
    const start = BEGINNING.exec(message)?.index ?? mark;
    if (start >= mark) return null;
    const text = start === 0 ? message : message.slice(start);
    const record = parseJson(text) ?? parseJson(withoutNonFinite(text) ?? '');
    if (record !== null) return { record, start };
  }
  return null;
}

/**
 * The document is the line, or its `message` where the JSON log format of Lambda wraps what console.log was called with. CloudWatch finds
 * no metrics there: libraries write past the console since then.
 */
function rootOf(record: Json): { readonly document: Json; readonly aws: Json } | null {
  const inner = record['message'];
  const document = record['_aws'] !== undefined ? record : typeof inner === 'string' ? parseJson(inner) : inner;
  const aws = isObject(document) ? objectAt(document, '_aws') : null;
  return isObject(document) && aws !== null ? { document, aws } : null;
}

function requestIdOf(record: Json): string | null {
  for (const name of REQUEST_ID_MEMBERS) {
    const text = textAt(record, name);
    if (text !== null) return text.slice(0, 256);
  }
  return null;
}

type Values = EmbeddedMetric['values'];

class DirectiveReader {
  readonly metrics: EmbeddedMetric[] = [];
  readonly leftOut = new Map<IgnoredReason, number>();
  readonly #document: Json;
  /** Several directives may state the values of one member. */
  readonly #values = new Map<string, Values | IgnoredReason>();
  #series = 0;

  constructor(document: Json) {
    this.#document = document;
  }

  read(directive: unknown): void {
    const [namespace, definitions] = isObject(directive)
      ? [metricName(directive['Namespace']), directive['Metrics']]
      : [null, null];
    if (
      !isObject(directive) ||
      namespace === null ||
      !Array.isArray(definitions) ||
      definitions.length > MOST_METRICS
    ) {
      this.#leave('emf-directive-invalid');
      return;
    }
    const dimensionSets = this.#dimensionSets(directive['Dimensions']);
    if (dimensionSets === null) {
      this.#leave('emf-dimensions-invalid');
      return;
    }
    const known = new Set<string>();
    for (const definition of definitions) this.#metric(namespace, dimensionSets, definition, known);
  }

  #metric(namespace: string, dimensionSets: readonly Dimensions[], definition: unknown, known: Set<string>): void {
    const name = isObject(definition) ? metricName(definition['Name']) : null;
    const unit = isObject(definition) ? metricUnit(definition['Unit']) : undefined;
    if (name === null || unit === undefined) {
      this.#leave('emf-metric-invalid');
      return;
    }
    if (known.has(name)) return;
    known.add(name);
    const values = this.#values.get(name) ?? readValues(this.#document[name]);
    this.#values.set(name, values);
    if (typeof values === 'string') this.#leave(values);
    else if (this.#series + dimensionSets.length > MOST_SERIES) this.#leave('emf-too-many-series');
    else {
      this.#series += dimensionSets.length;
      this.metrics.push({ namespace, name, unit, dimensionSets, values });
    }
  }

  /** Null if a set names what the document does not have as text. Equal sets are one. */
  #dimensionSets(given: unknown): readonly Dimensions[] | null {
    if (!Array.isArray(given) || given.length === 0) return null;
    const sets = new Map<string, Dimensions>();
    for (const names of given) {
      if (!Array.isArray(names)) return null;
      const dimensions = metricDimensions(
        [...new Set<unknown>(names)].map((name) => [name, typeof name === 'string' ? this.#member(name) : null]),
      );
      if (dimensions === null) return null;
      sets.set(dimensions.map(([name]) => name).join('\n'), dimensions);
    }
    return [...sets.values()];
  }

  #member(name: string): unknown {
    return Object.hasOwn(this.#document, name) ? this.#document[name] : undefined;
  }

  #leave(reason: IgnoredReason): void {
    this.leftOut.set(reason, (this.leftOut.get(reason) ?? 0) + 1);
  }
}

const isFiniteNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** The values of a member; the reason if they cannot be read. */
function readValues(member: unknown): Values | IgnoredReason {
  if (member === undefined) return 'emf-metric-absent';
  if (isFiniteNumber(member)) return [[member, 1]];
  if (Array.isArray(member)) return member.length > MOST_VALUES ? 'emf-metric-invalid' : withWeights(member, null);
  if (!isObject(member)) return 'emf-metric-invalid';
  const { Values: values, Counts: counts = null } = member;
  if (!Array.isArray(values)) return isFiniteNumber(member['Sum']) ? 'emf-statistic-set' : 'emf-metric-invalid';
  const isPaired = counts === null || (Array.isArray(counts) && counts.length === values.length);
  return isPaired && values.length <= MOST_PAIRS ? withWeights(values, counts) : 'emf-metric-invalid';
}

function withWeights(values: readonly unknown[], counts: readonly unknown[] | null): Values | IgnoredReason {
  const read: (readonly [number, number])[] = [];
  for (const [at, value] of values.entries()) {
    const weight = counts === null ? 1 : counts[at];
    if (!isFiniteNumber(value) || !isFiniteNumber(weight) || weight < 0) return 'emf-metric-invalid';
    if (weight > 0) read.push([value, weight]);
  }
  return read.length === 0 ? 'emf-metric-absent' : read;
}
