/** CloudTrail records and list-functions entries in the form of AWS's documentation. */
import { expect, test } from 'vitest';
import { UPDATE_EVENT } from '../../test/support/kinds-fixture.ts';
import { readCloudTrail } from './cloudtrail.ts';
import { readFunctionFacts } from './function-facts.ts';
import { DEFAULT_DOCUMENT_OPTIONS, readDocument, readDocumentMessage } from './read-document.ts';

test('an update names the function, the time and the hash of the code', () => {
  expect(readCloudTrail(UPDATE_EVENT)).toEqual({
    ok: true,
    records: [
      {
        kind: 'deploy-event',
        atMs: Date.UTC(2026, 10, 19, 0, 11, 30),
        account: '123456789012',
        region: 'eu-west-1',
        functionName: 'latest',
        event: 'UpdateFunctionCode',
        codeSha256: 'Ea0y7bUNmQbZkYhU0lYiZc3aGn1p3vXr0fQ2s1wqk8M=',
        architecture: null,
      },
    ],
  });
});

test.each([
  ['the response', { responseElements: { functionName: 'shop', architectures: ['arm64'] } }, 'arm64'],
  [
    'the request without a response',
    { responseElements: null, requestParameters: { functionName: 'shop', architectures: ['x86_64'] } },
    'x86_64',
  ],
  ['neither', { responseElements: { functionName: 'shop' } }, null],
  ['an unknown name', { responseElements: { functionName: 'shop', architectures: ['riscv'] } }, null],
  ['no list', { responseElements: { functionName: 'shop', architectures: 'arm64' } }, null],
])('an update states the architecture in %s', (_, parts, architecture) => {
  expect(readCloudTrail({ ...UPDATE_EVENT, ...parts })).toMatchObject({ ok: true, records: [{ architecture }] });
});

test.each([
  ['an ARN with a version', 'arn:aws:lambda:eu-west-1:123456789012:function:shop:7', 'shop'],
  ['a partial ARN', '123456789012:function:shop', 'shop'],
  ['a name', 'shop', 'shop'],
])('without a response, the request names the function by %s', (_, functionName, expected) => {
  const event = { ...UPDATE_EVENT, responseElements: null, requestParameters: { functionName } };
  const result = readCloudTrail(event);
  expect(result).toMatchObject({ ok: true, records: [{ functionName: expected, codeSha256: null }] });
});

test.each([
  ['UpdateFunctionConfiguration20150331v2', 'UpdateFunctionConfiguration'],
  ['CreateFunction20150331', 'CreateFunction'],
  ['UpdateFunctionCode', 'UpdateFunctionCode'],
])('%s', (eventName, event) => {
  expect(readCloudTrail({ ...UPDATE_EVENT, eventName })).toMatchObject({ ok: true, records: [{ event }] });
});

test.each([
  ['a failed call', { errorCode: 'AccessDenied' }, 'failed-call'],
  ['a dry run', { requestParameters: { functionName: 'latest', dryRun: true } }, 'dry-run'],
  ['another service', { eventSource: 'edgelambda.amazonaws.com' }, 'other-call'],
  ['another call', { eventName: 'UpdateFunctionUrlConfig' }, 'other-call'],
  ['an alias', { eventName: 'UpdateAlias20150331' }, 'other-call'],
  ['a version of seven digits', { eventName: 'UpdateFunctionCode2015033' }, 'other-call'],
  ['a version of nine digits', { eventName: 'UpdateFunctionCode201503310' }, 'other-call'],
  ['a version without its number', { eventName: 'UpdateFunctionCode20150331v' }, 'other-call'],
  ['two digits after the version', { eventName: 'UpdateFunctionCode20150331v22' }, 'other-call'],
  ['a name before it', { eventName: 'XUpdateFunctionCode20150331' }, 'other-call'],
  ['a failed dry run', { errorCode: 'AccessDenied', requestParameters: { dryRun: true } }, 'failed-call'],
])('%s is no update, and counted by its reason', (_, change, why) => {
  expect(readCloudTrail({ ...UPDATE_EVENT, ...change })).toEqual({ ok: false, reason: 'not-ours', why });
});

test('the account and the region are those of the ARN, otherwise those of the record', () => {
  const ownerArn = 'arn:aws:lambda:us-east-1:999999999999:function:shop';
  expect(readCloudTrail({ ...UPDATE_EVENT, responseElements: { functionArn: ownerArn } })).toMatchObject({
    records: [{ account: '999999999999', region: 'us-east-1', functionName: 'shop' }],
  });
  expect(readCloudTrail({ ...UPDATE_EVENT, responseElements: { functionName: 'shop' } })).toMatchObject({
    records: [{ account: '123456789012', region: 'eu-west-1', functionName: 'shop' }],
  });
});

test('an entry of a list of functions that is no object is a problem with a reason, and its neighbours are read', () => {
  expect(readDocument({ Functions: [5, { FunctionName: 'shop' }] }, () => '')).toMatchObject({
    records: [{ kind: 'function-facts', name: 'shop' }],
    problems: [{ reason: 'function-without-name', text: '5' }],
  });
});

test('what the response states counts before the request', () => {
  const event = {
    ...UPDATE_EVENT,
    requestParameters: {
      functionName: 'arn:aws:lambda:us-east-1:999999999999:function:of-the-request',
      architectures: ['x86_64'],
      dryRun: false,
    },
    responseElements: { ...UPDATE_EVENT.responseElements, functionName: 'of-the-response', architectures: ['arm64'] },
  };
  const { functionArn: _, ...response } = event.responseElements;
  const functionArn = 'arn:aws:lambda:eu-west-2:123456789012:function:by-arn:7';
  expect(readCloudTrail({ ...event, responseElements: { ...response, functionArn } })).toMatchObject({
    records: [{ functionName: 'by-arn', region: 'eu-west-2', account: '123456789012', architecture: 'arm64' }],
  });
  // An ARN, of whichever part, has the account and the region as well.
  expect(readCloudTrail({ ...event, responseElements: response })).toMatchObject({
    records: [{ functionName: 'of-the-request', region: 'us-east-1', account: '999999999999' }],
  });
  expect(
    readCloudTrail({ ...event, responseElements: response, requestParameters: { functionName: 'x' } }),
  ).toMatchObject({
    records: [{ functionName: 'of-the-response', region: 'eu-west-1', account: '123456789012' }],
  });
});

test('the time of an update is when the function was modified, otherwise that of the call; without either it is unknown', () => {
  const at = (responseElements: object, eventTime?: string) =>
    readCloudTrail({ ...UPDATE_EVENT, responseElements: { functionName: 'shop', ...responseElements }, eventTime });
  const lastModified = '2026-11-19T00:11:30.000+0000';
  expect(at({ lastModified }, '2026-11-19T00:12:00Z')).toMatchObject({
    records: [{ atMs: Date.UTC(2026, 10, 19, 0, 11, 30) }],
  });
  expect(at({ lastModified: 'soon' }, '2026-11-19T00:12:00Z')).toMatchObject({
    records: [{ atMs: Date.UTC(2026, 10, 19, 0, 12) }],
  });
  expect(at({})).toMatchObject({ records: [{ atMs: null, codeSha256: null }] });
});

test('a call without parameters and response names no function', () => {
  const event = { eventName: 'CreateFunction20150331', eventSource: 'lambda.amazonaws.com' };
  expect(readCloudTrail(event)).toEqual({ ok: false, reason: 'deploy-without-function' });
  expect(readCloudTrail({ ...event, requestParameters: { functionName: 'a:' } })).toEqual({
    ok: false,
    reason: 'deploy-without-function',
  });
});

test('an update without a function is rejected', () => {
  const event = { ...UPDATE_EVENT, responseElements: null, requestParameters: {} };
  expect(readCloudTrail(event)).toEqual({ ok: false, reason: 'deploy-without-function' });
});

test('updates are found in files and in the log group of a trail', () => {
  const text = JSON.stringify(UPDATE_EVENT);
  expect(readDocument({ Records: [UPDATE_EVENT] }, () => '')).toMatchObject({
    records: [{ kind: 'deploy-event' }],
    problems: [],
    ignored: [],
  });
  expect(readDocumentMessage('aws-cloudtrail-logs', text, DEFAULT_DOCUMENT_OPTIONS)).toMatchObject({ ok: true });
});

test('the inventory tells the update of $LATEST, not that of a published version', () => {
  const entry = {
    FunctionName: 'shop',
    FunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:shop',
    LastModified: '2026-11-20T10:15:30.250+0000',
    CodeSha256: 'abc=',
    TenancyConfig: { TenantIsolationMode: 'PER_TENANT' },
    CapacityProviderConfig: {
      LambdaManagedInstancesCapacityProviderConfig: {
        CapacityProviderArn: 'arn:aws:lambda:eu-west-1:123456789012:capacity-provider:main',
        PerExecutionEnvironmentMaxConcurrency: 16,
      },
    },
  };
  expect(readFunctionFacts(entry)).toMatchObject({
    records: [
      {
        lastModifiedMs: Date.UTC(2026, 10, 20, 10, 15, 30, 250),
        codeSha256: 'abc=',
        tenantIsolation: true,
        durable: false,
        capacityProvider: 'arn:aws:lambda:eu-west-1:123456789012:capacity-provider:main',
        environmentConcurrency: 16,
      },
    ],
  });
  expect(readFunctionFacts({ ...entry, Version: '7' })).toMatchObject({
    records: [{ lastModifiedMs: null, codeSha256: null }],
  });
});
