import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeFirehose } from '../decode/pipeline.ts';
import { isRegionalCopy } from '../records/web-function.ts';
import { identify } from './identity.ts';

const HASH = '22be0123456789abcdef0123456789ab';

/** Names of log groups and streams as in AWS's documentation of Lambda and of Lambda Web Functions. */
test.each([
  ['/aws/lambda/checkout', `2026/11/20/[$LATEST]${HASH}`, 'checkout', '$LATEST', false],
  ['/aws/lambda/web', `2026/11/20/[7]${HASH}`, 'web', '7', false],
  ['/aws/lambda/web/shop', 'b2a5f0', 'shop', null, false],
  ['/aws/lambda/web/shop', `2026/11/20/shop[$LATEST]${HASH}`, 'shop', '$LATEST', false],
  ['/aws/lambda/web/my-app/deeper', 'b2a5f0', '/aws/lambda/web/my-app/deeper', null, true],
  ['/shared', `2026/11/20/shop[3]${HASH}`, 'shop', '3', false],
])('%s, %s', (logGroup, logStream, functionName, version, nameInferred) => {
  expect(identify({ account: '1', region: 'r', logGroup, logStream })).toMatchObject({
    functionName,
    version,
    nameInferred,
  });
});

test.each([
  ['/aws/lambda/web/shop.local', true],
  ['/aws/lambda/web/shop', false],
  ['/aws/lambda/shop.local', false],
  ['/aws/lambda/web/.local', false],
  ['/aws/lambda/web/shop.local/x', false],
  ['/custom/web/shop.local', false],
])('%s holds a copy: %s', (logGroup, expected) => {
  expect(isRegionalCopy(logGroup)).toBe(expected);
});

test('lines of a regional copy are counted as ignored, those of its group are read', () => {
  const line =
    'REPORT RequestId: 3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab\tDuration: 5.00 ms\tBilled Duration: 5 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\t\n';
  const read = (logGroup: string) => {
    const message = {
      messageType: 'DATA_MESSAGE',
      owner: '123456789012',
      logGroup,
      logStream: `2026/11/20/[$LATEST]${HASH}`,
      subscriptionFilters: [],
      logEvents: [{ id: '1', timestamp: Date.UTC(2026, 10, 20), message: line }],
    };
    const records = [{ data: gzipSync(JSON.stringify(message)).toString('base64') }];
    const result = decodeFirehose(
      Buffer.from(JSON.stringify({ requestId: 'r', timestamp: 1, records })),
      { requestId: 'r' },
      { raw: 'all', region: 'eu-west-1', selfLogGroups: [] },
    );
    if (!result.ok) throw new Error(result.message);
    const { counts, invocations, raw, volumes, deadLetters } = result.batch;
    return { counts, n: invocations.n, stored: raw.length + volumes.length + deadLetters.length };
  };
  expect(read('/aws/lambda/web/shop.local')).toMatchObject({ n: 0, stored: 0, counts: { events: 1, ignored: 1 } });
  expect(read('/aws/lambda/web/shop')).toMatchObject({ n: 1, counts: { events: 1, ignored: 0 } });
});
