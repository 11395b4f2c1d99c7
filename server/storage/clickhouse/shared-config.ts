/**
 * Configuration that the server publishes in ClickHouse for workers, which have no control plane: ingest tokens and
 * retention.
 */
import * as z from 'zod';
import type { Credentials, KeyTrouble, RetentionPolicy, StoredToken } from '../ports.ts';
import { StoreError } from '../ports.ts';
import { keyTroubles, parseStored, parseStoredValue, retentionPolicy } from '../stored-json.ts';
import { hashOf } from './hash-ids.ts';
import type { ClickHouseQueryClient } from './query-client.ts';
import { NOW_MS } from './query-client.ts';

const CREDENTIALS = 'credentials';
const RETENTION = 'retention';
const GENERATION = 'generation';
/** Followed by the name of the worker. */
const KEY_TROUBLES = 'ingest.key-troubles ';

/** A token as it is published; the digest is hexadecimal. */
type SharedToken = Omit<StoredToken, 'sha256' | 'lastUsedMs' | 'restriction'> & { readonly sha256: string };

const time = z.number().nullable();
const sharedToken: z.ZodType<SharedToken> = z.object({
  id: z.string(),
  name: z.string(),
  scope: z.literal('ingest'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  createdMs: z.number(),
  expiresMs: time,
  revokedMs: time,
});

/** Publishes configuration when it differs from what this process published last. */
export class SharedConfig {
  readonly #client: ClickHouseQueryClient;
  readonly #published = new Map<string, string>();

  constructor(client: ClickHouseQueryClient) {
    this.#client = client;
  }

  /** Publishes digests of ingest tokens (revoked ones too, no other scopes) and the retention policy. @throws StoreError */
  async publish({ tokens }: Credentials, policy: RetentionPolicy): Promise<void> {
    const ingest: SharedToken[] = tokens
      .filter((token) => token.scope === 'ingest')
      .map(({ lastUsedMs: _used, restriction: _none, sha256, ...token }) => ({
        ...token,
        sha256: Buffer.from(sha256).toString('hex'),
      }));
    await this.#put(CREDENTIALS, JSON.stringify(ingest));
    await this.#put(RETENTION, JSON.stringify(policy));
  }

  /** Publishes that something was deleted. Processes read it and begin their deduplication tokens with it. @throws StoreError */
  async publishDeletion(generation: string): Promise<void> {
    await this.#put(GENERATION, generation);
  }

  async #put(name: string, value: string): Promise<void> {
    if (this.#published.get(name) === value) return;
    const now = await this.#client.one<{ ms: number }>(`SELECT ${NOW_MS} AS ms`);
    await this.#client.insert('published', [{ name_key: hashOf(name), name, value, written: now?.ms ?? 0 }]);
    this.#published.set(name, value);
  }
}

async function publishedValue(client: ClickHouseQueryClient, name: string): Promise<string | null> {
  const row = await client.one<{ value: string }>(
    'SELECT value FROM published FINAL WHERE name_key = {key:UInt64} AND name = {name:String}',
    { key: hashOf(name), name },
  );
  return row?.value ?? null;
}

/** Returns the published retention policy; null before a server published one, or if it cannot be read. @throws StoreError */
export async function sharedRetention(client: ClickHouseQueryClient): Promise<RetentionPolicy | null> {
  const value = await publishedValue(client, RETENTION);
  return value === null ? null : parseStored(retentionPolicy, value, 'published retention');
}

/**
 * Returns the published ingest tokens, and no sessions. A token that cannot be read is reported and skipped.
 * @throws StoreError also if the whole list cannot be read: an unknown key would make senders drop their data
 */
export async function sharedCredentials(client: ClickHouseQueryClient): Promise<Credentials> {
  const value = await publishedValue(client, CREDENTIALS);
  const list = value === null ? [] : parseStored(z.array(z.unknown()), value, 'published credentials');
  if (list === null) {
    throw new StoreError(
      'unavailable',
      'The published keys cannot be read (table published, credentials). Restart the server: it publishes them again.',
    );
  }
  const tokens = list.map((token, at) =>
    parseStoredValue(sharedToken, token, `published credentials: token ${at + 1}`),
  );
  return {
    tokens: tokens
      .filter((token) => token !== null)
      .map(({ sha256, ...token }) => ({
        ...token,
        lastUsedMs: null,
        restriction: null,
        sha256: Uint8Array.from(Buffer.from(sha256, 'hex')),
      })),
    sessions: [],
  };
}

/** Returns the generation of deduplication tokens; "" before the first deletion. @throws StoreError */
export async function sharedGeneration(client: ClickHouseQueryClient): Promise<string> {
  return (await publishedValue(client, GENERATION)) ?? '';
}

/** Publishes what keys sent to a worker beyond a limit since it started. @throws StoreError */
export async function publishKeyTroubles(
  client: ClickHouseQueryClient,
  worker: string,
  troubles: readonly KeyTrouble[],
  nowMs: number,
): Promise<void> {
  const name = `${KEY_TROUBLES}${worker}`;
  await client.insert('published', [{ name_key: hashOf(name), name, value: JSON.stringify(troubles), written: nowMs }]);
}

/** Returns what workers published, a list for each. @throws StoreError */
export async function sharedKeyTroubles(client: ClickHouseQueryClient): Promise<readonly (readonly KeyTrouble[])[]> {
  const rows = await client.all<{ name: string; value: string }>(
    'SELECT name, value FROM published FINAL WHERE startsWith(name, {prefix:String})',
    { prefix: KEY_TROUBLES },
  );
  return rows.map(({ name, value }) => parseStored(keyTroubles, value, `published ${name}`) ?? []);
}
