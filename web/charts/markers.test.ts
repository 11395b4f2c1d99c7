/** Labels of events above a chart, worked out by hand: ten px a character. */
import { expect, test } from 'vitest';
import { placed } from './markers.ts';

const AREA = { left: 0, right: 400 };
const widthOf = (text: string): number => 10 * text.length;

test('labels stand beside their lines; one without room is left out', () => {
  const groups = [
    { at: 20, text: 'version 42' },
    { at: 80, text: 'patch' },
    { at: 200, text: 'patch' },
  ];
  expect(placed(groups, AREA, widthOf).map(({ left }) => left)).toEqual([24, null, 204]);
});

test('a line that would cross a label begins below it', () => {
  const groups = [
    { at: 20, text: 'version 42' },
    { at: 80, text: 'patch' },
    { at: 200, text: 'patch' },
  ];
  expect(placed(groups, AREA, widthOf).map(({ isBelow }) => isBelow)).toEqual([false, true, false]);
});

test('at the right edge a label stands before its line, and lines below it make room', () => {
  const groups = [
    { at: 330, text: 'a' },
    { at: 390, text: 'deployed' },
  ];
  // 'deployed' would be from 306 to 386: there is 'a'.
  expect(placed(groups, AREA, widthOf).map(({ left }) => left)).toEqual([334, null]);
  const [line, last] = placed(
    [
      { at: 330, text: '' },
      { at: 390, text: 'four' },
    ],
    AREA,
    widthOf,
  );
  expect(last?.left).toBe(346);
  expect(line?.isBelow).toBe(false);
});
