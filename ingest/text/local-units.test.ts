import { expect, test } from 'vitest';
import { localUnits } from './local-units.ts';
import { count, duration, percent, seconds, signedPercent } from './quantities.ts';

test.each([
  ['33 %', '33%', '33%'],
  ['+12 %', '+12%', '+12%'],
  ['1.5 s', '1.5 秒', '1.5초'],
  ['1.50 min', '1.50 分', '1.50분'],
  ['3.00 h', '3.00 時間', '3.00시간'],
  ['1 day', '1 日', '1일'],
  ['2.50 days', '2.50 日', '2.50일'],
  ['12 ms', '12 ms', '12 ms'],
  ['50.2 k', '5.02万', '5.02만'],
  ['1.20 M', '120万', '120만'],
  ['-12.3 k s', '-1.23万 秒', '-1.23만초'],
  ['1,234 h', '1,234 時間', '1,234시간'],
])('%s is %s and %s', (english, japanese, korean) => {
  expect([localUnits(english, 'ja'), localUnits(english, 'ko')]).toEqual([japanese, korean]);
});

test.each(['1,234', '$0.09', '1.5 MiB', '512 MB', '–', 'search', 'v5 %', '5 h ago', '', '33%'])(
  '%j is the same in all languages',
  (text) => {
    expect([localUnits(text, 'ja'), localUnits(text, 'ko')]).toEqual([text, text]);
  },
);

test('knows what the formats of quantities write', () => {
  const texts = [
    count(123_456),
    percent(0.07),
    signedPercent(-0.5),
    seconds(515),
    duration(61_000),
    duration(7_200_000),
  ];
  expect(texts.map((text) => localUnits(text, 'ja'))).toEqual([
    '12.3万',
    '7.0%',
    '-50%',
    '515 秒',
    '1.02 分',
    '2.00 時間',
  ]);
});
