/** Which document a text or an object is: by its log group, then by its members. Forms are those of AWS's documentation. */
import { describe, expect, test } from 'vitest';
import { UPDATE_EVENT } from '../../test/support/kinds-fixture.ts';
import {
  DEFAULT_DOCUMENT_OPTIONS,
  documentOptions,
  readDocument,
  readDocumentMessage,
  readTextDocument,
} from './read-document.ts';

const SEGMENT = { trace_id: '1-5759e988-bd862e3fe1be46a994272793', id: '53995c3f42cd8ad8', start_time: 1_795_888_751 };
const SPAN = { traceId: '5759e988bd862e3fe1be46a994272793', spanId: '53995c3f42cd8ad8', startTimeUnixNano: 5 };
const GATEWAY = { requestId: 'a=', status: 200, integrationLatency: 3 };
const ENI = {
  eventName: 'DeleteNetworkInterface',
  eventSource: 'ec2.amazonaws.com',
  userAgent: 'lambda.amazonaws.com',
};
const INSIGHTS = { request_id: 'r', function_name: 'f' };
const FLOW = '2 111122223333 eni-0a1b2c3d 10.0.0.1 10.0.0.2 49761 5432 6 20 4249 1700000000 1700000060 REJECT OK';
const CLF = '203.0.113.7 - - [09/Feb/2024:08:42:44 +0000] "GET /items HTTP/1.1" 200 34 S0vJ2h5FoAMEPFg=';
const DURABLE = {
  requestId: 'r',
  executionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:workflow:7/durable-execution/order-17/5f2c7b1e',
};

/** The kind of the first record, or the reason why there is none. */
function kindOf(logGroup: string, message: string): string | undefined {
  const result = readDocumentMessage(logGroup, message, DEFAULT_DOCUMENT_OPTIONS);
  return result.ok ? result.records[0]?.kind : result.reason;
}

describe('messages of log groups', () => {
  test.each([
    ['aws/spans', SPAN, 'trace-segment'],
    ['/aws/application-signals/data', SPAN, 'trace-segment'],
    // The group decides: what is none of its documents is refused.
    ['aws/spans', SEGMENT, 'span-without-id'],
    ['aws/spans', 'text', 'document-not-json'],
    ['/aws/lambda-insights', INSIGHTS, 'resource-use'],
    ['/aws/lambda-insights', SPAN, 'insights-without-request-id'],
    ['/aws/lambda-insights', '{', 'document-not-json'],
    ['/aws/lambda-insights-of-mine', INSIGHTS, 'not-a-document'],
    ['/aws/lambda/f', SPAN, 'not-a-document'],
    ['/aws/lambda/f', CLF, 'not-a-document'],
    ['/aws/lambda/f', FLOW, 'not-a-document'],
    ['/aws/lambda/f', DURABLE, 'durable-line'],
    ['/mine', DURABLE, 'durable-line'],
    ['/mine', SEGMENT, 'trace-segment'],
    ['/mine', SPAN, 'trace-segment'],
    ['/mine', `  \n${JSON.stringify(SPAN)}`, 'trace-segment'],
    ['/mine', ENI, 'network-event'],
    ['/mine', UPDATE_EVENT, 'deploy-event'],
    ['/mine', GATEWAY, 'gateway-request'],
    ['/mine', FLOW, 'flow'],
    ['/mine', `  ${FLOW}`, 'flow'],
    ['/mine', CLF, 'gateway-request'],
    ['/mine', 'text', 'not-a-document'],
    ['/mine', '', 'not-a-document'],
    ['/mine', [SPAN], 'not-a-document'],
  ])('%s: %j', (logGroup, message, expected) => {
    expect(kindOf(logGroup, typeof message === 'string' ? message : JSON.stringify(message))).toBe(expected);
  });

  test.each([
    ['trace_id', SEGMENT],
    ['start_time', SEGMENT],
    ['id', SEGMENT],
    ['traceId', SPAN],
    ['spanId', SPAN],
    ['requestId', GATEWAY],
    ['status', GATEWAY],
    ['integrationLatency', GATEWAY],
    ['eventName', ENI],
  ])('without its member %s an object is no document', (name, document) => {
    expect(kindOf('/mine', JSON.stringify({ ...document, [name]: undefined }))).toBe('not-a-document');
  });

  test.each([
    ['a segment', SEGMENT],
    ['a span', SPAN],
    ['an event of CloudTrail', ENI],
    ['an update', UPDATE_EVENT],
  ])('%s that is cut off is no JSON', (_, document) => {
    expect(kindOf('/mine', JSON.stringify(document).slice(0, -1))).toBe('document-not-json');
  });

  test('an access log that is cut off, other events and values of the same names are lines of an application', () => {
    expect(kindOf('/mine', JSON.stringify(GATEWAY).slice(0, -1))).toBe('not-a-document');
    expect(kindOf('/mine', JSON.stringify({ ...ENI, eventName: 'PutObject' }))).toBe('not-a-document');
    expect(kindOf('/mine', '{"a":"DeleteNetworkInterface"}')).toBe('not-a-document');
    expect(kindOf('/mine', '{"words":["requestId","status"]}')).toBe('not-a-document');
  });

  test('nanoseconds of a span keep every digit in any group', () => {
    for (const group of ['aws/spans', '/aws/application-signals/data', '/mine']) {
      const message = JSON.stringify({ ...SPAN, startTimeUnixNano: '@' }).replace('"@"', '1791300000123456789');
      expect(readDocumentMessage(group, message, DEFAULT_DOCUMENT_OPTIONS)).toMatchObject({
        records: [{ startNs: 1_791_300_000_123_456_789n }],
      });
    }
  });

  test('a line of an access log has at most 16,384 characters', () => {
    const line = (chars: number): string =>
      CLF.replace('/items', `/${'x'.repeat(chars - CLF.length + '/items'.length - 1)}`);
    expect(line(16_384)).toHaveLength(16_384);
    expect(kindOf('/mine', line(16_384))).toBe('gateway-request');
    expect(kindOf('/mine', line(16_385))).toBe('not-a-document');
  });
});

describe('the user’s format of access logs', () => {
  test('is tried before CLF, and names of the user’s before the usual ones', () => {
    // The same line in both forms, with the last variable called by another name.
    const format =
      '$context.a $context.b $context.c [$context.d] "$context.e $context.f $context.g" $context.h $context.i $context.mine';
    const read = (options: ReturnType<typeof documentOptions>) => readDocumentMessage('/mine', CLF, options);
    expect(read(documentOptions({ requestId: ['mine'] }, format))).toMatchObject({
      records: [{ requestId: 'S0vJ2h5FoAMEPFg=', status: null }],
    });
    expect(read(documentOptions({ requestId: ['mine'] }, null))).toMatchObject({ records: [{ status: 200 }] });
    // A format that cannot be read, or does not match, leaves CLF.
    for (const other of ['$context.a$context.b', 'words', '[$context.a] only'])
      expect(read(documentOptions({}, other))).toMatchObject({ records: [{ status: 200 }] });
    expect(read(documentOptions({}, format))).toEqual({ ok: false, reason: 'access-log-without-request-id' });
    const own = documentOptions({ status: ['outcome'] }, null);
    const message = JSON.stringify({ requestId: 'a=', status: 200, outcome: 404, integrationLatency: 1 });
    expect(readDocumentMessage('/mine', message, own)).toMatchObject({ records: [{ status: 404 }] });
    expect(own.accessLog.status).toEqual(['outcome', 'status', 'statusCode']);
  });
});

/** What a document becomes: kinds of its records, its problems and what it ignored. */
function found(value: unknown) {
  const read = readDocument(value, () => JSON.stringify(value));
  return read === null ? null : { ...read, records: read.records.map(({ kind }) => kind) };
}

const FUNCTION = { FunctionName: 'f', FunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:f' };
const document = (segment: unknown) => ({ Id: '1', Document: JSON.stringify(segment) });

describe('documents of tools', () => {
  test.each<readonly [name: string, value: unknown, kinds: readonly string[]]>([
    [
      'traces',
      { Traces: [{ Id: '1', Segments: [document(SEGMENT), document(SEGMENT)] }] },
      ['trace-segment', 'trace-segment'],
    ],
    ['a trace', { Id: '1', Segments: [document(SEGMENT)] }, ['trace-segment']],
    ['traces without segments', { Traces: [{}, null] }, []],
    ['functions', { Functions: [FUNCTION, FUNCTION] }, ['function-facts', 'function-facts']],
    ['a function', FUNCTION, ['function-facts']],
    ['a file of CloudTrail', { Records: [ENI, UPDATE_EVENT] }, ['network-event', 'deploy-event']],
    ['a file of CloudTrail without records', { Records: [] }, []],
    ['an event of CloudTrail', ENI, ['network-event']],
    ['a segment', SEGMENT, ['trace-segment']],
    ['a span', SPAN, ['trace-segment']],
    [
      'sizes of Power Tuning',
      { lambdaARN: 'f', stats: [{ value: 128, averageDuration: 1, averagePrice: 1 }] },
      ['tuning-run'],
    ],
  ])('%s', (_, value, records) => {
    expect(found(value)).toEqual({ records, problems: [], ignored: [] });
  });

  test.each([
    ['segments without the id of a trace', { Segments: [document(SEGMENT)] }],
    ['records of another kind', { Records: [ENI, { eventName: 'x' }] }],
    ['a name of an event alone', { eventName: 'DeleteNetworkInterface' }],
    ['the source of an event alone', { eventSource: 'ec2.amazonaws.com' }],
    ['a trace without a start', { ...SEGMENT, start_time: undefined }],
    ['a start without a trace', { ...SEGMENT, trace_id: undefined }],
    ['a span without its id', { ...SPAN, spanId: undefined }],
    ['a span without its trace', { ...SPAN, traceId: undefined }],
    ['a name of a function alone', { FunctionName: 'f' }],
    ['another object', {}],
    ['a list', [SEGMENT]],
    ['a text', 'x'],
    ['nothing', null],
  ])('%s is no document', (_, value) => {
    expect(found(value)).toBeNull();
  });

  test('problems have their reason and their own text, ignored events their reason', () => {
    const broken = { ...SEGMENT, id: undefined };
    expect(found({ Traces: [{ Segments: [document(broken), { Id: '2' }, 5] }] })).toEqual({
      records: [],
      problems: [
        { reason: 'segment-without-id', text: JSON.stringify(broken) },
        { reason: 'document-not-json', text: '{"Id":"2"}' },
        { reason: 'document-not-json', text: '5' },
      ],
      ignored: [],
    });
    const other = { ...ENI, eventName: 'PutObject' };
    const update = { ...UPDATE_EVENT, requestParameters: {}, responseElements: {} };
    expect(found({ Records: [other, { ...ENI, errorCode: 'Client.DryRunOperation' }, update] })).toEqual({
      records: [],
      problems: [{ reason: 'deploy-without-function', text: JSON.stringify(update) }],
      ignored: ['other-call', 'dry-run'],
    });
    const late = { ...SEGMENT, end_time: 1 };
    expect(found(late)?.problems).toEqual([{ reason: 'segment-ends-before-start', text: JSON.stringify(late) }]);
    expect(readDocument(SPAN, () => '{')?.problems).toEqual([{ reason: 'document-not-json', text: '{' }]);
  });
});

const OUTPUT = '{"power":512,"duration":12,"cost":1,"stats":[{"value":512,"averageDuration":12,"averagePrice":1}]}';

test.each([
  ['as execute.sh prints it', `Execution started..SUCCEEDED\nExecution output: \n${OUTPUT}`, 1],
  ['without a blank', `Execution startedSUCCEEDEDExecution output:${OUTPUT}`, 1],
  ['of a run that failed', `Execution started..FAILED\nExecution output: \n${OUTPUT}`, null],
  ['without an output', 'Execution started..SUCCEEDED\nExecution output: \nnull', null],
  ['with words before it', `$ ./execute.sh\nExecution started..SUCCEEDED\nExecution output: \n${OUTPUT}`, null],
  ['cut off', `Execution started..SUCCEEDED\nExecution output: \n${OUTPUT.slice(0, -1)}`, null],
  ['JSON alone', OUTPUT, null],
])('text before an output of Power Tuning, %s', (_, text, records) => {
  expect(readTextDocument(text)?.records.length ?? null).toBe(records);
});
