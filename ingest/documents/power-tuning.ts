/**
 * Reads the output of AWS Lambda Power Tuning: `stats` if present, else the arrays in its visualization URL
 * (`#sizes;durations;costs`: base64 of little-endian int16, float32, float32).
 */
import type { DocumentResult } from '../records/telemetry-record.ts';
import type { TuningPoint } from '../records/tuning-run.ts';
import type { Json } from './json.ts';
import { isObject, listAt, numberAt, objectAt, textAt } from './json.ts';

const MAX_POINTS = 200;

export function looksLikeTuning(record: Json): boolean {
  const output = outputOf(record);
  return output['power'] !== undefined && output['duration'] !== undefined && output['cost'] !== undefined;
}

export function readTuning(record: Json): DocumentResult {
  const output = outputOf(record);
  const listed = listAt(output, 'stats').flatMap((entry) => (isObject(entry) ? pointOf(entry) : []));
  const address = textAt(objectAt(output, 'stateMachine'), 'visualization');
  const points = listed.length > 0 ? listed : pointsOf(address);
  if (points.length === 0) return { ok: false, reason: 'tuning-without-points' };
  return {
    ok: true,
    records: [
      {
        kind: 'tuning-run',
        functionName: null,
        chosenMb: numberAt(output, 'power'),
        points: points.toSorted((a, b) => a.memoryMb - b.memoryMb).slice(0, MAX_POINTS),
      },
    ],
  };
}

/** The state machine's output, which may be nested under `results` or `output`. */
function outputOf(record: Json): Json {
  return objectAt(record, 'results') ?? objectAt(record, 'output') ?? record;
}

function pointOf(entry: Json): TuningPoint[] {
  const memoryMb = numberAt(entry, 'value') ?? numberAt(entry, 'power');
  const durationMs = numberAt(entry, 'averageDuration') ?? numberAt(entry, 'duration');
  const costUsd = numberAt(entry, 'averagePrice') ?? numberAt(entry, 'cost');
  if (memoryMb === null || durationMs === null || costUsd === null) return [];
  return isPoint(memoryMb, durationMs, costUsd) ? [{ memoryMb, durationMs, costUsd }] : [];
}

function isPoint(memoryMb: number, durationMs: number, costUsd: number): boolean {
  return Number.isInteger(memoryMb) && memoryMb >= 64 && memoryMb <= 65_536 && durationMs >= 0 && costUsd >= 0;
}

/** Decodes the points of a visualization URL or of its fragment. */
export function pointsOf(address: string | null): readonly TuningPoint[] {
  const [sizes, durations, costs] = (address ?? '').split('#').at(-1)?.split(';') ?? [];
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
  })).filter((point) => isPoint(point.memoryMb, point.durationMs, point.costUsd));
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
