import { expect, test } from 'vitest';
import { passwordFault } from './password-rules.ts';

test.each([
  'correct horse battery staple',
  'a1!a1!b2?b2?c',
  'Über den Wolken',
  'パスワードを選んでくださいね',
  'adalovelace and some more words',
  'password for my lambdas',
  '4f9Kd02mLx8Q',
])('%j may be chosen by adalovelace', (password) => {
  expect(passwordFault(password, 'AdaLovelace')).toBeNull();
});

test.each([
  ['aaaaaaaaaaaaaaaa', 'different characters'],
  ['121212121212', 'different characters'],
  ['adalovelace12', 'user name'],
  ['AdaLovelaceAdaLovelace', 'user name'],
  ['password1234', 'guessed'],
  ['Password!2026', 'guessed'],
  ['ＰＡＳＳＷＯＲＤ2026', 'guessed'],
  ['qwertyqwerty', 'guessed'],
  ['123456789012', 'guessed'],
  ['210987654321', 'guessed'],
  ['abcdefghijklm', 'guessed'],
  ['ThermoCline2026!', 'guessed'],
])('%j may not: %s', (password, reason) => {
  expect(passwordFault(password, 'AdaLovelace@example.com')).toContain(reason);
});

test.each([
  // Rows of the keyboard and of signs, in both directions and across their end.
  ['qwertyuiopasdf', 'guessed'],
  ['mnbvcxzlkjhgfd', 'guessed'],
  ['zyxwvutsrqponm', 'guessed'],
  ['vwxyzabcdefghi', 'guessed'],
  ['789012345678', 'guessed'],
  // Signs alone have no core; a common one twice is one.
  ['1!2"3§4$5%6&', 'guessed'],
  ['letmeinletmein', 'guessed'],
  ['2026-changemenow!', 'guessed'],
  ['motdepasse!!!', 'guessed'],
  ['Contraseña 2026', 'guessed'],
  // Less than ten characters beside the name of the user.
  ['gracehopper9Kd02mLx', 'user name'],
])('%j may not be chosen: %s', (password, reason) => {
  expect(passwordFault(password, 'gracehopper')).toContain(reason);
});

test('ten characters beside the name are enough, and a name of two letters is in many words', () => {
  expect(passwordFault('gracehopper9Kd02mLx4z', 'gracehopper')).toBeNull();
  expect(passwordFault('al the animals walk', 'Al')).toBeNull();
  expect(passwordFault('bobbobbob and so', 'Bob')).toContain('user name');
  expect(passwordFault('letmein letmein to', 'x')).toBeNull();
});

test('five different characters are enough, four are not', () => {
  expect(passwordFault('abcdeabcdeedcba', 'x')).toBeNull();
  expect(passwordFault('abcdabcddcba', 'x')).toBe('expected at least 5 different characters');
  expect(passwordFault('aAbBcCdDaAbBcC', 'x')).toBe('expected at least 5 different characters');
});
