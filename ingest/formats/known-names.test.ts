/** Every name that a reader asks a record for, at any depth, is known: records answer at random and note what they are asked for. */
import { expect, test } from 'vitest';
import { readDocument } from '../documents/read-document.ts';
import { Random } from '../records/random.ts';
import { readForwarded } from './forwarded-event.ts';
import { KNOWN_NAMES } from './known-names.ts';
import { recordsIn } from './record-lists.ts';
import { readMessage } from './subscription.ts';
import { logTailOf } from './untimed-messages.ts';
import { placeOf, readWrapped, recordTime } from './wrapped-event.ts';

type Json = Readonly<Record<string, unknown>>;

const READERS: readonly (readonly [string, (value: Json) => unknown])[] = [
  ['forwarded', (value) => readForwarded(value, '')],
  ['log tail', logTailOf],
  ['document', (value) => readDocument(value, () => '')],
  ['list', recordsIn],
  ['wrapped', (value) => readWrapped(value, '')],
  ['time', recordTime],
  ['place', (value) => placeOf(value, true)],
  ['message', (value) => readMessage(value, { region: '' })],
];

const TEXTS = ['x', '1', 'DATA_MESSAGE', 'Notification', '2026-11-20T10:00:00Z', 'CreateNetworkInterface', 'log'];

function randomRecord(random: Random, asked: Set<string>, depth: number): Json {
  const given = new Map<string, unknown>();
  const member = (name: string): unknown => {
    asked.add(name);
    // The same each time.
    if (!given.has(name)) given.set(name, randomValue());
    return given.get(name);
  };
  const randomValue = (): unknown => {
    const kind = Math.floor(random.next() * (depth > 5 ? 3 : 6));
    if (kind === 0) return undefined;
    if (kind === 1) return TEXTS[Math.floor(random.next() * TEXTS.length)];
    if (kind === 2) return 1_795_888_751_426;
    const inner = randomRecord(random, asked, depth + 1);
    return kind === 3 ? [inner] : inner;
  };
  return new Proxy<Json>(
    {},
    {
      get: (_, name) => (typeof name === 'string' && name !== 'toJSON' ? member(name) : undefined),
      has: (_, name) => typeof name === 'string' && member(name) !== undefined,
    },
  );
}

test.each(READERS)('the names that the reader %s asks for are known', (_, read) => {
  const random = new Random(8);
  const asked = new Set<string>();
  for (let n = 0; n < 3000; n += 1) read(randomRecord(random, asked, 0));
  expect(asked.size).toBeGreaterThan(0);
  const isKnown = (name: string): boolean => KNOWN_NAMES.find(`"${name}"`, 0, name.length + 2) !== undefined;
  expect([...asked].filter((name) => !isKnown(name))).toEqual([]);
});
