import { expect, test } from 'vitest';
import { ByteBudget, readBody } from './body.ts';

const MIB = 1_048_576;
const MAX = 96 * MIB;

/** A request whose body arrives when `send` is called. */
function sender(announced: number | null): { request: Request; send(bytes: number): Promise<void>; end(): void } {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (started) => {
      controller = started;
    },
  });
  const headers: Record<string, string> = announced === null ? {} : { 'content-length': String(announced) };
  const init = { method: 'POST', body, headers, duplex: 'half' } as RequestInit;
  return {
    request: new Request('http://localhost/', init),
    send: async (bytes) => {
      controller?.enqueue(new Uint8Array(bytes).fill(7));
      await new Promise((resolve) => setTimeout(resolve, 5));
    },
    end: () => controller?.close(),
  };
}

test('two senders that announce 94 and 33 MiB and send little do not block others', async () => {
  const budget = new ByteBudget(128 * MIB);
  const senders = [sender(94 * MIB), sender(33 * MIB)];
  const reading = senders.map(({ request }) => readBody(request, MAX, budget));
  for (const { send } of senders) await send(1000);
  expect(budget.heldBytes).toBe(2000);
  const other = sender(20 * MIB);
  const read = readBody(other.request, MAX, budget);
  await other.send(20 * MIB);
  other.end();
  const result = await read;
  expect(result).toMatchObject({ ok: true });
  if (result.ok) {
    expect(result.body.length).toBe(20 * MIB);
    expect(result.body.every((byte) => byte === 7)).toBe(true);
    result.release();
  }
  for (const { end } of senders) end();
  await Promise.all(reading);
});

test('bodies that really arrive are refused beyond the limit, and give back what they held', async () => {
  const budget = new ByteBudget(10 * MIB);
  const first = sender(8 * MIB);
  const reading = readBody(first.request, MAX, budget);
  await first.send(7 * MIB);
  // Announced: refused at once. Not announced: refused when it has arrived.
  expect(await readBody(sender(4 * MIB).request, MAX, budget)).toEqual({ ok: false, reason: 'busy' });
  const unannounced = sender(null);
  const refused = readBody(unannounced.request, MAX, budget);
  await unannounced.send(2 * MIB);
  await unannounced.send(2 * MIB);
  expect(await refused).toEqual({ ok: false, reason: 'busy' });
  expect(budget.heldBytes).toBe(7 * MIB);
  await first.send(1 * MIB);
  first.end();
  const result = await reading;
  if (result.ok) result.release();
  expect(budget.heldBytes).toBe(0);
});

test('a body that is alone may be larger than the limit', async () => {
  const budget = new ByteBudget(1 * MIB);
  const alone = sender(null);
  const reading = readBody(alone.request, MAX, budget);
  await alone.send(2 * MIB);
  await alone.send(2 * MIB);
  alone.end();
  expect(await reading).toMatchObject({ ok: true });
});

test.each([
  [1000, 2000, 'aborted'],
  [null, 97 * MIB, 'too-large'],
  [97 * MIB, 1, 'too-large'],
] as const)('announced %s, sent %s: %s', async (announced, sent, reason) => {
  const budget = new ByteBudget(256 * MIB);
  const one = sender(announced);
  const reading = readBody(one.request, MAX, budget);
  await one.send(sent);
  expect(await reading).toEqual({ ok: false, reason });
  expect(budget.heldBytes).toBe(0);
});
