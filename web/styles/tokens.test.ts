/** Contrast of the colours of the style sheet, by the formula of WCAG 2.2. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

/** Colours of the first rule with this selector. */
function colours(selector: string): ReadonlyMap<string, string> {
  const from = css.indexOf(`${selector} {`);
  expect(from).toBeGreaterThanOrEqual(0);
  const rule = css.slice(from, css.indexOf('}', from));
  return new Map([...rule.matchAll(/--([\w-]+): (#[\da-f]{6});/g)].map(([, name = '', colour = '']) => [name, colour]));
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

test('the formula gives the known contrasts', () => {
  expect(contrast('#ffffff', '#000000')).toBe(21);
  // WCAG's example of a grey that is just enough on white.
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
});

const TEXT = ['ink', 'muted', 'accent', 'felt', 'warning', 'danger', 'good'];
const SOFT = ['accent', 'felt', 'warning', 'danger', 'good'];

describe.each([
  ['light', ':root'],
  ['dark by choice', ':root[data-theme="dark"]'],
  ['dark by the system', ':root:not([data-theme="light"])'],
])('%s', (_, selector) => {
  const of = colours(selector);
  const get = (name: string): string => of.get(name) ?? `no ${name}`;
  test('text and status colours have 4.5:1 on their surfaces', () => {
    const pairs = [
      ...TEXT.flatMap((name) => [
        [name, 'surface'],
        [name, 'panel'],
      ]),
      ...SOFT.map((name) => [name, `${name}-soft`]),
      ['ink', 'accent-soft'],
      ['panel', 'accent'],
    ];
    const low = pairs.filter(([a = '', b = '']) => !(contrast(get(a), get(b)) >= 4.5));
    expect(low).toEqual([]);
  });

  test('parts of charts have 3:1 on panels', () => {
    const parts = [...of.keys()].filter((name) => /^(?:chart|start)-/.test(name));
    expect(parts.length).toBe(10);
    expect(parts.filter((name) => !(contrast(get(name), get('panel')) >= 3))).toEqual([]);
  });
});

test('the dark theme is the same by choice and by the system', () => {
  const [chosen, system] = [colours(':root[data-theme="dark"]'), colours(':root:not([data-theme="light"])')];
  expect([...chosen]).toEqual([...system]);
});

test('dark colours are for screens: text on paper is dark in any theme', () => {
  for (const selector of [':root[data-theme="dark"]', ':root:not([data-theme="light"])']) {
    const before = css.slice(0, css.indexOf(`${selector} {`));
    expect(before.slice(before.lastIndexOf('@media'))).toMatch(/^@media screen/);
  }
});
