/** What the scan of a subscription message finds, and what it leaves to the parser; values worked out from the message by hand. */
import { describe, expect, test } from 'vitest';
import { KIND, scanMessage } from './subscription-scan.ts';

const A = '3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab';
const B = 'd661f7cf-9208-46b9-85b0-213b04a91065';
const AT = 1_795_176_930_123;
const figures = (id: string, rest = ''): string =>
  `REPORT RequestId: ${id}\tDuration: 1.25 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB${rest}\t\n`;
const MESSAGES = [
  figures(A),
  `START RequestId: ${B} Version: 7\n`,
  figures(B, '\tInit Duration: 2.50 ms'),
  `END RequestId: ${B}\n`,
  'one "ü"\n',
  '',
];
const messageOf = (messages: readonly string[], more: object = {}): string =>
  JSON.stringify({
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: '/aws/lambda/f',
    logStream: '2026/11/21/[$LATEST]0123',
    subscriptionFilters: ['mine', 'other'],
    ...more,
    logEvents: messages.map((message, at) => ({ id: `${at}${at}`, timestamp: AT + at, message })),
  });
const scan = (text: string) => scanMessage(Buffer.from(text), { region: 'eu-west-1', errorFilters: ['mine'] });
const GOOD = messageOf(MESSAGES);

describe('a message', () => {
  test('has its place, its filters and its events', () => {
    const found = scan(GOOD);
    expect(found).toMatchObject({
      n: 6,
      identity: {
        account: '123456789012',
        region: 'eu-west-1',
        logGroup: '/aws/lambda/f',
        logStream: '2026/11/21/[$LATEST]0123',
      },
      errors: [
        ['mine', true],
        ['other', false],
      ],
    });
    expect([...(found?.kinds.subarray(0, 6) ?? [])]).toEqual([
      KIND.report,
      KIND.start,
      KIND.report,
      KIND.end,
      KIND.other,
      KIND.other,
    ]);
    expect(found?.all()).toEqual(MESSAGES.map((message, at) => ({ id: `${at}${at}`, timestampMs: AT + at, message })));
    expect([...(found?.others ?? [])]).toEqual([
      [4, 'one "ü"\n'],
      [5, ''],
    ]);
  });

  test('has the figures of each REPORT in their place', () => {
    const numbers = scan(GOOD)?.numbers;
    expect([...(numbers?.subarray(0, 5) ?? [])]).toEqual([1.25, 4, 128, 40, Number.NaN]);
    expect([...(numbers?.subarray(10, 15) ?? [])]).toEqual([1.25, 4, 128, 40, 2.5]);
  });

  test('has request ids and versions in its bytes', () => {
    const found = scan(GOOD);
    expect(found?.version(1)).toBe('7');
    expect([found?.sameRequest(1, 2), found?.sameRequest(0, 1), found?.sameRequest(0, 2)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(GOOD.slice(found?.requestIdAt(0)).startsWith(A)).toBe(true);
    expect(GOOD.slice(found?.requestIdAt(1)).startsWith(B)).toBe(true);
    expect(GOOD.slice(found?.requestIdAt(2)).startsWith(B)).toBe(true);
    expect(found?.timestamp(3)).toBe(AT + 3);
    expect(found?.timestamp(65_536)).toBeNaN();
  });

  test('has as many bytes of text as its messages have in UTF-8', () => {
    for (const messages of [
      MESSAGES,
      ['ü'],
      [figures(A)],
      [figures(A, '\tInit Duration: 2.50 ms')],
      [`END RequestId: ${A}\n`],
    ])
      expect(scan(messageOf(messages))?.textBytes()).toBe(Buffer.byteLength(messages.join('')));
    expect(scan(messageOf(['ü']))?.textBytes()).toBe(2);
  });

  test('keeps nothing of the one before it', () => {
    scan(GOOD);
    const found = scan(messageOf(['x']));
    expect([found?.n, found?.all(), found?.others.size]).toEqual([1, [{ id: '00', timestampMs: AT, message: 'x' }], 1]);
  });

  test('of more than 1,024 events has all of them', () => {
    const many = Array.from({ length: 2050 }, (_, at) => MESSAGES[at % 4] ?? '');
    const found = scan(messageOf(many));
    expect(found?.all().map(({ message }) => message)).toEqual(many);
    expect([...(found?.numbers.subarray(5 * 1024, 5 * 1024 + 5) ?? [])]).toEqual([1.25, 4, 128, 40, Number.NaN]);
    expect([...(found?.numbers.subarray(5 * 2, 5 * 2 + 5) ?? [])]).toEqual([1.25, 4, 128, 40, 2.5]);
  });

  test('of 65,536 events is scanned, of more it is not', () => {
    const events = (n: number) =>
      messageOf([]).replace('[]}', `[${Array(n).fill(`{"id":"1","timestamp":${AT},"message":"x"}`).join(',')}]}`);
    expect(scan(events(65_536))?.n).toBe(65_536);
    expect(scan(events(65_537))).toBeNull();
  });

  test.each([
    ['names that are no ASCII', messageOf(['x'], { logStream: 'strömung 水' }), { logStream: 'strömung 水' }],
    ['an event without an id', GOOD.replace('"id":"00"', '"id":""'), {}],
    ['no filters', messageOf(['x'], { subscriptionFilters: [] }), {}],
    ['an empty filter', messageOf(['x'], { subscriptionFilters: [''] }), {}],
    ['ten filters', messageOf(['x'], { subscriptionFilters: Array(10).fill('f') }), {}],
    ['a name of 1,024 characters', messageOf(['x'], { logGroup: 'g'.repeat(1024) }), { logGroup: 'g'.repeat(1024) }],
    ['a long filter', messageOf(['x'], { subscriptionFilters: ['f'.repeat(16_000)] }), {}],
    ['white space at its end', `${GOOD} \t\r\n`, {}],
  ])('with %s is scanned', (_, text, identity) => {
    expect(scan(text)).toMatchObject({ identity });
  });

  test.each<[string, string | RegExp, string]>([
    ['another member for the time', '","timestamp":', '","timestomp":'],
    ['another member for the message', ',"message":', ',"massage":'],
    ['another member for the id', '{"id":"', '{"ix":"'],
    ['letters in an id', '"id":"00"', '"id":"x0"'],
    ['a time of twelve digits', String(AT), '179517693012'],
    ['a time of fourteen digits', String(AT), '17951769301230'],
    ['a time with a sign', String(AT), `-${String(AT).slice(1)}`],
    ['a time before Lambda', String(AT), '1415836799999'],
    ['a time after this century', String(AT), '4102444800001'],
    ['a message that is a number', '"one \\"ü\\"\\n"', '5'],
    ['a message that is null', '"one \\"ü\\"\\n"', 'null'],
    ['a message with an escape that is none', 'one', '\\x'],
    ['a message with a tab in it', 'one', '\t'],
    ['a member behind the message', /\},\{"id":"11"/, ',"x":1},{"id":"11"'],
    ['another bracket behind the message', /\},\{"id":"11"/, '],{"id":"11"'],
    ['a blank between events', '},{"id":"11"', '}, {"id":"11"'],
    ['no comma between events', '},{"id":"11"', '}{"id":"11"'],
    ['a comma behind the last', /\]\}$/, ',]}'],
    ['no end', /\]\}$/, ']'],
    ['another end', /\]\}$/, ']]'],
    ['a member behind the events', /\]\}$/, '],"x":1}'],
    ['a word behind it', /$/, 'x'],
    ['a zero byte behind it', /$/, '\0'],
    ['no events', /\[\{"id".*\}\]/s, '[]'],
    ['another type', 'DATA_MESSAGE', 'CONTROL_MESSAGE'],
    ['an empty owner', '"123456789012"', '""'],
    ['an empty group', '"/aws/lambda/f"', '""'],
    ['an empty stream', '"2026/11/21/[$LATEST]0123"', '""'],
    ['an owner that is a number', '"123456789012"', '123456789012'],
    ['an escape in a name', '/aws/lambda/f', '\\/aws/lambda/f'],
    ['an escape in a filter', '"mine"', '"\\u006dine"'],
    ['filters that are none', '["mine","other"]', 'null'],
    ['a filter that is a number', '["mine","other"]', '[1]'],
    ['eleven filters', '["mine","other"]', `[${Array(11).fill('"f"').join(',')}]`],
    ['a blank between members', ',"owner"', ', "owner"'],
    ['other members first', '{"messageType"', '{"x":1,"messageType"'],
    ['a blank before it', '{"messageType"', ' {"messageType"'],
    ['a group of 1,025 characters', '/aws/lambda/f', 'g'.repeat(1025)],
    ['an owner of 1,025 characters', '123456789012', '1'.repeat(1025)],
    ['a stream of 1,025 characters', '2026/11/21/[$LATEST]0123', 's'.repeat(1025)],
    ['a head of more than 16,384 bytes', '"mine"', `"${'f'.repeat(16_384)}"`],
    ['events under another name', '"logEvents"', '"logEventz"'],
  ])('with %s is left to the parser', (_, from, to) => {
    expect(GOOD.replace(from, () => to)).not.toBe(GOOD);
    expect(scan(GOOD.replace(from, () => to))).toBeNull();
  });
});
