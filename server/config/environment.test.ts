import { expect, test } from 'vitest';
import { ConfigError, readConfig } from './environment.ts';

test('an empty environment is valid; the result is frozen', () => {
  const config = readConfig({});
  expect(config).toMatchObject({ host: '127.0.0.1', port: 8020, rawLines: 'all' });
  expect(Object.isFrozen(config)).toBe(true);
});

test('all errors are reported at once, by name', () => {
  const read = () =>
    readConfig({
      THERMOCLINE_PORT: 'x',
      THERMOCLINE_RAW_LINES: 'some',
      THERMOCLINE_ADMIN_TOKEN: 'short',
      THERMOCLINE_TYPO: '1',
    });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/THERMOCLINE_TYPO[\s\S]*THERMOCLINE_ADMIN_TOKEN[\s\S]*THERMOCLINE_RAW_LINES|THERMOCLINE_PORT/);
  for (const name of ['THERMOCLINE_PORT', 'THERMOCLINE_RAW_LINES', 'THERMOCLINE_ADMIN_TOKEN', 'THERMOCLINE_TYPO'])
    expect(read).toThrow(name);
});
