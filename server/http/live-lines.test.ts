/** Followed searches over a store that answers by hand: what happens over time is not for a test of the whole product. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Store } from '../storage/ports.ts';
import { LiveLines } from './live-lines.ts';

const warn = vi.fn();
/** Texts of the searches that were run. */
let searched: string[] = [];
/** What a search takes, and its answer by its text: lines, or an error. */
let takeMs = 0;
let answer: (text: string) => { readonly lines: number; readonly notSent?: number; readonly chars?: number };

const store: Pick<Store, 'readShaped' | 'readsFor'> = {
  readsFor: () => {
    throw new Error('no caller is restricted');
  },
  readShaped: (questions) => {
    const [, { text }] = questions[0] as unknown as [string, { text: string }];
    searched.push(text);
    const { lines, notSent = 0, chars = 1 } = answer(text);
    const events = `event: line\ndata: "${'x'.repeat(chars)}"\n\n`.repeat(lines);
    const facts = { keys: [], sent: lines, notSent };
    const bytes = new Uint8Array(Buffer.from(`${JSON.stringify(facts)}\n${events}`));
    if (takeMs === 0) return Promise.resolve({ bytes }) as never;
    return new Promise((resolve) => setTimeout(() => resolve({ bytes }), takeMs)) as never;
  },
};
const context = {
  analysis: { shape: () => Promise.reject(new Error('not used')) },
  permitted: { inForce: () => Promise.reject(new Error('no caller is restricted')) },
  now: () => 1_795_168_800_000,
};
let live: LiveLines;

beforeEach(() => {
  vi.useFakeTimers();
  searched = [];
  takeMs = 0;
  answer = () => ({ lines: 0 });
  live = new LiveLines(store, { warn });
});
afterEach(() => {
  live.close();
  vi.useRealTimers();
});

const open = (text = '') => {
  const reader = live.open(context, { text, functionId: undefined }, []).getReader();
  const read = async (): Promise<string> => {
    const { value, done } = await reader.read();
    return done ? 'ended' : Buffer.from(value).toString('utf8');
  };
  return { read, cancel: () => reader.cancel() };
};
const counts = (lines: number, notSent: number, problem: string | null = null): string =>
  `event: counts\ndata: ${JSON.stringify({ lines, notSent, problem })}\n\n`;

test('a search is repeated for all that follow it, until the last leaves', async () => {
  const [first, second, other] = [open('a'), open('a'), open('b')];
  for (const one of [first, second, other]) expect(await one.read()).toBe(counts(0, 0));
  answer = (text) => (text === 'a' ? { lines: 1, notSent: 2 } : { lines: 0 });
  await vi.advanceTimersByTimeAsync(2000);
  expect(searched).toEqual(['a', 'b']);
  for (const one of [first, second]) {
    expect(await one.read()).toBe('event: line\ndata: "x"\n\n');
    expect(await one.read()).toBe(counts(1, 2));
  }
  await first.cancel();
  await other.cancel();
  await vi.advanceTimersByTimeAsync(2000);
  expect(searched).toEqual(['a', 'b', 'a']);
  await second.cancel();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(searched).toHaveLength(3);
});

test('a search that fails is said, and repeated', async () => {
  const { read } = open();
  await read();
  answer = () => {
    throw new Error('deadline');
  };
  await vi.advanceTimersByTimeAsync(2000);
  expect(await read()).toBe(counts(0, 0, 'The search failed. It is repeated.'));
  answer = () => ({ lines: 1 });
  await vi.advanceTimersByTimeAsync(2000);
  expect(await read()).toContain('event: line');
});

test('lines that a slow subscriber did not read are counted; one that does not read at all is disconnected', async () => {
  const [slow, dead] = [open('a'), open('a')];
  await slow.read();
  // More than a backlog.
  answer = () => ({ lines: 2, chars: 600_000 });
  await vi.advanceTimersByTimeAsync(2000);
  answer = () => ({ lines: 3 });
  await vi.advanceTimersByTimeAsync(4000);
  expect(await slow.read()).toContain('xxx');
  answer = () => ({ lines: 0 });
  await vi.advanceTimersByTimeAsync(2000);
  expect(await slow.read()).toBe(counts(0, 6));
  await vi.advanceTimersByTimeAsync(30_000);
  const rest: string[] = [];
  while (rest.at(-1) !== 'ended') rest.push(await dead.read());
  // Connected, two long lines, and the end.
  expect(rest.filter((part) => part.includes('counts'))).toEqual([counts(0, 0)]);
  answer = () => ({ lines: 1 });
  await vi.advanceTimersByTimeAsync(2000);
  while (!(await slow.read()).includes('event: line'));
});

test('slow searches run one after another, and leave as much time to others as they take', async () => {
  const followers = Array.from({ length: 20 }, (_, n) => open(String(n)));
  let running = 0;
  takeMs = 1000;
  answer = () => {
    running += 1;
    expect(running).toBe(1);
    setTimeout(() => {
      running -= 1;
    }, takeMs);
    return { lines: 0 };
  };
  await vi.advanceTimersByTimeAsync(2000);
  searched = [];
  await vi.advanceTimersByTimeAsync(20_000);
  expect(searched.length).toBeLessThanOrEqual(10);
  expect(searched.length).toBeGreaterThanOrEqual(9);
  expect(new Set(searched).size).toBe(searched.length);
  for (const one of followers) await one.cancel();
});

test('a proxy sees life', async () => {
  const { read } = open();
  await read();
  await vi.advanceTimersByTimeAsync(15_000);
  expect(await read()).toBe(': heartbeat\n\n');
});
