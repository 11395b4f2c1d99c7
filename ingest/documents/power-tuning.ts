/**
 * Reads results of AWS Lambda Power Tuning: the output of its state machine, alone or in `aws stepfunctions describe-execution`
 * (input and output as JSON text), the state of an execution with `stats` of every size, or the URL of its visualization
 * (`#sizes;durations;costs`: base64 of little-endian int16, float32, float32).
 */
import { functionOfArn } from '../records/arn.ts';
import type { DocumentResult } from '../records/telemetry-record.ts';
import type { TuningPoint, TuningRun } from '../records/tuning-run.ts';
import type { Json } from './json.ts';
import { booleanAt, isObject, isoMs, listAt, numberAt, objectAt, parseJson, textAt } from './json.ts';

const MAX_POINTS = 200;
const MAX_URL_CHARS = 20_000;
const MAX_INVOCATIONS = 1_000_000;
const ADDRESS = /^https?:\/\/[^\s#]{1,500}#([A-Za-z0-9+/=]{4,};[A-Za-z0-9+/=]{4,};[A-Za-z0-9+/=]{4,}(?:;\S*)?)$/;

export function looksLikeTuning(record: Json): boolean {
  const { output, state } = partsOf(record);
  return (
    (output['power'] !== undefined && output['duration'] !== undefined && output['cost'] !== undefined) ||
    (textAt(state, 'lambdaARN') !== null && (isStats(listAt(state, 'stats')) || record['executionArn'] !== undefined))
  );
}

/** Tests for text that is the URL of a visualization and nothing else. */
export function looksLikeTuningUrl(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.length <= MAX_URL_CHARS && ADDRESS.test(trimmed);
}

export function readTuning(record: Json): DocumentResult {
  const { output, state } = partsOf(record);
  const address = addressOf(output);
  const inDollars = address === null || !/[?&]currency=(?!USD)/.test(address);
  const listed = [...listAt(output, 'stats'), ...listAt(state, 'stats')].flatMap((entry) =>
    isObject(entry) ? pointOf(entry, inDollars) : [],
  );
  const points = listed.length > 0 ? listed : pointsOf(address);
  const arn = textAt(state, 'lambdaARN');
  return runOf(points, {
    ...functionAt(arn),
    atMs: startOf(record),
    invocations: invocationsOf(state),
    coldStarts: coldStartsOf(state),
    chosenMb: numberAt(output, 'power'),
  });
}

/** Not limited like other texts: a run of all sizes up to 10,240 MB has an address of 2,200 characters. */
function addressOf(output: Json): string | null {
  const address = objectAt(output, 'stateMachine')?.['visualization'];
  return typeof address === 'string' && address.length <= MAX_URL_CHARS ? address : null;
}

/** Reads the URL of a visualization. It contains nothing but the figures. */
export function readTuningUrl(text: string): DocumentResult {
  const address = text.trim();
  if ((address.split('#').at(-1) ?? '').split(';').length > 3) return { ok: false, reason: 'tuning-compares-runs' };
  return runOf(pointsOf(address), { ...NOWHERE, atMs: null, invocations: null, coldStarts: null, chosenMb: null });
}

const NOWHERE = { account: null, region: null, functionName: null };

function runOf(points: readonly TuningPoint[], rest: Omit<TuningRun, 'kind' | 'points'>): DocumentResult {
  if (points.length === 0) return { ok: false, reason: 'tuning-without-points' };
  // A size that is listed twice was measured once.
  const bySize = new Map(points.map((point) => [point.memoryMb, point]));
  const sorted = [...bySize.values()].toSorted((a, b) => a.memoryMb - b.memoryMb).slice(0, MAX_POINTS);
  return { ok: true, records: [{ kind: 'tuning-run', ...rest, points: sorted }] };
}

/**
 * The output, which may be nested under `results`, `output` or `analysis`, and the state, which begins as the input; both may be JSON
 * text.
 */
function partsOf(record: Json): { readonly output: Json; readonly state: Json } {
  const inside = embedded(record, 'output') ?? record;
  const output = objectAt(inside, 'results') ?? objectAt(inside, 'analysis') ?? inside;
  return { output, state: embedded(record, 'input') ?? record };
}

function embedded(record: Json, key: string): Json | null {
  const value = record[key];
  return typeof value === 'string' ? parseJson(value) : objectAt(record, key);
}

function isStats(entries: readonly unknown[]): boolean {
  return (
    entries.length > 0 && entries.every((entry) => !isObject(entry) || numberAt(entry, 'averageDuration') !== null)
  );
}

/** `lambdaARN` may be an ARN, `account:function:name`, or a name; each with a version or alias. */
function functionAt(arn: string | null): Pick<TuningRun, 'account' | 'region' | 'functionName'> {
  if (arn === null) return NOWHERE;
  const full = functionOfArn(arn);
  if (full !== null) return { account: full.account, region: full.region, functionName: full.name };
  const short = /^(?:(\d{12}):function:)?([\w-]{1,140})(?::[\w$-]{1,128})?$/.exec(arn);
  return short === null ? NOWHERE : { account: short[1] ?? null, region: null, functionName: short[2] ?? null };
}

/** `startDate` is an ISO time in version 2 of the CLI, and epoch seconds in version 1 and in SDKs. */
function startOf(record: Json): number | null {
  const text = textAt(record, 'startDate');
  const iso = isoMs(text);
  if (text !== null && !/^[\d.]+$/.test(text)) return iso;
  const seconds = numberAt(record, 'startDate');
  return seconds === null || seconds <= 0 || seconds > 1e11 ? null : Math.round(seconds * 1000);
}

function invocationsOf(state: Json): number | null {
  const given = numberAt(state, 'num');
  return given !== null && Number.isInteger(given) && given > 0 && given <= MAX_INVOCATIONS ? given : null;
}

/** Invocations that run at once each start an environment of their own. Power Tuning’s defaults for both settings are false. */
function coldStartsOf(state: Json): boolean | null {
  if (textAt(state, 'lambdaARN') === null) return null;
  return booleanAt(state, 'onlyColdStarts') === true || booleanAt(state, 'parallelInvocation') === true;
}

function pointOf(entry: Json, inDollars: boolean): TuningPoint[] {
  const memoryMb = numberAt(entry, 'value') ?? numberAt(entry, 'power');
  const durationMs = numberAt(entry, 'averageDuration') ?? numberAt(entry, 'duration');
  const cost = numberAt(entry, 'averagePrice') ?? numberAt(entry, 'cost');
  if (memoryMb === null || durationMs === null || cost === null) return [];
  return isPoint(memoryMb, durationMs, cost) ? [{ memoryMb, durationMs, costUsd: inDollars ? cost : null }] : [];
}

/** A duration of 0 means that Power Tuning found no REPORT line. */
function isPoint(memoryMb: number, durationMs: number, cost: number): boolean {
  return Number.isInteger(memoryMb) && memoryMb >= 64 && memoryMb <= 65_536 && durationMs > 0 && cost >= 0;
}

/** Decodes the points of a visualization URL or of its fragment. */
export function pointsOf(address: string | null): readonly TuningPoint[] {
  const [before = '', ...after] = (address ?? '').split('#');
  const inDollars = !/[?&]currency=(?!USD)/.test(before);
  const [sizes, durations, costs] = (after.at(-1) ?? before).split(';');
  const memory = bytesOf(sizes);
  const times = bytesOf(durations);
  const prices = bytesOf(costs);
  if (memory === null || times === null || prices === null) return [];
  const n = memory.byteLength >> 1;
  if (times.byteLength !== n * 4 || prices.byteLength !== n * 4) return [];
  return Array.from({ length: n }, (_, at) => ({
    memoryMb: memory.getUint16(at * 2, true),
    durationMs: times.getFloat32(at * 4, true),
    costUsd: prices.getFloat32(at * 4, true),
  }))
    .filter((point) => isPoint(point.memoryMb, point.durationMs, point.costUsd))
    .map((point) => (inDollars ? point : { ...point, costUsd: null }));
}

const DIGITS = new Map(
  [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].map((digit, at) => [digit, at]),
);

function bytesOf(base64: string | undefined): DataView | null {
  const text = (base64 ?? '').replace(/=+$/, '');
  if (text === '' || text.length > 4096) return null;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const digit of text) {
    const value = DIGITS.get(digit);
    if (value === undefined) return null;
    held = ((held << 6) | value) & 0xffffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at] = (held >> bits) & 0xff;
    at += 1;
  }
  return new DataView(bytes.buffer);
}
