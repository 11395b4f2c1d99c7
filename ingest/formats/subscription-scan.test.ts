import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import type { Message } from './subscription.ts';
import { errorDelivery, readMessage } from './subscription.ts';
import { scanMessage } from './subscription-scan.ts';

const around = { region: 'eu-west-1', errorFilters: ['thermocline'] };

/** The scan as {@link readMessage} would put it. */
function scan(body: string | Buffer): Message | null {
  const found = scanMessage(Buffer.from(body as string), around);
  if (found === null) return null;
  const streams = [{ identity: found.identity, events: found.all() }];
  return { kind: 'data', streams, converted: 0, skipped: 0, untimed: 0, beyond: 0, errors: found.errors };
}

const id = '3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab';
const platform = [
  `START RequestId: ${id} Version: $LATEST\n`,
  `END RequestId: ${id}\n`,
  `REPORT RequestId: ${id}\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB\t\n`,
];
const message = fc.oneof(fc.constantFrom(...platform), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));
const event = fc.record({
  id: fc.oneof({ weight: 9, arbitrary: fc.stringMatching(/^\d{1,56}$/) }, fc.string()),
  timestamp: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1_420_000_000_000, max: 1_800_000_000_000 }) },
    fc.integer(),
  ),
  message,
});
const name = fc.oneof(
  { weight: 9, arbitrary: fc.stringMatching(/^[\w/$[\].-]{1,40}$/) },
  fc.string({ unit: 'binary' }),
);
const document = fc.record({
  messageType: fc.constantFrom('DATA_MESSAGE', 'DATA_MESSAGE', 'DATA_MESSAGE', 'CONTROL_MESSAGE'),
  owner: name,
  logGroup: name,
  logStream: name,
  subscriptionFilters: fc.array(fc.oneof(name, fc.constantFrom('thermocline', 'thermocline-eu', 'thermoclines')), {
    maxLength: 3,
  }),
  logEvents: fc.array(event, { maxLength: 8 }),
});

test('what is read in place is what JSON.parse reads', () => {
  let scanned = 0;
  law(
    fc.property(document, fc.constantFrom('', '\n', ' '), (value, tail) => {
      const text = JSON.stringify(value) + tail;
      const found = scan(text);
      if (found === null) return;
      scanned += 1;
      expect(found).toEqual(readMessage(JSON.parse(text), around));
    }),
    { numRuns: 1000 },
  );
  expect(scanned).toBeGreaterThan(100);
});

test('a damaged message is read as JSON.parse reads it, or left to it', () => {
  const good = JSON.stringify({
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: '/aws/lambda/f',
    logStream: '2026/11/21/[$LATEST]0123',
    subscriptionFilters: ['a'],
    logEvents: platform.map((text, at) => ({ id: `${at}`, timestamp: 1_700_000_000_000 + at, message: text })),
  });
  expect(scan(good)).toEqual(readMessage(JSON.parse(good), around));
  expect(scan(`${good}\v`)).toBeNull();
  expect(scan(`${good}\r\n`)).not.toBeNull();
  let scanned = 0;
  law(
    fc.property(fc.nat(good.length), fc.nat(3), fc.string({ unit: 'binary', maxLength: 3 }), (at, drop, insert) => {
      const text = good.slice(0, at) + insert + good.slice(at + drop);
      const found = scan(text);
      if (found === null) return;
      scanned += 1;
      expect(found).toEqual(readMessage(JSON.parse(text), around));
    }),
    { numRuns: 1500 },
  );
  expect(scanned).toBeGreaterThan(300);
});

test('a long message of escapes is read without a deep stack', () => {
  const text = JSON.stringify({
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: 'g',
    logStream: 's',
    subscriptionFilters: [],
    logEvents: [{ id: '1', timestamp: 1_700_000_000_000, message: '\\"\n'.repeat(1_000_000) }],
  });
  expect(scan(text)).toEqual(readMessage(JSON.parse(text), around));
});

test('a message states the names of its filters; those that are declared are marked', () => {
  const declared = ['mine'];
  expect(errorDelivery(['other', '', 7, 'mine', 'Mine', 'mine-2'], '123456789012', declared)).toEqual([
    ['other', false],
    ['mine', true],
    ['Mine', false],
    ['mine-2', false],
  ]);
  expect(errorDelivery(['thermocline'], '123456789012')).toEqual([['thermocline', false]]);
  expect(errorDelivery('mine', '123456789012', declared)).toEqual([]);
  expect(errorDelivery(undefined, '123456789012', declared)).toEqual([]);
  // The simulated fleet has no log group whose pattern could be edited.
  expect(errorDelivery(['thermocline'], '000000000000')).toBe(true);
});
