/** The part of a batch that is about one function. */
import { functionOfArn } from '../../../../ingest/records/arn.ts';
import type { Batch } from '../../../../ingest/records/batch.ts';
import { functionOfMetric } from '../../../../ingest/records/metric-function.ts';
import type { TelemetryEntry } from '../../../../ingest/records/telemetry-entry.ts';
import { selectRows } from '../../select-rows.ts';

/** Names of the functions in a batch, each once. */
export function namesIn(batch: Batch): readonly string[] {
  const names = new Set(batch.streams.map(({ functionName }) => functionName));
  for (const entry of batch.records) {
    const name = nameOf(entry);
    if (name !== null) names.add(name);
  }
  return [...names];
}

/** Returns whether the record belongs to a function. */
export function isNamed(entry: TelemetryEntry): boolean {
  return nameOf(entry) !== null;
}

/** The parts of the batch about functions with this name. Dead letters and counts are left out. */
export function batchOf(batch: Batch, name: string): Batch {
  const numbers = new Map<number, number>();
  const streams = batch.streams.filter((header, at) => {
    if (header.functionName !== name) return false;
    numbers.set(at, numbers.size);
    return true;
  });
  const groups = new Set(streams.map(({ account, region, logGroup }) => `${account}\n${region}\n${logGroup}`));
  const own = <T extends { readonly stream: number }>(events: readonly T[]): readonly T[] =>
    events.flatMap((event) => {
      const stream = numbers.get(event.stream);
      return stream === undefined ? [] : [{ ...event, stream }];
    });
  return {
    ...batch,
    streams,
    invocations:
      numbers.size === batch.streams.length
        ? batch.invocations
        : selectRows(batch.invocations, (_, stream) => numbers.get(stream) ?? null),
    starts: own(batch.starts),
    inits: own(batch.inits),
    faults: own(batch.faults),
    extensions: own(batch.extensions),
    runtimeDone: own(batch.runtimeDone),
    raw: own(batch.raw),
    filterDays: batch.filterDays.flatMap(([stream, day, filters]) => {
      const number = numbers.get(stream);
      return number === undefined ? [] : [[number, day, filters] as const];
    }),
    errorDays: batch.errorDays.flatMap(([stream, day]) => {
      const number = numbers.get(stream);
      return number === undefined ? [] : [[number, day] as const];
    }),
    volumes: batch.volumes.filter(({ account, region, logGroup }) => groups.has(`${account}\n${region}\n${logGroup}`)),
    records: batch.records.filter((entry) => nameOf(entry) === name),
    deadLetters: [],
    unknownKeys: [],
  };
}

function nameOf({ record }: TelemetryEntry): string | null {
  if (record.kind === 'trace-segment') return functionOfArn(record.resourceArn)?.name ?? null;
  if (record.kind === 'function-facts') return record.name;
  if (record.kind === 'metric-statistics') return functionOfMetric(record);
  return 'functionName' in record ? record.functionName : null;
}
