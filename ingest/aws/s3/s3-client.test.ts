/**
 * Requests of the S3 client: signatures of AWS's published examples, and what is retried.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
import { expect, test } from 'vitest';
import { expectedSignature, S3_KEYS } from '../../../test/support/s3-server.ts';
import type { S3Request } from './s3-client.ts';
import { S3Client, S3Error } from './s3-client.ts';

type Handle = ConstructorParameters<typeof S3Client>[0]['handler']['handle'];
type Sent = Parameters<Handle>[0];

const body = (text: string): AsyncIterable<Uint8Array> =>
  (async function* () {
    yield Buffer.from(text);
  })();

/** A client of the bucket of AWS's examples, at their time. `answers`: statuses and bodies, or errors of the connection, in order. */
function clientOf(answers: readonly (readonly [number, string] | Error)[], abort = new AbortController()) {
  const sent: Sent[] = [];
  const pauses: number[] = [];
  const client = new S3Client({
    address: { bucket: 'examplebucket', prefix: '' },
    settings: {
      region: 'us-east-1',
      endpoint: 'https://examplebucket.s3.amazonaws.com',
      credentials: async () => S3_KEYS,
    },
    handler: {
      handle: async (request) => {
        sent.push(request);
        const answer = answers[sent.length - 1] ?? [200, ''];
        if (answer instanceof Error) throw answer;
        return { response: { statusCode: answer[0], headers: {}, body: body(answer[1]) } };
      },
      destroy: () => undefined,
    },
    signal: abort.signal,
    sleep: async (ms) => void pauses.push(ms),
    now: () => new Date('2013-05-24T00:00:00Z'),
  });
  return { client, sent, pauses };
}

test.each<[string, S3Request, string]>([
  [
    'an object',
    { method: 'GET', key: 'test.txt', headers: { range: 'bytes=0-9' } },
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [
    'a parameter without a value',
    { method: 'GET', key: null, query: { lifecycle: '' } },
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  ],
  [
    'a list',
    { method: 'GET', key: null, query: { 'max-keys': '2', prefix: 'J' } },
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
])("the signature of AWS's example: %s", async (_, request, signature) => {
  const { client, sent } = clientOf([]);
  await client.send(request);
  const [first] = sent;
  if (first === undefined) throw new Error('nothing was sent');
  const { method, path, query = {}, headers } = first;
  expect(headers['authorization']).toMatch(new RegExp(`Signature=${signature}$`));
  // The test double verifies by the same examples.
  const url = `${path}?${new URLSearchParams(query as Record<string, string>)}`;
  expect(expectedSignature({ method, url, headers }, S3_KEYS.secretAccessKey)).toBe(signature);
});

test("the test double expects the signature of AWS's example of a body, which clients sign with a date", () => {
  const headers = {
    host: 'examplebucket.s3.amazonaws.com',
    date: 'Fri, 24 May 2013 00:00:00 GMT',
    'x-amz-date': '20130524T000000Z',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  };
  const found = expectedSignature({ method: 'PUT', url: '/test%24file.text', headers }, S3_KEYS.secretAccessKey);
  expect(headers.authorization).toMatch(new RegExp(`Signature=${found}$`));
});

const code = (name: string): Error => Object.assign(new Error(name), { code: name });

test('what passes is tried again with growing pauses, each time signed anew', async () => {
  const { client, sent, pauses } = clientOf([
    [503, '<Error><Code>SlowDown</Code><Message>Reduce your request rate</Message></Error>'],
    code('ECONNRESET'),
    [400, '<Error><Code>RequestTimeout</Code></Error>'],
    // As a multipart upload fails after its status.
    [200, '<?xml version="1.0"?>\n<Error><Code>InternalError</Code></Error>'],
    [200, 'done'],
  ]);
  expect(await client.send({ method: 'GET', key: 'x' })).toMatchObject({ status: 200, body: 'done' });
  expect(sent).toHaveLength(5);
  for (const [at, ms] of pauses.entries()) {
    expect(ms).toBeGreaterThanOrEqual(250 * 2 ** at);
    expect(ms).toBeLessThan(500 * 2 ** at);
  }
});

test.each([
  [403, '<Error><Code>AccessDenied</Code><Message>a &lt; b &#x41;</Message></Error>', 'AccessDenied', 'a < b A'],
  [501, '<Error><Code>NotImplemented</Code><Message>no</Message></Error>', 'NotImplemented', 'no'],
  [404, '<html>not found</html>', 'status 404', 'an answer that is not of S3'],
])('status %i is an answer: %s', async (status, text, name, message) => {
  const { client, sent } = clientOf([[status, text]]);
  const refused = client.send({ method: 'GET', key: 'x' });
  await expect(refused).rejects.toMatchObject({ name, message, status });
  await expect(refused).rejects.toBeInstanceOf(S3Error);
  expect(sent).toHaveLength(1);
});

test('six attempts, and none after an abort', async () => {
  const always = Array.from({ length: 9 }, () => [500, ''] as const);
  const { client, sent } = clientOf(always);
  await expect(client.send({ method: 'GET', key: 'x' })).rejects.toMatchObject({ status: 500 });
  expect(sent).toHaveLength(6);
  const abort = new AbortController();
  const stopped = clientOf(always, abort);
  abort.abort();
  await expect(stopped.client.send({ method: 'GET', key: 'x' })).rejects.toThrow('aborted');
  expect(stopped.sent).toHaveLength(1);
});
