import { afterEach, expect, test, vi } from 'vitest';
import { escapedJson, plain, printable } from '../../ingest/text/printable.ts';
import { redraw, writeErr, writeJson, writeOut, writeStyled } from './output.ts';

/** What terminals obey or hide: escape sequences, C1 controls, direction marks (UTR 36, 3.1), tags, separators. */
const HOSTILE = [
  '\u001b[2J',
  '\u001b]0;title\u0007',
  '\u001b]52;c;ZXZpbA==\u001b\\',
  '\u009b31m',
  '\r',
  '\b\b\b',
  '\u0000',
  '\u007f',
  '\u202e',
  '\u2066',
  '\u200f',
  '\u061c',
  '\u2028',
  '\ufeff',
  '\u{e0041}',
];

afterEach(() => {
  vi.restoreAllMocks();
});

function captured(stream: 'stdout' | 'stderr', work: () => void): string {
  let text = '';
  const spy = vi.spyOn(process[stream], 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  work();
  spy.mockRestore();
  return text;
}

test.each(HOSTILE)('%j is written as a replacement character, and in JSON as an escape', (hostile) => {
  const given = `a${hostile}b`;
  for (const found of [
    captured('stdout', () => writeOut(given)),
    captured('stderr', () => writeErr(given)),
    captured('stdout', () => writeStyled([given, { style: 'red', text: given }], ' ')).replaceAll(/\u001b\[\d+m/g, ''),
    captured('stderr', () => redraw(given)).slice('\r\u001b[K'.length),
    plain(given),
  ]) {
    expect(found).toContain('\ufffd');
    expect([...found].filter((character) => hostile.includes(character) && /[^ -~]/.test(character))).toEqual([]);
  }
  const json = captured('stdout', () => writeJson({ [given]: [given] }));
  expect(json).toMatch(/^[ -~]+\n$/);
  expect(JSON.parse(json)).toEqual({ [given]: [given] });
});

test('ordinary text is unchanged: other scripts, line breaks, tabs', () => {
  const text = 'Größe\tאבג\n日本 🙂 é\n';
  expect(printable(text)).toBe(text);
  expect(plain('a\nb\tc')).toBe('a\ufffdb\ufffdc');
  expect(JSON.parse(escapedJson(JSON.stringify(text)))).toBe(text);
});
