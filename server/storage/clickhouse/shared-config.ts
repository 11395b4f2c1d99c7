/** What the server tells processes that have no control plane of their own: which ingest tokens are good, and how long what is kept. */
import type { Credentials, RetentionPolicy, Store, StoredToken } from '../ports.ts';
import { StoreError } from '../ports.ts';
import { hashOf } from './hash-ids.ts';
import type { ClickHouseQueryClient } from './query-client.ts';
import { NOW_MS } from './query-client.ts';

const CREDENTIALS = 'credentials';
const RETENTION = 'retention';

type PublishedToken = Omit<StoredToken, 'sha256' | 'lastUsedMs'> & { readonly sha256: string };

/** Tells what changed since it was told last. */
export class SharedConfig {
  readonly #ask: ClickHouseQueryClient;
  readonly #told = new Map<string, string>();

  constructor(ask: ClickHouseQueryClient) {
    this.#ask = ask;
  }

  /** Digests of ingest tokens, revoked ones too, of no others; and how long what is kept. */
  async publish({ tokens }: Credentials, policy: RetentionPolicy): Promise<void> {
    const ingest: PublishedToken[] = tokens
      .filter((token) => token.scope === 'ingest')
      .map(({ lastUsedMs: _used, sha256, ...token }) => ({ ...token, sha256: Buffer.from(sha256).toString('hex') }));
    await this.#put(CREDENTIALS, JSON.stringify(ingest));
    await this.#put(RETENTION, JSON.stringify(policy));
  }

  async #put(name: string, value: string): Promise<void> {
    if (this.#told.get(name) === value) return;
    const now = await this.#ask.one<{ ms: number }>(`SELECT ${NOW_MS} AS ms`);
    await this.#ask.insert('published', [{ name_key: hashOf(name), name, value, written: now?.ms ?? 0 }]);
    this.#told.set(name, value);
  }
}

async function publishedAs(ask: ClickHouseQueryClient, name: string): Promise<string | null> {
  const row = await ask.one<{ value: string }>(
    'SELECT value FROM published FINAL WHERE name_key = {key:UInt64} AND name = {name:String}',
    { key: hashOf(name), name },
  );
  return row?.value ?? null;
}

/** Null before a server told it. */
export async function sharedRetention(ask: ClickHouseQueryClient): Promise<RetentionPolicy | null> {
  const value = await publishedAs(ask, RETENTION);
  return value === null ? null : (JSON.parse(value) as RetentionPolicy);
}

async function publishedCredentials(ask: ClickHouseQueryClient): Promise<Credentials> {
  const value = await publishedAs(ask, CREDENTIALS);
  const told = value === null ? [] : (JSON.parse(value) as PublishedToken[]);
  return {
    tokens: told.map(({ sha256, ...token }) => ({
      ...token,
      lastUsedMs: null,
      sha256: Uint8Array.from(Buffer.from(sha256, 'hex')),
    })),
    sessions: [],
  };
}

/** In place of a control plane: knows the published tokens, and answers and changes nothing else. */
export function workerControlStore(ask: ClickHouseQueryClient): Store {
  const refuse = (): Promise<never> =>
    Promise.reject(new StoreError('unavailable', 'this process has no control plane: ask the server'));
  const refusing = <T extends object>(known: Partial<T>): T =>
    new Proxy(known as T, { get: (target, name) => Reflect.get(target, name) ?? refuse });
  return refusing<Store>({
    read: refusing<Store['read']>({
      credentials: () => publishedCredentials(ask),
      retention: async () => ({ policy: null, rawSinceMs: null, detailSinceMs: null, historySinceMs: null }),
    }),
    control: refusing<Store['control']>({ recordTokenUse: async () => undefined }),
    alerts: refusing<Store['alerts']>({}),
    maintenance: refusing<Store['maintenance']>({}),
    probe: async () => undefined,
    close: async () => undefined,
  });
}
