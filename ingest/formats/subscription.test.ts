/** Subscription messages member by member. Their form: "Using subscription filters" of the CloudWatch Logs user guide. */
import { describe, expect, test } from 'vitest';
import { limits } from './limits.ts';
import { contradictsItself, eventMessage, isName, readMessage } from './subscription.ts';

const AT = Date.UTC(2026, 10, 20);
const EVENT = { id: '3'.repeat(56), timestamp: AT, message: 'END RequestId: a\n' };
const MESSAGE = {
  messageType: 'DATA_MESSAGE',
  owner: '111122223333',
  logGroup: '/aws/lambda/f',
  logStream: 'stream',
  subscriptionFilters: ['thermocline', 'other'],
  logEvents: [EVENT],
};
const IDENTITY = { account: '111122223333', region: 'eu-west-1', logGroup: '/aws/lambda/f', logStream: 'stream' };
const READ = { id: EVENT.id, timestampMs: AT, message: EVENT.message };
const read = (change: Readonly<Record<string, unknown>>) =>
  readMessage({ ...MESSAGE, ...change }, { region: 'eu-west-1', errorFilters: ['thermocline'] });

describe('a message that states a member twice', () => {
  const whole = JSON.stringify(MESSAGE);
  const found = (text: string): boolean => contradictsItself(text, JSON.parse(text));

  test.each(['messageType', 'owner', 'logGroup', 'logStream', 'subscriptionFilters', 'logEvents'])('%s', (name) => {
    const other = JSON.stringify({ [name]: name === 'logEvents' ? [] : 'other' }).slice(1, -1);
    expect(found(`{${other},${whole.slice(1)}`)).toBe(true);
    expect(found(`${whole.slice(0, -1)},${other}}`)).toBe(true);
    const same = JSON.stringify({ [name]: MESSAGE[name as keyof typeof MESSAGE] }).slice(1, -1);
    expect(found(`{${same},${whole.slice(1)}`)).toBe(false);
  });

  test.each([
    ['the message itself', whole],
    ['indented', JSON.stringify(MESSAGE, null, 2)],
    ['names of members in a message', JSON.stringify({ ...MESSAGE, logEvents: [{ ...EVENT, message: whole }] })],
    ['no events', '{"owner":"a","owner":"b"}'],
  ])('%s is not one', (_, text) => {
    expect(found(text)).toBe(false);
  });
});

test('each member', () => {
  expect(read({})).toEqual({
    kind: 'data',
    streams: [{ identity: IDENTITY, events: [READ] }],
    converted: 0,
    skipped: 0,
    untimed: 0,
    beyond: 0,
    errors: [
      ['thermocline', true],
      ['other', false],
    ],
  });
  expect(read({ messageType: 'CONTROL_MESSAGE' })).toEqual({ kind: 'control' });
  expect(read({ logEvents: [] })).toMatchObject({ kind: 'data', streams: [] });
});

test.each([
  ['owner', 'owner-missing'],
  ['logGroup', 'log-group-missing'],
  ['logStream', 'log-stream-missing'],
  ['logEvents', 'log-events-missing'],
  ['messageType', 'not-a-subscription-message'],
])('a message without %s is refused', (name, reason) => {
  expect(read({ [name]: undefined })).toEqual({ kind: 'rejected', reason });
});

test.each([
  ['an unknown type', { messageType: 'OTHER' }, 'unknown-message-type'],
  ['an empty log group', { logGroup: '' }, 'log-group-missing'],
  ['a log stream of 1,025 characters', { logStream: 'x'.repeat(1025) }, 'log-stream-missing'],
  ['an account that is a number', { owner: 111122223333 }, 'owner-missing'],
  ['events that are no list', { logEvents: {} }, 'log-events-missing'],
])('a message with %s is refused', (_, change, reason) => {
  expect(read(change)).toEqual({ kind: 'rejected', reason });
});

test.each([null, 5, 'text', [MESSAGE]])('%j is no message', (value) => {
  expect(readMessage(value, { region: '' })).toEqual({ kind: 'rejected', reason: 'not-a-subscription-message' });
});

test('events that cannot be read are counted by kind, and their neighbours are kept', () => {
  const events = [
    { ...EVENT, message: undefined },
    'no event',
    null,
    { ...EVENT, timestamp: 5 },
    { ...EVENT, timestamp: 'yesterday' },
    { ...EVENT, timestamp: AT / 1000 },
    EVENT,
  ];
  expect(read({ logEvents: events })).toMatchObject({
    streams: [{ events: [READ, READ] }],
    skipped: 3,
    untimed: 2,
    converted: 1,
    beyond: 0,
  });
});

test('an event without an id has none; a message that is JSON is serialised', () => {
  expect(read({ logEvents: [{ timestamp: AT, message: { level: 'INFO' } }] })).toMatchObject({
    streams: [{ events: [{ id: '', timestampMs: AT, message: '{"level":"INFO"}' }] }],
  });
  expect(eventMessage('a\ud800b')).toBe('a\ufffdb');
  expect(eventMessage(5)).toBeNull();
  expect(eventMessage(null)).toBeNull();
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  expect(eventMessage(cyclic)).toBeNull();
});

describe('centralised logs', () => {
  const from = (fields: unknown, message = 'x') => ({ ...EVENT, message, extractedFields: fields });

  test('events name their own account and region', () => {
    const events = [
      from({ '@aws.account': '444455556666', '@aws.region': 'us-east-2' }, 'a'),
      from({ '@aws.account': '444455556666' }, 'b'),
      from({ '@aws.region': 'us-east-2' }, 'c'),
      from({ '@aws.account': '', '@aws.region': 5 }, 'd'),
      from('text', 'e'),
      from({ '@aws.account': '444455556666', '@aws.region': 'us-east-2' }, 'f'),
    ];
    const { streams = [] } = read({ logEvents: events }) as { streams?: readonly StreamOf[] };
    const found = streams.map((one) => [
      one.identity.account,
      one.identity.region,
      one.events.map(({ message }) => message).join(''),
    ]);
    expect(found).toEqual([
      ['111122223333', 'eu-west-1', 'de'],
      ['444455556666', 'us-east-2', 'af'],
      ['444455556666', 'eu-west-1', 'b'],
      ['111122223333', 'us-east-2', 'c'],
    ]);
    expect(streams.every((one) => one.identity.logStream === 'stream')).toBe(true);
  });

  test('events of more scopes than one message may name are counted, not stored', () => {
    // The message's own scope is the first.
    const events = Array.from({ length: limits.scopesPerMessage + 1 }, (_, n) => from({ '@aws.account': `a${n}` }));
    const message = read({ logEvents: [...events, EVENT] }) as { streams: readonly StreamOf[]; beyond: number };
    expect(message.beyond).toBe(2);
    expect(message.streams).toHaveLength(limits.scopesPerMessage);
  });
});

interface StreamOf {
  readonly identity: typeof IDENTITY;
  readonly events: readonly { readonly message: string }[];
}

test('whether errors arrive is decided by the filters, of which at most 16 are read; the simulation sends everything', () => {
  expect(read({ subscriptionFilters: undefined })).toMatchObject({ errors: [] });
  expect(read({ subscriptionFilters: [5, '', 'a'] })).toMatchObject({ errors: [['a', false]] });
  const many = read({ subscriptionFilters: Array.from({ length: 20 }, (_, n) => `f${n}`) });
  expect(many.kind === 'data' && many.errors).toHaveLength(16);
  expect(read({ owner: '000000000000' })).toMatchObject({ errors: true });
});

test.each([
  ['x', true],
  ['x'.repeat(1024), true],
  ['x'.repeat(1025), false],
  ['', false],
  [5, false],
  [null, false],
])('a name %#', (value, expected) => {
  expect(isName(value)).toBe(expected);
});
