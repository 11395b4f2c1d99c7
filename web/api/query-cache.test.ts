import { describe, expect, test } from 'vitest';
import { QueryCache } from './query-cache.ts';

/** A server whose answers are given by hand, in any order. */
function manualServer() {
  const requests: { signal: AbortSignal; answer(data: unknown): void; fail(error: Error): void }[] = [];
  const load = (signal: AbortSignal): Promise<unknown> =>
    new Promise((resolve, reject) => {
      requests.push({ signal, answer: resolve, fail: reject });
      signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
    });
  return { requests, load };
}

/** Lets promise callbacks run. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('query cache', () => {
  test('subscribers of one key share one request and all see its answer', async () => {
    const { requests, load } = manualServer();
    const cache = new QueryCache(() => 5);
    const calls = [0, 0];
    cache.subscribe('a', load, () => {
      calls[0] = (calls[0] ?? 0) + 1;
    });
    cache.subscribe('a', load, () => {
      calls[1] = (calls[1] ?? 0) + 1;
    });
    expect(requests.length).toBe(1);
    const before = [...calls];
    requests[0]?.answer(1);
    await settle();
    expect(cache.read('a')).toEqual({ data: 1, error: null, loading: false, updatedMs: 5 });
    expect(calls).toEqual(before.map((n) => n + 1));
  });

  test('the last unsubscribe cancels the request; an earlier one does not', async () => {
    const { requests, load } = manualServer();
    const cache = new QueryCache();
    const leave = [cache.subscribe('a', load, () => undefined), cache.subscribe('a', load, () => undefined)];
    leave[0]?.();
    expect(requests[0]?.signal.aborted).toBe(false);
    leave[1]?.();
    expect(requests[0]?.signal.aborted).toBe(true);
    await settle();
    cache.subscribe('a', load, () => undefined);
    expect(requests.length).toBe(2);
    expect(cache.read('a').error).toBe(null);
  });

  test('a reload cancels the superseded request, and its late answer changes nothing', async () => {
    const { requests } = manualServer();
    // This server answers in spite of the abort, as one does that was just about to.
    const stubborn = (signal: AbortSignal): Promise<unknown> =>
      new Promise((resolve, reject) => requests.push({ signal, answer: resolve, fail: reject }));
    const cache = new QueryCache();
    cache.subscribe('a', stubborn, () => undefined);
    cache.reload('a');
    expect(requests.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    requests[1]?.answer('new');
    await settle();
    requests[0]?.answer('old');
    await settle();
    expect(cache.read('a')).toMatchObject({ data: 'new', loading: false });
  });

  test('a refresh joins the request in flight, so that a slow answer arrives', async () => {
    const { requests, load } = manualServer();
    const cache = new QueryCache();
    cache.subscribe('a', load, () => undefined);
    cache.refreshAll();
    expect(requests.length).toBe(1);
    requests[0]?.answer(1);
    await settle();
    cache.refreshAll();
    expect(requests.length).toBe(2);
  });

  test('old data stays while reloading and after a failure', async () => {
    const { requests, load } = manualServer();
    const cache = new QueryCache(() => 7);
    cache.subscribe('a', load, () => undefined);
    requests[0]?.answer('old');
    await settle();
    cache.reload('a');
    expect(cache.read('a')).toEqual({ data: 'old', error: null, loading: true, updatedMs: 7 });
    const error = new Error('503');
    requests[1]?.fail(error);
    await settle();
    expect(cache.read('a')).toEqual({ data: 'old', error, loading: false, updatedMs: 7 });
  });

  test('a cached answer is shown at once on return, and requested again', async () => {
    const { requests, load } = manualServer();
    const cache = new QueryCache();
    const leave = cache.subscribe('a', load, () => undefined);
    requests[0]?.answer('kept');
    await settle();
    leave();
    cache.subscribe('a', load, () => undefined);
    expect(cache.read('a')).toMatchObject({ data: 'kept', loading: true });
    expect(requests.length).toBe(2);
  });

  test('only the ten answers used last are kept without subscribers', async () => {
    const { requests, load } = manualServer();
    const cache = new QueryCache();
    for (let at = 0; at < 12; at += 1) {
      const leave = cache.subscribe(String(at), load, () => undefined);
      requests[at]?.answer(at);
      await settle();
      leave();
    }
    expect(Array.from({ length: 12 }, (_, at) => cache.read(String(at)).data)).toEqual([
      null,
      null,
      ...Array.from({ length: 10 }, (_, at) => at + 2),
    ]);
  });

  test('clear forgets answers and cancels what would bring them back', async () => {
    const { requests, load } = manualServer();
    const cache = new QueryCache();
    cache.subscribe('a', load, () => undefined);
    requests[0]?.answer('secret');
    await settle();
    cache.reload('a');
    cache.clear();
    expect(requests[1]?.signal.aborted).toBe(true);
    expect(cache.read('a').data).toBe(null);
  });
});
