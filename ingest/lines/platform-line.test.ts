import { expect, test } from 'vitest';
import { gluedRecordAt } from './platform-line.ts';

test.each([
  ['the shortest', 'x{"time":"type":"platform.', 1],
  ['without a character before it', '{"time":"type":"platform.', -1],
  ['after other text', 'END{"time":"2026-11-20T10:00:00Z","type":"platform.report"}', 3],
  ['without a time', 'a text{"tome":"type":"platform.', -1],
])('a platform record behind other text: %s', (_, text, expected) => {
  expect(gluedRecordAt(text)).toBe(expected);
});
