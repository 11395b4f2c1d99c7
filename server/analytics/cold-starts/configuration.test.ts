/** What only a deploy changes about environments, as text that is stored. */
import { expect, test } from 'vitest';
import { decodeConfiguration, deployOf, encodeConfiguration } from './configuration.ts';

const PUBLISHED = { version: '7', memoryMb: 128, extensions: null, deployedAtMs: null };

test('the text of a configuration, with and without a known deploy', () => {
  expect(encodeConfiguration(PUBLISHED)).toBe('["7",128,null]');
  const latest = { version: '$LATEST', memoryMb: null, extensions: 'a\nb', deployedAtMs: 5000 };
  expect(encodeConfiguration(latest)).toBe('["$LATEST",null,"a\\nb",5000]');
  for (const one of [PUBLISHED, latest]) expect(decodeConfiguration(encodeConfiguration(one))).toEqual(one);
});

test.each(['', 'c1', '{}', '7', 'null', '[7,128,null]', '["7","128",null]', '["7",128,9]', '["7",128,null,"5"]', '[]'])(
  'the text %j is none',
  (text) => {
    expect(decodeConfiguration(text)).toBeNull();
  },
);

test('the deploy in force is the latest update of $LATEST that is not after the start', () => {
  const at = (startedMs: number, version: string | null = '$LATEST') => deployOf({ version, startedMs }, [1000, 2000]);
  expect([999, 1000, 1999, 2000, 9000].map((startedMs) => at(startedMs))).toEqual([null, 1000, 1000, 2000, 2000]);
  expect([at(9000, '7'), at(9000, null)]).toEqual([null, null]);
});
