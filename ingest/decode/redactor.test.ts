/** What a request stores with rules of redaction. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Batch } from '../records/batch.ts';
import { COLUMN } from '../records/invocation-columns.ts';
import type { TelemetryRecord } from '../records/telemetry-record.ts';
import { replaced } from '../redaction/redact.ts';
import type { RedactionRules } from '../redaction/rules.ts';
import type { DecodeContext } from './pipeline.ts';
import { decodeFirehose, decodeLambdaEvent, decodeStreams } from './pipeline.ts';
import { lineFindings, Redactor, redactionOf } from './redactor.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const REQUEST = '3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c';
const RULES: RedactionRules = {
  patterns: ['email', 'card'],
  keys: ['password', 'errorMessage'],
  // Digits are in all figures of the Lambda service.
  expressions: { digits: '[0-9]{2,}', pin: 'pin (\\w+)' },
};
const rules = await redactionOf(RULES);
if (rules === null) throw new Error('no rules');
const context: DecodeContext = { raw: 'all', region: 'eu-west-1', selfLogGroups: [], redaction: RULES, rules };
const place = { account: '111122223333', region: 'eu-west-1' };
const identity = { ...place, logGroup: '/aws/lambda/checkout', logStream: '2026/11/20/[$LATEST]aa' };

const START = `START RequestId: ${REQUEST} Version: $LATEST\n`;
const REPORT = `REPORT RequestId: ${REQUEST}\tDuration: 84.11 ms\tBilled Duration: 85 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\t\n`;

const eventsOf = (messages: readonly string[]) =>
  messages.map((message, at) => ({ id: String((BigInt(AT) << 144n) + BigInt(at)), timestampMs: AT + at, message }));

function stored(messages: readonly string[], more: Partial<DecodeContext> = {}): Batch {
  const streams = [{ identity, events: eventsOf(messages) }];
  return decodeStreams({ streams, unreadable: [], records: [], ignored: [] }, place, { ...context, ...more });
}

/** All texts of chunks, errors and dead letters of a batch. */
function textsOf({ raw, faults, deadLetters, records }: Batch): string {
  return [
    ...raw.map(({ gzip }) => gunzipSync(gzip).toString('utf8')),
    ...faults.flatMap(({ errorType, message, stack }) => [errorType, message, stack]),
    ...deadLetters.flatMap(({ payload, detail }) => [Buffer.from(payload).toString('utf8'), detail]),
    JSON.stringify(records, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  ].join('\n');
}

const linesOf = ({ raw }: Batch): readonly string[] =>
  raw.flatMap(({ gzip }) =>
    (JSON.parse(gunzipSync(gzip).toString('utf8')) as { message: string }[]).map(({ message }) => message),
  );

test('lines of the function are replaced, figures of the service are not', () => {
  const batch = stored([START, 'paid by ada@example.com with 4111111111111111, pin abc\n', REPORT]);
  expect(linesOf(batch)).toEqual([
    START,
    'paid by [redacted:email] with [redacted:card], pin [redacted:pin]\n',
    REPORT,
  ]);
  expect(batch.invocations.n).toBe(1);
  expect(batch.invocations.numbers[COLUMN.durationMs]).toBe(84.11);
  expect(batch.counts.redacted).toEqual([
    ['email', 1],
    ['card', 1],
    ['pin', 1],
  ]);
});

test('nothing is replaced without rules, and the chunk stays as it was received', () => {
  const message = {
    messageType: 'DATA_MESSAGE',
    owner: place.account,
    logGroup: identity.logGroup,
    logStream: identity.logStream,
    subscriptionFilters: [],
    logEvents: eventsOf([START, 'ada@example.com', REPORT]).map(({ id, timestampMs, message: text }) => ({
      id,
      timestamp: timestampMs,
      message: text,
    })),
  };
  const gzip = gzipSync(JSON.stringify(message));
  const body = (bytes: Buffer): Buffer =>
    Buffer.from(JSON.stringify({ requestId: 'r', timestamp: 1, records: [{ data: bytes.toString('base64') }] }));
  const { redaction: _, rules: __, ...plain } = context;
  const asSent = decodeFirehose(body(gzip), { requestId: 'r' }, plain);
  expect(asSent.ok && Buffer.from(asSent.batch.raw[0]?.gzip ?? []).equals(gzip)).toBe(true);
  expect(asSent.ok && asSent.batch.counts.redacted).toBe(undefined);
  const redacted = decodeFirehose(body(gzip), { requestId: 'r' }, context);
  expect(redacted.ok && linesOf(redacted.batch)).toEqual([START, '[redacted:email]', REPORT]);
  // Of the same lines, so that it is known when it is delivered again.
  expect(redacted.ok && redacted.batch.raw[0]?.digest).toEqual(asSent.ok && asSent.batch.raw[0]?.digest);
  const clean = gzipSync(JSON.stringify(message).replace('ada@example.com', 'nothing to see'));
  const kept = decodeFirehose(body(clean), { requestId: 'r' }, context);
  expect(kept.ok && Buffer.from(kept.batch.raw[0]?.gzip ?? []).equals(clean)).toBe(true);
  // Members beside the lines are not searched: the document is written anew.
  const more = gzipSync(JSON.stringify({ ...message, note: 'ada@example.com' }).replace('"ada@example.com"}', '"x"}'));
  const rewritten = decodeFirehose(body(more), { requestId: 'r' }, context);
  expect(rewritten.ok && textsOf(rewritten.batch)).not.toContain('note');
});

test('errors are counted as they were thrown, and kept without what is replaced', () => {
  const line = `2026-11-20T10:00:00.000Z\t${REQUEST}\tERROR\tInvoke Error \t{"errorType":"PaymentError","errorMessage":"card of ada@example.com","stack":["PaymentError: card of ada@example.com","    at /var/task/index.js:1:2"]}\n`;
  const [fault] = stored([START, line, REPORT]).faults;
  expect(fault).toMatchObject({
    kind: 'error',
    requestId: REQUEST,
    errorType: 'PaymentError',
    message: '[redacted:key]',
  });
  expect(textsOf(stored([START, line, REPORT]))).not.toContain('ada@');
  // The rule of digits replaces the request id of the line: the error is still that of its invocation.
  expect(textsOf(stored([START, line, REPORT]))).toContain('[redacted:digits]');
  const all = stored([
    '[ERROR] KeyError: ada@example.com\rTraceback (most recent call last):\r  File "/var/task/app.py", line 1, in f\r',
  ]);
  expect(all.faults).toMatchObject([{ errorType: 'KeyError', message: '[redacted:email]' }]);
});

test('texts of errors in lines of the service are replaced, and what else it says is not', () => {
  const warning = `LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code. However, in rare cases, a Lambda runtime update can cause unexpected function behavior. For functions using managed runtimes, runtime updates can be triggered by a function change, or can be applied automatically. To determine if the runtime has been updated, check the runtime version in the INIT_START log entry. If this error correlates with a change in the runtime version, you may be able to mitigate this error by temporarily rolling back to the previous runtime version. For more information, see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html\r{"errorType":"Error","errorMessage":"no ada@example.com","requestId":"${REQUEST}","stackTrace":[]}`;
  expect(textsOf(stored([warning]))).not.toContain('ada@');
  const joined = `${START}mail to ada@example.com\nEND RequestId: ${REQUEST}\n${REPORT}`;
  const batch = stored([joined]);
  expect(linesOf(batch)).toEqual([joined.replace('ada@example.com', '[redacted:email]')]);
  expect(batch.invocations.numbers[COLUMN.durationMs]).toBe(84.11);
  // Made to look like the service's, with more than it writes.
  expect(textsOf(stored([`{"type":"platform.x","record":{"to":"ada@example.com"}}`]))).not.toContain('ada@');
});

test.each([
  START,
  REPORT,
  `END RequestId: ${REQUEST}\n`,
  'INIT_START Runtime Version: nodejs:22.v50\tRuntime Version ARN: arn:x\n',
])('a line of the service stays whole: %s', (line) => {
  expect(replaced(line, lineFindings(rules, line))).toBe(line);
});

test('dead letters are kept without what is replaced, and can be replayed', () => {
  const broken = REPORT.replace('Duration: 84.11 ms\t', '').replace('\t\n', '\tada@example.com\n');
  const { deadLetters } = stored([START, broken]);
  const [letter] = deadLetters;
  const payload = Buffer.from(letter?.payload ?? []).toString('utf8');
  expect(payload).not.toContain('ada@');
  expect(payload).toContain('Billed Duration: 85 ms');
  expect(payload).toContain(place.account);
  const again = decodeLambdaEvent(Buffer.from(payload), { ...context, replays: true });
  expect(again.ok && again.batch.deadLetters.map(({ reason }) => reason)).toEqual([letter?.reason]);
});

test('what cannot be read as text is not kept', () => {
  const secret = Buffer.from(
    '{"password":"hunter2"} and text enough to be a record of its own, which is longer than a line',
  ).toString('base64');
  const cut = gzipSync('mail to ada@example.com').subarray(0, 30);
  const records = [
    { data: cut.toString('base64') },
    { data: `${secret}${secret}!` },
    { data: Buffer.from('{"password":"x').toString('base64') },
  ];
  const decoded = decodeFirehose(
    Buffer.from(JSON.stringify({ requestId: 'r', timestamp: 1, records })),
    { requestId: 'r' },
    context,
  );
  if (!decoded.ok) throw new Error(decoded.message);
  expect(decoded.batch.deadLetters.map(({ payload }) => Buffer.from(payload).toString('utf8'))).toEqual([
    '[redacted:unreadable]',
    '[redacted:unreadable]!',
    '{"password":"[redacted:key]',
  ]);
});

test('only what is stored is replaced', () => {
  const { raw, counts } = stored(['ada@example.com'], { raw: 'off' });
  expect(raw).toEqual([]);
  expect(counts.redacted).toBe(undefined);
});

test('texts of documents are replaced', () => {
  const line = `{"requestId":"a-1","ip":"10.0.0.1","requestTimeEpoch":1700000000250,"httpMethod":"GET","routeKey":"GET /users/ada@example.com","status":502,"integrationLatency":33,"responseLatency":35}`;
  const streams = [{ identity: { ...identity, logGroup: '/aws/apigateway/shop' }, events: eventsOf([line]) }];
  const batch = decodeStreams({ streams, unreadable: [], records: [], ignored: [] }, place, context);
  expect(batch.records).toMatchObject([{ record: { kind: 'gateway-request', route: 'GET /users/[redacted:email]' } }]);
});

test.each([null, undefined])('without rules (%s) nothing is compiled', async (none) => {
  expect(await redactionOf(none)).toBe(null);
});

test('rules that were not compiled are refused', () => {
  expect(() => stored(['x'], { rules: null })).toThrow(RangeError);
});

/** Lines of the service in which an expression finds each pair of digits: none may be replaced. */
const idOf = (pairs: number) => Array.from({ length: pairs }, () => '00').join('-');

test('parts of a line of the service are tried up to a number, after which the line is not one', () => {
  // 60 parts are tried in 119 halves, 80 would be in 159: at most 128 are.
  const found = (pairs: number) => lineFindings(rules, `START RequestId: ${idOf(pairs)} Version: a\n`).length;
  expect(found(60)).toBe(0);
  expect(found(64)).toBe(0);
  // In 129, of which the last is one part that is not tried.
  expect(found(65)).toBe(1);
  expect(found(80)).toBeGreaterThan(0);
});

test('an error is read again from its line, of which a rule may replace what it cannot find in a member', async () => {
  const ofMember = await redactionOf({ patterns: [], keys: [], expressions: { of: '"errorMessage":"(\\w+)' } });
  if (ofMember === null) throw new Error('no rules');
  const error = { errorType: 'OrderError', errorMessage: 'no order', stack: [] };
  const thrown = '{"errorType":"OrderError","errorMessage":"no order","stackTrace":[]}';
  for (const line of [
    `LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code.\r${thrown}`,
    `2026-11-20T10:00:00.000Z\t${REQUEST}\tERROR\tInvoke Error \t${thrown}`,
  ])
    expect(new Redactor(ofMember).error(line, error as never)).toMatchObject({
      errorType: 'OrderError',
      errorMessage: '[redacted:of] order',
    });
});

test('an error of a line without findings is the one that was given', () => {
  const error = { errorType: 'E', errorMessage: 'of ada@example.com', stack: [] };
  const redactor = new Redactor(rules);
  expect(redactor.error('Error: x', error as never)).toBe(error);
  expect(redactor.counts()).toEqual([]);
});

test('a fault of the service is kept without what is replaced of its members', async () => {
  const fault = {
    kind: 'fault',
    fault: 'error',
    requestId: REQUEST,
    errorType: 'mail ada@example.com',
    errorMessage: 'mail ada@example.com',
    status: null,
    timedOutAfterSec: null,
  } as const;
  const line = `RequestId: ${REQUEST} Error: mail ada@example.com`;
  expect(new Redactor(rules).fault(line, fault)).toEqual({
    ...fault,
    errorType: 'mail [redacted:email]',
    errorMessage: '[redacted:key]',
  });
  const ofType = await redactionOf({ patterns: ['email'], keys: ['errorType'], expressions: {} });
  if (ofType === null) throw new Error('no rules');
  expect(new Redactor(ofType).fault(line, fault)).toEqual({
    ...fault,
    errorType: '[redacted:key]',
    errorMessage: 'mail [redacted:email]',
  });
  expect(new Redactor(rules).fault('RequestId: x Error: y', fault)).toBe(fault);
  // What the line does not say stays unknown, whatever its name.
  expect(new Redactor(rules).fault(line, { ...fault, errorMessage: null }).errorMessage).toBeNull();
});

test('annotations of a trace are replaced by their texts and names', () => {
  const annotations = { user: 'ada@example.com', password: 'x', n: 4_111, ok: true };
  const segment = { kind: 'trace-segment', name: 'a', annotations } as unknown as TelemetryRecord;
  expect(new Redactor(rules).record(segment)).toEqual({
    ...segment,
    annotations: { user: '[redacted:email]', password: '[redacted:key]', n: 4_111, ok: true },
  });
  const secret = { ...segment, annotations: { password: 5 } } as unknown as TelemetryRecord;
  expect(new Redactor(rules).record(secret)).toMatchObject({ annotations: { password: '[redacted:key]' } });
  const flow = { kind: 'flow-record', annotations } as unknown as TelemetryRecord;
  expect(new Redactor(rules).record(flow)).toBe(flow);
});

test('lines of a message that could not be read are replaced, and where they are from stays', () => {
  const redactor = new Redactor(rules);
  const message = (text: string) =>
    JSON.stringify({ owner: place.account, logEvents: [{ id: '1', timestamp: null, message: text }, { message: 5 }] });
  expect(redactor.payload(message('to ada@example.com'))).toBe(message('to [redacted:email]'));
  expect(redactor.payload(message('START RequestId: 12 Version: 1'))).toBe(message('START RequestId: 12 Version: 1'));
  // An id of CloudWatch Logs is digits alone: others are texts of the sender.
  const withId = (id: string) => JSON.stringify({ logEvents: [{ id, timestamp: 1, message: 'nothing' }] });
  expect(redactor.payload(withId('3891'))).toBe(withId('3891'));
  expect(redactor.payload(withId('of ada@example.com 38'))).toBe(withId('of [redacted:email] [redacted:digits]'));
  expect(redactor.payload(withId('38 of ada@example.com'))).toBe(withId('[redacted:digits] of [redacted:email]'));
  expect(redactor.payload(withId('3'.repeat(65)))).toBe(withId('[redacted:digits]'));
  // As it was sent, where nothing is replaced.
  const spaced = `{ "logEvents": [{ "message": "nothing" }] }`;
  expect(redactor.payload(spaced)).toBe(spaced);
  expect(redactor.payload('{"logEvents":[{"message":"to ada@example.com"')).toBe(
    '{"logEvents":[{"message":"to [redacted:email]"',
  );
});

test('bytes that are text are read as such, others are not kept', () => {
  const redactor = new Redactor(rules);
  expect(redactor.payload(Buffer.from('to ada@example.com, Größe'))).toBe('to [redacted:email], Größe');
  expect(redactor.payload(Buffer.from([0x61, 0xff]))).toBe('[redacted:unreadable]');
  expect(redactor.payload(Buffer.from('a\0b'))).toBe('[redacted:unreadable]');
  // A text may hold either: it was read before.
  expect(redactor.payload('a\ufffdb')).toBe('a\ufffdb');
  // Half of a pair, which UTF-8 cannot say.
  expect(redactor.payload('a\ud83d to ada@example.com')).toBe('a\ud83d to [redacted:email]');
});

test('JSON that is no message of a subscription keeps its form', () => {
  expect(new Redactor(rules).payload('{ "message": "to ada@example.com" }')).toBe(
    '{ "message": "to [redacted:email]" }',
  );
});

test('fields that CloudWatch Logs extracted from a line are replaced as the line is', () => {
  const redactor = new Redactor(rules);
  const message = (fields: object, id: string, more: object = {}) =>
    JSON.stringify({
      messageType: 'DATA_MESSAGE',
      owner: place.account,
      logGroup: '/aws/lambda/f12',
      logStream: 's12',
      subscriptionFilters: ['all'],
      policyLevel: 'ACCOUNT_LEVEL_12',
      logEvents: [{ id, timestamp: '1795888751426x', message: 'x', extractedFields: fields }],
      ...more,
    });
  const own = { '@aws.account': '111122223333', '@aws.region': 'eu-west-12' };
  const sent = { ...own, user: 'ada@example.com', password: 'x', n: 4111, deep: { password: 5, pin: null } };
  const kept = {
    ...own,
    user: '[redacted:email]',
    password: '[redacted:key]',
    n: 4111,
    deep: { password: '[redacted:key]', pin: null },
  };
  expect(redactor.payload(message(sent, '123'))).toBe(message(kept, '123'));
  expect(redactor.payload(message(own, '123'))).toBe(message(own, '123'));
  // An id has digits alone, and a sender may add members of its own.
  expect(redactor.payload(message({}, 'ada@example.com', { note: 'ada@example.com' }))).toBe(
    message({}, '[redacted:email]', { note: '[redacted:email]' }),
  );
});

test('a line that is stored twice is counted once, and again when it comes again', () => {
  const redactor = new Redactor(rules);
  const line = 'to ada@example.com';
  expect([redactor.line(line), redactor.line(line)]).toEqual(['to [redacted:email]', 'to [redacted:email]']);
  const events = eventsOf([line, 'a', line]);
  expect(redactor.events(events).map(({ message }) => message)).toEqual([
    'to [redacted:email]',
    'a',
    'to [redacted:email]',
  ]);
  expect(redactor.counts()).toEqual([['email', 2]]);
  const clean = eventsOf(['a', 'b']);
  expect(redactor.events(clean)).toBe(clean);
});

test('metrics with a text that is replaced are not stored', () => {
  const metric = { kind: 'metric-statistics', namespace: 'n', name: 'm', dimensions: [['a', 'b']] };
  const stays = (change: object) => new Redactor(rules).record({ ...metric, ...change } as never) !== null;
  expect([
    stays({}),
    stays({ namespace: 'ada@example.com' }),
    stays({ name: 'ada@example.com' }),
    stays({ dimensions: [['a', 'ada@example.com']] }),
    stays({ dimensions: [['ada@example.com', 'b']] }),
    stays({ dimensions: [['password', 'b']] }),
    stays({
      dimensions: [
        ['a', 'b'],
        ['to', 'ada@example.com'],
      ],
    }),
  ]).toEqual([true, false, false, false, false, false, false]);
});
