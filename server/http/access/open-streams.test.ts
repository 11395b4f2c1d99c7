import { expect, test, vi } from 'vitest';
import type { Principal } from './auth.ts';
import { MOST_STREAMS, OpenStreams } from './open-streams.ts';

const principal = (tokenId: string, session: string | null = null): Principal => ({
  tokenId,
  name: tokenId,
  scope: 'read',
  restriction: null,
  session,
});

/** A source that never ends by itself, and what became of it. */
function endless(): { readonly stream: ReadableStream<Uint8Array>; readonly state: { cancelled: boolean } } {
  const state = { cancelled: false };
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array([1])),
    cancel: () => {
      state.cancelled = true;
    },
  });
  return { stream, state };
}

test('when a credential ends, its streams end and those of others go on', async () => {
  const ended = new Set<string>();
  const streams = new OpenStreams(({ tokenId }) => !ended.has(tokenId));
  const [one, two] = [endless(), endless()];
  const first = streams.bind('events', principal('a'), one.stream).getReader();
  const second = streams.bind('events', principal('b'), two.stream).getReader();
  await Promise.all([first.read(), second.read()]);
  ended.add('a');
  streams.endInvalid();
  expect((await first.read()).done).toBe(true);
  expect((await second.read()).done).toBe(false);
  await expect.poll(() => one.state.cancelled).toBe(true);
  expect(two.state.cancelled).toBe(false);
});

test('an export that is cut by the end of its credential fails, so that it does not look complete', async () => {
  let valid = true;
  const streams = new OpenStreams(() => valid);
  const reader = streams.bind('rows', principal('a'), endless().stream).getReader();
  await reader.read();
  valid = false;
  streams.endInvalid();
  await expect(reader.read()).rejects.toThrow('credential');
});

test('a credential that ended while the request was prepared gets no stream', async () => {
  const source = endless();
  const reader = new OpenStreams(() => false).bind('events', principal('a'), source.stream).getReader();
  expect((await reader.read()).done).toBe(true);
  await expect.poll(() => source.state.cancelled).toBe(true);
});

test('places are those that SECURITY.md promises', () => {
  expect(MOST_STREAMS).toEqual({
    events: { total: 100, token: 30, session: 10 },
    rows: { total: 40, token: 12, session: 6 },
  });
});

test('one session and one token hold only a part of the streams, and give their places back', async () => {
  const streams = new OpenStreams(() => true);
  const open = (who: Principal) => streams.bind('events', who, endless().stream);
  const { session, token, total } = MOST_STREAMS.events;
  const bySession = Array.from({ length: session }, () => open(principal('a', 's1')));
  expect(streams.exceededLimit('events', principal('a', 's1'))).toBe('own');
  expect(streams.exceededLimit('events', principal('a', 's2'))).toBeNull();
  const byToken = Array.from({ length: token - session }, () => open(principal('a')));
  expect(streams.exceededLimit('events', principal('a'))).toBe('own');
  expect(streams.exceededLimit('events', principal('b'))).toBeNull();
  // Exports have places of their own.
  expect(streams.exceededLimit('rows', principal('a'))).toBeNull();
  await bySession[0]?.cancel();
  expect(streams.exceededLimit('events', principal('a'))).toBeNull();
  expect(streams.exceededLimit('events', principal('a', 's1'))).toBeNull();
  for (const stream of [...bySession.slice(1), ...byToken]) await stream.cancel();
  for (let n = 0; n < total; n += 1) open(principal(`t${n}`));
  expect(streams.exceededLimit('events', principal('new'))).toBe('total');
});

test('a source that ends or fails gives its place back', async () => {
  const streams = new OpenStreams(() => true);
  const { token } = MOST_STREAMS.rows;
  for (let n = 0; n < token * 2; n += 1) {
    expect(streams.exceededLimit('rows', principal('a'))).toBeNull();
    const source = new ReadableStream<Uint8Array>({
      pull: (controller) => (n % 2 === 0 ? controller.close() : controller.error(new Error('source failed'))),
    });
    const read = streams.bind('rows', principal('a'), source).getReader().read();
    if (n % 2 === 0) expect((await read).done).toBe(true);
    else await expect(read).rejects.toThrow('source failed');
  }
});

test('the limits of exports and of all are met exactly', () => {
  const streams = new OpenStreams(() => true);
  const { session, token, total } = MOST_STREAMS.rows;
  const free = (who: Principal): string | null => streams.exceededLimit('rows', who);
  const opened = (who: Principal, n: number): void => {
    for (let at = 0; at < n; at += 1) {
      expect([who, at, free(who)]).toEqual([who, at, null]);
      streams.bind('rows', who, endless().stream);
    }
  };
  opened(principal('a', 's1'), session);
  expect([free(principal('a', 's1')), free(principal('a', 's2')), free(principal('a'))]).toEqual(['own', null, null]);
  opened(principal('a', 's2'), token - session);
  expect(free(principal('a'))).toBe('own');
  // A session of the same name at another token.
  expect(free(principal('b', 's1'))).toBeNull();
  opened(principal('b'), token);
  opened(principal('c'), token);
  opened(principal('d'), total - 3 * token);
  expect([free(principal('d')), free(principal('a'))]).toEqual(['total', 'own']);
});

test('the end of a credential is seen within a second where nothing tells of it', async () => {
  vi.useFakeTimers();
  try {
    let valid = true;
    const streams = new OpenStreams(() => valid);
    const reader = streams.bind('events', principal('a'), endless().stream).getReader();
    expect((await reader.read()).done).toBe(false);
    valid = false;
    vi.advanceTimersByTime(999);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1);
    expect((await reader.read()).done).toBe(true);
    // Nothing is left to be checked.
    expect(vi.getTimerCount()).toBe(0);
    valid = true;
    const [one, two] = ['b', 'c'].map((id) => streams.bind('events', principal(id), endless().stream));
    expect(vi.getTimerCount()).toBe(1);
    await one?.cancel();
    expect(vi.getTimerCount()).toBe(1);
    await two?.cancel();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('a client that leaves ends what is read for it, and says why', async () => {
  const reasons: unknown[] = [];
  const source = new ReadableStream<Uint8Array>({ cancel: (reason) => void reasons.push(reason) });
  await new OpenStreams(() => true).bind('rows', principal('a'), source).cancel('left');
  expect(reasons).toEqual(['left']);
});

test('what a source gives after its credential ended is not passed on', async () => {
  let give: (bytes: Uint8Array) => void = () => undefined;
  const source = new ReadableStream<Uint8Array>({
    start: (controller) => {
      give = (bytes) => controller.enqueue(bytes);
    },
  });
  let valid = true;
  const streams = new OpenStreams(() => valid);
  const reader = streams.bind('events', principal('a'), source).getReader();
  const read = reader.read();
  valid = false;
  give(new Uint8Array([1]));
  streams.endInvalid();
  expect(await read).toEqual({ done: true, value: undefined });
});
