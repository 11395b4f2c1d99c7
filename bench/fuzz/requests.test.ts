/** Nearly valid queries, filters, cursors, settings and rules: each is accepted or rejected quickly. `npm run fuzz -- 600 1 requests` sends them to a server. */
import { expect, test } from 'vitest';
import { Random } from '../../ingest/records/random.ts';
import { fieldErrorsOf } from '../../server/http/validation.ts';
import { readCursor, writeCursor } from '../../server/storage/questions/invocations/cursor.ts';
import { addressOf, fuzzedRequest } from './requests.ts';
import { cpuOf } from './search.ts';

const TRIES = 3000;
/** CPU time that no document of an operation may take, ms. The largest ones that were tried take less than one. */
const MOST_MS = 100;

test('each schema of the API accepts a request or names what is wrong with it, within its time', () => {
  const random = new Random(28);
  const faults: string[] = [];
  let rejected = 0;
  for (let n = 0; n < TRIES; n += 1) {
    const request = fuzzedRequest(() => random.next(), false);
    const { route, params, query, body } = request;
    for (const [part, schema, value] of [
      ['path', route.params, params],
      ['query', route.query, query],
      ['body', route.body, body],
    ] as const) {
      if (schema === undefined) continue;
      try {
        const once = (): number => cpuOf(() => schema.safeParse(value));
        if (once() > MOST_MS && Math.min(once(), once()) > MOST_MS) faults.push(`slow: ${addressOf(request)}`);
        const { error } = schema.safeParse(value);
        if (error === undefined) continue;
        rejected += 1;
        const fields = fieldErrorsOf(error, part);
        const isNamed = fields.length > 0 && fields.every(({ field, message }) => field !== '' && message !== '');
        if (!isNamed) faults.push(`no field: ${addressOf(request)} ${JSON.stringify(body)?.slice(0, 300)}`);
      } catch (error) {
        faults.push(`${addressOf(request)} ${JSON.stringify(body)?.slice(0, 300)}: ${String(error)}`);
      }
    }
  }
  expect(faults).toEqual([]);
  // Otherwise the requests are not nearly valid: all of them are valid, or all are nonsense.
  expect(rejected).toBeGreaterThan(TRIES / 10);
  expect(rejected).toBeLessThan(TRIES);
});

test('a cursor is read as it was written, or rejected with a RangeError that names it', () => {
  const random = new Random(28);
  const written = writeCursor({ endMs: 1_795_888_751_426, functionId: 7, environmentId: 9, requestId: 'é"\\\u0000' });
  expect(readCursor(written)).toEqual({
    endMs: 1_795_888_751_426,
    functionId: 7,
    environmentId: 9,
    requestId: 'é"\\\u0000',
  });
  for (let n = 0; n < TRIES; n += 1) {
    const at = Math.floor(random.next() * written.length);
    const text =
      written.slice(0, at) +
      'AZaz09-_=é\u0000'.charAt(Math.floor(random.next() * 11)) +
      written.slice(at + Math.floor(random.next() * 3));
    try {
      const { endMs, functionId, environmentId } = readCursor(text);
      expect([endMs, functionId, environmentId].every(Number.isSafeInteger)).toBe(true);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      expect(String(error)).toContain('cursor');
    }
  }
});
