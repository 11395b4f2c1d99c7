/**
 * Configuration that the server publishes in ClickHouse for workers, which have no control plane: ingest tokens and
 * retention.
 */
import type { Credentials, RetentionPolicy, StoredToken } from '../ports.ts';
import { hashOf } from './hash-ids.ts';
import type { ClickHouseQueryClient } from './query-client.ts';
import { NOW_MS } from './query-client.ts';

const CREDENTIALS = 'credentials';
const RETENTION = 'retention';
const GENERATION = 'generation';

/** A token as it is published; the digest is hexadecimal. */
type SharedToken = Omit<StoredToken, 'sha256' | 'lastUsedMs'> & { readonly sha256: string };

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
      .map(({ lastUsedMs: _used, sha256, ...token }) => ({ ...token, sha256: Buffer.from(sha256).toString('hex') }));
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

/** Returns the published retention policy, or null before a server published one. @throws StoreError */
export async function sharedRetention(client: ClickHouseQueryClient): Promise<RetentionPolicy | null> {
  const value = await publishedValue(client, RETENTION);
  return value === null ? null : (JSON.parse(value) as RetentionPolicy);
}

/** Returns the published ingest tokens, and no sessions. @throws StoreError */
export async function sharedCredentials(client: ClickHouseQueryClient): Promise<Credentials> {
  const value = await publishedValue(client, CREDENTIALS);
  const tokens = value === null ? [] : (JSON.parse(value) as SharedToken[]);
  return {
    tokens: tokens.map(({ sha256, ...token }) => ({
      ...token,
      lastUsedMs: null,
      sha256: Uint8Array.from(Buffer.from(sha256, 'hex')),
    })),
    sessions: [],
  };
}

/** Returns the generation of deduplication tokens; "" before the first deletion. @throws StoreError */
export async function sharedGeneration(client: ClickHouseQueryClient): Promise<string> {
  return (await publishedValue(client, GENERATION)) ?? '';
}
