/** Names of functions and log streams of lines, each read once. */
import type { Origin } from '../../questions/logs/result.ts';
import { originOf } from '../../questions/logs/result.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';

/** SQL of the names of all streams that have lines. */
export const STREAMS = `(SELECT function_id, stream_id, function_name, account, region, log_group, log_stream FROM stream_fact
  UNION ALL SELECT function_id, stream_id, function_name, account, region, log_group, log_stream FROM line_stream)`;

export interface StreamKey {
  readonly functionId: number;
  readonly streamId: number;
}

interface OriginRow extends StreamKey {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
  readonly logStream: string;
}

interface NumberedOrigin {
  /** Of the stream: streams that are not known have the same id in each function. */
  readonly environmentId: number;
  /** Null if nothing is known of the stream any more. */
  readonly origin: Origin | null;
}

export class Origins {
  readonly #client: ClickHouseQueryClient;
  readonly #found = new Map<string, NumberedOrigin>();

  constructor(client: ClickHouseQueryClient) {
    this.#client = client;
  }

  of({ functionId, streamId }: StreamKey): NumberedOrigin {
    return this.#found.get(`${functionId} ${streamId}`) ?? { environmentId: -1, origin: null };
  }

  /** Reads the names that are not known yet. @throws StoreError */
  async read(keys: readonly StreamKey[]): Promise<void> {
    const nameOf = ({ functionId, streamId }: StreamKey): string => `${functionId} ${streamId}`;
    const missing = keys.filter((key) => !this.#found.has(nameOf(key)));
    if (missing.length === 0) return;
    const rows = await this.#client.all<OriginRow>(
      `SELECT function_id AS functionId, stream_id AS streamId, any(function_name) AS name, max(account) AS account,
         max(region) AS region, any(log_group) AS logGroup, any(log_stream) AS logStream
       FROM ${STREAMS} WHERE function_id IN {functionIds:Array(UInt64)} AND stream_id IN {streamIds:Array(UInt64)}
       GROUP BY function_id, stream_id`,
      {
        functionIds: [...new Set(missing.map((key) => key.functionId))],
        streamIds: [...new Set(missing.map((key) => key.streamId))],
      },
    );
    const origins = new Map(
      rows.map(({ functionId, streamId, logGroup, logStream, ...owner }) => [
        nameOf({ functionId, streamId }),
        originOf({ function: owner, logGroup, logStream }),
      ]),
    );
    for (const key of missing) {
      const name = nameOf(key);
      if (!this.#found.has(name))
        this.#found.set(name, { environmentId: this.#found.size, origin: origins.get(name) ?? null });
    }
  }
}
