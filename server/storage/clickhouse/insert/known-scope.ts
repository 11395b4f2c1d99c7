/**
 * Lines without an account or region belong to the only stored function of their name, as in SQLite
 * (aws-scope.ts). What arrived before that function was known is moved by relocation/adopt.ts.
 */
import type { Batch } from '../../../../ingest/records/batch.ts';
import type { AwsScope } from '../../aws-scope.ts';
import { sharedScope } from '../../aws-scope.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';

interface Scope {
  readonly account: string;
  readonly region: string;
}

/** Returns the batch with accounts and regions as stored functions have them. One query, if lines lack them. @throws StoreError */
export async function withKnownScope(client: ClickHouseQueryClient, batch: Batch): Promise<Batch> {
  const partial = batch.streams.filter(isPartial);
  if (partial.length === 0) return batch;
  const stored = await client.all<AwsScope & { readonly name: string }>(
    `SELECT function_id AS id, account, region, name FROM lambda_function WHERE name IN {names:Array(String)}
     GROUP BY function_id, account, region, name`,
    { names: [...new Set(partial.map((stream) => stream.functionName))] },
  );
  const known = new Map<string, Scope>();
  for (const stream of partial) {
    const scope = sharedScope(
      stored.filter(({ name }) => name === stream.functionName),
      stream,
    );
    if (scope !== null) known.set(placeOf(stream), scope);
  }
  if (known.size === 0) return batch;
  const named = <T extends Scope & { readonly logGroup: string }>(one: T): T => ({
    ...one,
    ...known.get(placeOf(one)),
  });
  const byName = new Map(partial.map((stream) => [nameOf(stream), known.get(placeOf(stream))]));
  return {
    ...batch,
    streams: batch.streams.map(named),
    volumes: batch.volumes.map(named),
    records: batch.records.map((entry) => {
      const { record } = entry;
      // Records read from a function's own lines take its scope.
      if (record.kind !== 'response' && record.kind !== 'durable-line') return named(entry);
      return { ...named(entry), record: { ...record, ...byName.get(nameOf(record)) } };
    }),
  };
}

function isPartial({ account, region }: Scope): boolean {
  return account === '' || region === '';
}

function nameOf({ account, region, functionName }: Scope & { readonly functionName: string }): string {
  return `${account}\n${region}\n${functionName}`;
}

function placeOf({ account, region, logGroup }: Scope & { readonly logGroup: string }): string {
  return `${account}\n${region}\n${logGroup}`;
}
