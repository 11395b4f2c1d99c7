/** Prefixes of application lines, as the runtimes' documentation of logging shows them. */
import { expect, test } from 'vitest';
import type { AppLine } from './app-line.ts';
import { describeAppLine } from './app-line.ts';

const ID = '8f5d3f0a-2a77-4d35-9c8e-1f0b6f0f2a11';
const TIME = '2026-11-26T08:00:00.009Z';
const NOTHING: AppLine = {
  requestId: null,
  level: null,
  timestamp: null,
  errorType: null,
  xrayTraceId: null,
  tenantId: null,
  emf: false,
};

test.each<[string, string, Partial<AppLine>]>([
  ['Node', `${TIME}\t${ID}\tINFO\thello`, { timestamp: TIME, requestId: ID, level: 'INFO' }],
  ['Node, during init', `${TIME}\tundefined\tWARN\thello`, { timestamp: TIME, level: 'WARN' }],
  ['Node, without an id', `${TIME}\t\tERROR\thello`, { timestamp: TIME, level: 'ERROR' }],
  ['Python', `[WARNING]\t${TIME}\t${ID}\thello`, { timestamp: TIME, requestId: ID, level: 'WARNING' }],
  ['Python, during init', `[INFO]\t${TIME}\t\thello`, { timestamp: TIME, level: 'INFO' }],
  ['an exception of Python', "[ERROR] KeyError: 'order'", { level: 'ERROR', errorType: 'KeyError' }],
  [
    'an exception of a module',
    '[ERROR] botocore.exceptions.ClientError: x',
    { level: 'ERROR', errorType: 'botocore.exceptions.ClientError' },
  ],
  [
    'JSON',
    `{"requestId":"${ID}","level":"INFO","timestamp":"${TIME}"}`,
    { requestId: ID, level: 'INFO', timestamp: TIME },
  ],
  [
    'JSON of Powertools',
    `{"function_request_id":"${ID}","xray_trace_id":"1-a"}`,
    { requestId: ID, xrayTraceId: '1-a' },
  ],
  ['JSON of Java', `{"AWSRequestId":"${ID}","log_level":"WARN"}`, { requestId: ID, level: 'WARN' }],
  [
    'JSON of Powertools for Java',
    `{"functionRequestId":"${ID}","xray_trace_id":"1-a"}`,
    { requestId: ID, xrayTraceId: '1-a' },
  ],
  [
    'JSON of Powertools for .NET',
    `{"FunctionRequestId":"${ID}","XRayTraceId":"1-a"}`,
    { requestId: ID, xrayTraceId: '1-a' },
  ],
  ['JSON of pino-lambda', `{"awsRequestId":"${ID}","level":30}`, { requestId: ID }],
  ['JSON of structlog', `{"aws_request_id":"${ID}","event":"x"}`, { requestId: ID }],
  [
    'JSON of the .NET runtime',
    `{"requestId":"${ID}","traceId":"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"}`,
    { requestId: ID, xrayTraceId: '1-5759e988-bd862e3fe1be46a994272793' },
  ],
  ['a trace id of OpenTelemetry', '{"traceId":"5759e988bd862e3fe1be46a994272793"}', {}],
  [
    'JSON, first names first',
    `{"requestId":"a","AWSRequestId":"b","function_request_id":"c","level":"X","log_level":"Y"}`,
    { requestId: 'a', level: 'X' },
  ],
  [
    'JSON with more',
    '{"errorType":"E","xrayTraceId":"1-b","tenantId":"blue"}',
    { errorType: 'E', xrayTraceId: '1-b', tenantId: 'blue' },
  ],
  ['embedded metrics', '{"_aws":{"Timestamp":1},"level":"INFO"}', { emf: true, level: 'INFO' }],
  ['embedded metrics that are none', '{"_aws":"x"}', {}],
  ['JSON with members that are no texts', '{"requestId":5,"level":{},"timestamp":null}', {}],
  ['JSON that is cut off', '{"requestId":"a"', {}],
  ['a list', '["requestId"]', {}],
  ['a line of Node in lower case', `${TIME}\t${ID}\tinfo\thello`, {}],
  ['a line of Node without its message', `${TIME}\t${ID}\tINFO`, {}],
  ['blanks instead of tabs', `${TIME} ${ID} INFO hello`, {}],
  ['a time later in the line', `at ${TIME}\t${ID}\tINFO\thello`, {}],
  ['a level alone', '[INFO] hello', {}],
  ['a level in lower case', '[error] KeyError: x', {}],
  ['blanks before JSON', ` {"requestId":"a"}`, {}],
  ['a line of Node behind a bracket', `[${TIME}\t${ID}\tINFO\thello`, {}],
  ['a level of seventeen letters', `${TIME}\t${ID}\t${'A'.repeat(17)}\thello`, {}],
  [
    'a level of sixteen letters',
    `${TIME}\t${ID}\t${'A'.repeat(16)}\thello`,
    {
      timestamp: TIME,
      requestId: ID,
      level: 'A'.repeat(16),
    },
  ],
  ['an id of 257 characters', `${TIME}\t${'i'.repeat(257)}\tINFO\thello`, {}],
  ['Python behind blanks', ` [WARNING]\t${TIME}\t${ID}\thello`, {}],
  ['Python without its message', `[WARNING]\t${TIME}\t${ID}`, {}],
  ['Python with an undefined id', `[WARNING]\t${TIME}\tundefined\thello`, { timestamp: TIME, level: 'WARNING' }],
  ['an exception behind blanks', " [ERROR] KeyError: 'order'", {}],
  ['an exception without its message', '[ERROR] KeyError', {}],
  [
    'an id of 256 characters',
    `${TIME}\t${'i'.repeat(256)}\tINFO\t`,
    { timestamp: TIME, requestId: 'i'.repeat(256), level: 'INFO' },
  ],
  [
    'Python, a level of sixteen letters',
    `[${'A'.repeat(16)}]\t${TIME}\t${ID}\t`,
    { timestamp: TIME, requestId: ID, level: 'A'.repeat(16) },
  ],
  ['Python, a level of seventeen letters', `[${'A'.repeat(17)}]\t${TIME}\t${ID}\thello`, {}],
  [
    'Python, an id of 256 characters',
    `[INFO]\t${TIME}\t${'i'.repeat(256)}\t`,
    { timestamp: TIME, requestId: 'i'.repeat(256), level: 'INFO' },
  ],
  ['Python, an id of 257 characters', `[INFO]\t${TIME}\t${'i'.repeat(257)}\thello`, {}],
  ['an exception, a level of sixteen letters', `[${'A'.repeat(16)}] E: x`, { level: 'A'.repeat(16), errorType: 'E' }],
  ['an exception, a level of seventeen letters', `[${'A'.repeat(17)}] E: x`, {}],
  ['a type of 256 characters', `[ERROR] ${'e'.repeat(256)}: x`, { level: 'ERROR', errorType: 'e'.repeat(256) }],
  ['a type of 257 characters', `[ERROR] ${'e'.repeat(257)}: x`, {}],
  ['a type with a hyphen', '[ERROR] an-error: x', {}],
  [
    'a time of minutes',
    `2026-11-26T08:00Z\t${ID}\tINFO\tx`,
    { timestamp: '2026-11-26T08:00Z', requestId: ID, level: 'INFO' },
  ],
  ['a time of hours', `2026-11-26T08Z\t${ID}\tINFO\tx`, {}],
  ['a time without its zone', `2026-11-26T08:00:00.009\t${ID}\tINFO\tx`, {}],
  ['a date of another form', `20261-1-26T08:00:00.009Z\t${ID}\tINFO\tx`, {}],
  [
    '24 characters of a time',
    `2026-11-26T${'0'.repeat(24)}Z\t${ID}\tINFO\tx`,
    { timestamp: `2026-11-26T${'0'.repeat(24)}Z`, requestId: ID, level: 'INFO' },
  ],
  ['25 characters of a time', `2026-11-26T${'0'.repeat(25)}Z\t${ID}\tINFO\tx`, {}],
  ['Python, a time of another form', `[INFO]\t2026-11-26 08:00:00Z\t${ID}\tx`, {}],
  [
    'JSON, the id of Powertools before that of Java',
    '{"AWSRequestId":"b","function_request_id":"c"}',
    { requestId: 'c' },
  ],
  ['JSON, the trace of Powertools first', '{"xrayTraceId":"b","xray_trace_id":"a"}', { xrayTraceId: 'a' }],
  ['JSON in a list', '[{"requestId":"a"}]', {}],
  ['text', 'hello', {}],
  ['text that JSON would be read from, were it not for a brace', '"a"', {}],
  ['nothing', '', {}],
])('%s', (_, line, expected) => {
  expect(describeAppLine(line)).toEqual({ ...NOTHING, ...expected });
});

test('JSON of any length is read', () => {
  expect(describeAppLine(`{"text":"${'x'.repeat(70_000)}","requestId":"${ID}"}`).requestId).toBe(ID);
});
