import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeFirehose } from '../decode/pipeline.ts';
import { arnRegion } from '../records/arn.ts';
import { isRegionalCopy } from '../records/web-function.ts';
import { identify, sourceOf } from './identity.ts';

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

const HEX = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';

/** Account, region and name of the function, by the group's name; the message came from account 1 in eu-west-1. */
test.each([
  ['/aws/lambda/f', '1', 'eu-west-1', 'f'],
  ['/aws/lambda/us-east-1.viewer-request', '1', 'us-east-1', 'viewer-request'],
  ['123456789012/us-gov-west-1/aws/lambda/f', '123456789012', 'us-gov-west-1', 'f'],
  ['123456789012/cn-northwest-1/aws/lambda/f', '123456789012', 'cn-northwest-1', 'f'],
  ['123456789012/eusc-de-east-1/aws/lambda/f', '123456789012', 'eusc-de-east-1', 'f'],
  ['123456789012/us-isob-east-1/aws/lambda/f', '123456789012', 'us-isob-east-1', 'f'],
  ['123456789012/eu-isoe-west-1/aws/lambda/f', '123456789012', 'eu-isoe-west-1', 'f'],
  ['123456789012/us-isof-south-1/aws/lambda/f', '123456789012', 'us-isof-south-1', 'f'],
  ['123456789012/ap-south-1/aws/lambda/us-east-1.viewer-request', '123456789012', 'us-east-1', 'viewer-request'],
  ['12345/eu-west-1/aws/lambda/f', '1', 'eu-west-1', '12345/eu-west-1/aws/lambda/f'],
])('%s is of the function itself', (logGroup, account, region, functionName) => {
  const header = identify(sourceOf({ account: '1', region: 'eu-west-1', logGroup, logStream: HEX }));
  expect(header).toMatchObject({ account, region, functionName });
});

test.each([
  ['arn:aws:lambda:eu-west-1::runtime:ab', 'eu-west-1'],
  ['arn:aws-eusc:lambda:eusc-de-east-1::runtime:ab', 'eusc-de-east-1'],
  ['arn:aws-cn:lambda:cn-north-1::runtime:ab', 'cn-north-1'],
  ['arn:aws-us-gov:lambda:us-gov-east-1::runtime:ab', 'us-gov-east-1'],
  ['arn:aws-iso:lambda:us-iso-east-1::runtime:ab', 'us-iso-east-1'],
  ['arn:aws-iso-f:lambda:us-isof-east-1::runtime:ab', 'us-isof-east-1'],
  ['not-an-arn', null],
])('the region of %s', (arn, region) => {
  expect(arnRegion(arn)).toBe(region);
});
