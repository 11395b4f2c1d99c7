/** Connects to ClickHouse over HTTP and translates its errors. */
import { readFileSync } from 'node:fs';
import type { ClickHouseClient } from '@clickhouse/client';
import { ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { certificateFault } from '../../config/certificate.ts';
import { StoreError } from '../ports.ts';

export interface ClickHouseOptions {
  /** `http://host:8123` or `https://…`. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Name of the cluster in ClickHouse's configuration; null for a single node. */
  readonly cluster: string | null;
  /** PEM file of the certificate authority; null uses the system's authorities. */
  readonly caFile?: string | null;
  readonly requestTimeoutMs: number;
}

/** The schema uses features that older versions lack. */
export const OLDEST_VERSION = '25.3';
const CONNECTIONS = 16;
/** Longest statement, bytes: statements list functions, and the rollup buckets that they recompute. */
const LONGEST_STATEMENT = '4194304';

/** Creates a client; connections open on first use. @throws StoreError if the CA file cannot be read. */
export function connect(options: ClickHouseOptions): ClickHouseClient {
  const { caFile = null } = options;
  return createClient({
    url: options.url,
    username: options.user,
    password: options.password,
    database: options.database,
    application: 'thermocline',
    request_timeout: options.requestTimeoutMs,
    max_open_connections: CONNECTIONS,
    // Send long lists in the body: proxies reject URLs of many kilobytes.
    use_multipart_params_auto: true,
    ...(caFile === null ? {} : { tls: { ca_cert: authorityIn(caFile) } }),
    // Callers report errors.
    log: { level: ClickHouseLogLevel.OFF },
    // CPU time on both ends costs more than network transfer.
    compression: { request: false, response: false },
    clickhouse_settings: {
      // Inserted rows are visible when the insert returns, whatever the server's defaults are.
      async_insert: 0,
      wait_for_async_insert: 1,
      insert_deduplicate: 1,
      // A Distributed table forwards a batch before it answers.
      distributed_foreground_insert: 1,
      wait_end_of_query: 1,
      max_query_size: LONGEST_STATEMENT,
      date_time_output_format: 'iso',
      // On a cluster, run subqueries for keys once instead of on every node.
      ...(options.cluster === null ? {} : { distributed_product_mode: 'global' as const }),
    },
  });
}

function authorityIn(file: string): Buffer {
  try {
    const pem = readFileSync(file);
    const fault = certificateFault(pem);
    if (fault !== null) throw new Error(fault);
    return pem;
  } catch (error) {
    const why = error instanceof Error ? firstLine(error.message) : String(error);
    throw new StoreError('unsafe', `THERMOCLINE_CLICKHOUSE_CA: expected a PEM file that can be read (${why})`);
  }
}

/** Messages for operators, by ClickHouse error code. */
const SENTENCES: Readonly<Record<string, (options: ClickHouseOptions, message: string) => string>> = {
  '60': ({ database }) =>
    `ClickHouse's database ${database} lacks a table. Start the server once with a user that may create tables.`,
  '81': ({ database }) =>
    `ClickHouse has no database ${database}. Run CREATE DATABASE ${database}, or set THERMOCLINE_CLICKHOUSE_DATABASE.`,
  '241': () => 'ClickHouse exceeded its memory limit. The batch was not stored; retry it.',
  '243': () => 'The disk of ClickHouse is full. Nothing is stored until space is free.',
  '252': () => 'ClickHouse merges parts more slowly than data arrives. The batch was not stored; retry it later.',
  '497': ({ user }, message) => `ClickHouse's user ${user} lacks a grant: ${grantIn(message)}`,
  '516': ({ user }) => `ClickHouse rejected the password of user ${user}, or has no such user`,
  '701': ({ cluster }) =>
    `ClickHouse has no cluster ${cluster ?? ''}. See system.clusters, and set THERMOCLINE_CLICKHOUSE_CLUSTER.`,
};
const TOO_SLOW = new Set(['159', '209']);
/** OpenSSL error codes for certificates without a trusted authority. */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Translates a client error into a StoreError. Messages never contain the password. */
export function storeErrorOf(error: unknown, options: ClickHouseOptions): StoreError {
  if (error instanceof StoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ClickHouseError) {
    const sentence =
      SENTENCES[error.code]?.(options, message) ?? `ClickHouse: ${firstLine(message)} (code ${error.code})`;
    return new StoreError(TOO_SLOW.has(error.code) ? 'deadline' : 'unavailable', sentence);
  }
  const { code } = Object(error) as { readonly code?: unknown };
  if (typeof code === 'string' && UNTRUSTED.has(code)) {
    return new StoreError(
      'unavailable',
      `The certificate of ClickHouse at ${place(options)} is not trusted here (${firstLine(message)}): set THERMOCLINE_CLICKHOUSE_CA to the PEM file of the authority that signed it`,
    );
  }
  if (/timeout/i.test(message)) {
    return new StoreError(
      'deadline',
      `ClickHouse at ${place(options)} did not answer within ${options.requestTimeoutMs} ms`,
    );
  }
  return new StoreError('unavailable', `ClickHouse at ${place(options)} cannot be reached: ${firstLine(message)}`);
}

function place({ url }: ClickHouseOptions): string {
  return new URL(url).host;
}

/** ClickHouse names the grant that is missing: `it's necessary to have the grant INSERT(a, b) ON db.t`. */
function grantIn(message: string): string {
  const grant = /necessary to have the grant (.+?)(?:\. \(|$)/s.exec(message)?.[1];
  return grant === undefined ? firstLine(message) : `GRANT ${grant}`;
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.slice(0, 300) ?? '';
}
