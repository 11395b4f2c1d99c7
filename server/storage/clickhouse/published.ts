/** What the server tells processes that have no control plane of their own: which ingest tokens are good. */
import type { Credentials, Store, StoredToken } from '../store.ts';
import { StoreError } from '../store.ts';
import type { Asking } from './ask.ts';
import { NOW_MS } from './ask.ts';
import { hashOf } from './identity.ts';

const CREDENTIALS = 'credentials';

type PublishedToken = Omit<StoredToken, 'sha256' | 'lastUsedMs'> & { readonly sha256: string };

/** Digests of ingest tokens, revoked ones too; of no others. Returns what was published, to tell whether it changed. */
export async function publishCredentials(ask: Asking, { tokens }: Credentials, last: string | null): Promise<string> {
  const told: PublishedToken[] = tokens
    .filter((token) => token.scope === 'ingest')
    .map(({ lastUsedMs: _used, sha256, ...token }) => ({ ...token, sha256: Buffer.from(sha256).toString('hex') }));
  const value = JSON.stringify(told);
  if (value === last) return value;
  const now = await ask.one<{ ms: number }>(`SELECT ${NOW_MS} AS ms`);
  await ask.insert('published', [{ name_key: hashOf(CREDENTIALS), name: CREDENTIALS, value, written: now?.ms ?? 0 }]);
  return value;
}

export async function publishedCredentials(ask: Asking): Promise<Credentials> {
  const row = await ask.one<{ value: string }>(
    'SELECT value FROM published FINAL WHERE name_key = {key:UInt64} AND name = {name:String}',
    { key: hashOf(CREDENTIALS), name: CREDENTIALS },
  );
  const told = row === undefined ? [] : (JSON.parse(row.value) as PublishedToken[]);
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
export function withoutControlPlane(ask: Asking): Store {
  const refuse = (): Promise<never> =>
    Promise.reject(new StoreError('unavailable', 'this process has no control plane: ask the server'));
  const refusing = <T extends object>(known: Partial<T>): T =>
    new Proxy(known as T, { get: (target, name) => Reflect.get(target, name) ?? refuse });
  return refusing<Store>({
    read: refusing<Store['read']>({
      credentials: () => publishedCredentials(ask),
      retention: async () => ({ policy: null, rawSinceMs: null, detailSinceMs: null, historySinceMs: null }),
    }),
    control: refusing<Store['control']>({ noteTokenUse: async () => undefined }),
    alerting: refusing<Store['alerting']>({}),
    upkeep: refusing<Store['upkeep']>({}),
    probe: async () => undefined,
    close: async () => undefined,
  });
}
