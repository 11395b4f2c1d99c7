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
