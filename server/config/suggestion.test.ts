/** Misspelt settings are answered with the name that was probably meant. */
import { expect, test } from 'vitest';
import { ConfigError, readConfig } from './environment.ts';
import { similarName } from './suggestion.ts';

test.each([
  ['PRT', ['PORT', 'HOST'], 'PORT'],
  ['POTR', ['PORT', 'HOST'], 'PORT'],
  ['DATA_FOLDER', ['DATA', 'BACKUP_FOLDER'], null],
  ['READRS', ['READERS', 'DECODERS'], 'READERS'],
  ['X', ['Y'], null],
  ['', ['Y'], null],
] as const)('%s is like %j: %s', (name, known, expected) => {
  expect(similarName(name, known)).toBe(expected);
});

test('an unknown setting is named with the one that was meant', () => {
  const message = (environment: Record<string, string>): string => {
    try {
      readConfig(environment);
      return '';
    } catch (error) {
      return error instanceof ConfigError ? error.message : String(error);
    }
  };
  expect(message({ THERMOCLINE_PROT: '1' })).toBe('THERMOCLINE_PROT: unknown setting; did you mean THERMOCLINE_PORT?');
  expect(message({ THERMOCLINE_RULE: 'x' })).toBe('THERMOCLINE_RULE: unknown setting; did you mean THERMOCLINE_RULES?');
  expect(message({ THERMOCLINE_SUNSPOTS: '1' })).toBe('THERMOCLINE_SUNSPOTS: unknown setting');
});
