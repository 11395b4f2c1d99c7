import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from './environment.ts';
import { variables } from './settings.ts';

const NAMES = Object.keys(variables);
/** Settings whose value can be any text. */
const FREE: ReadonlySet<string> = new Set([
  'THERMOCLINE_DATA',
  'THERMOCLINE_CLICKHOUSE_USER',
  'THERMOCLINE_CLICKHOUSE_PASSWORD',
  'THERMOCLINE_CLICKHOUSE_DATABASE',
  'THERMOCLINE_CLICKHOUSE_CLUSTER',
  'THERMOCLINE_CLICKHOUSE_CA',
  'THERMOCLINE_BACKUP_FOLDER',
  'THERMOCLINE_SMTP_CA',
  'THERMOCLINE_RULES',
  'THERMOCLINE_TAGS',
  'THERMOCLINE_EXPORT_TO',
]);
/** Valid texts among the wrong ones. */
const VALID: ReadonlySet<string> = new Set([
  'THERMOCLINE_SELF_LOG_GROUPS -1',
  'THERMOCLINE_PULL_LOG_GROUPS -1',
  'THERMOCLINE_PULL_EXCLUDE -1',
  'THERMOCLINE_ERROR_FILTERS -1',
  'THERMOCLINE_ERROR_FILTERS 12 MB',
  'THERMOCLINE_ERROR_FILTERS 0x10',
  'THERMOCLINE_ERROR_FILTERS 1e3',
  ...['SELF_LOG_GROUPS', 'PULL_LOG_GROUPS', 'PULL_EXCLUDE'].flatMap((name) => [
    `THERMOCLINE_${name} 0x10`,
    `THERMOCLINE_${name} 1e3`,
  ]),
  ...['-1', '12 MB', '0x10', '1e3'].map((key) => `THERMOCLINE_TEAM_TAG ${key}`),
  // Names that DNS allows, although nobody uses them.
  'THERMOCLINE_HOST_NAMES -1',
  'THERMOCLINE_HOST -1',
  'THERMOCLINE_HOST_NAMES 1e3',
  'THERMOCLINE_HOST 1e3',
]);

/** The errors of a setting; null if it is accepted. */
function errorsOf(name: string, value: string): readonly string[] | null {
  try {
    readConfig({ [name]: value });
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message.split('\n');
  }
}

describe.each(NAMES)('%s', (name) => {
  const isFree = FREE.has(name);

  test.each([
    '§ garbage: *',
    '-1',
    '12 MB',
    '0x10',
    '1e3',
    'é'.repeat(40_000),
    '9'.repeat(400),
    '   ',
    'x\u0000y',
    'a\u001b[31m',
    '1\n2',
  ])('refuses %j in a sentence that names it', (value) => {
    const isText = !/\p{Cc}/u.test(value) && value.trim() !== '' && value.length < 30_000;
    const errors = errorsOf(name, value);
    if (isText && (isFree || VALID.has(`${name} ${value}`))) {
      expect(errors).toBeNull();
      return;
    }
    // A long text of digits can be a name or a token.
    if (errors === null && isText && /^9+$/.test(value)) {
      expect(name).toMatch(/GROUPS|EXCLUDE|FILTERS|TOKEN|HOST/);
      return;
    }
    if (errors === null && name === 'THERMOCLINE_ERROR_FILTERS') return;
    expect([value.slice(0, 20), errors]).not.toEqual([value.slice(0, 20), null]);
    for (const line of errors ?? []) {
      expect(line.startsWith(`${name}: `)).toBe(true);
      expect(line).toMatch(/expected|must/i);
      expect(line).not.toMatch(/\p{Cc}|\n\s+at /u);
      expect(line.length).toBeLessThan(400);
    }
  });

  test('empty counts as not set', () => {
    if (name === 'THERMOCLINE_ERROR_FILTERS') expect(readConfig({ [name]: '' }).errorFilters).toEqual([]);
    else expect(readConfig({ [name]: '' })).toEqual(readConfig({}));
  });
});

test('numbers at their limits are accepted, and beyond them refused', () => {
  for (const [value, isRight] of [
    ['0', true],
    ['65535', true],
    ['65536', false],
    ['8020.0', false],
    ['+1', false],
  ] as const)
    expect([value, errorsOf('THERMOCLINE_PORT', value) === null]).toEqual([value, isRight]);
  expect(errorsOf('THERMOCLINE_BACKUP_HOURS', '0.5')).toBeNull();
  expect(errorsOf('THERMOCLINE_PORT', '80 80')).toEqual([
    'THERMOCLINE_PORT: expected a whole number from 0 to 65535 without a unit, got "80 80"',
  ]);
});

test.each([
  [{ THERMOCLINE_TRUST_PROXY: 'true' }, 'THERMOCLINE_TRUST_PROXY: expected on or off, got "true"'],
  [{ THERMOCLINE_STORE: 'SQLite' }, 'THERMOCLINE_STORE: expected sqlite or clickhouse, got "SQLite"'],
  [{ THERMOCLINE_LOG_LEVEL: 'verbose' }, /^THERMOCLINE_LOG_LEVEL: expected fatal or error .*got "verbose"$/],
  [{ THERMOCLINE_PRICE_TIER: '4' }, 'THERMOCLINE_PRICE_TIER: expected 1 or 2 or 3, got "4"'],
  [{ THERMOCLINE_PUBLIC_URL: 'https://user:word@x.example' }, /^THERMOCLINE_PUBLIC_URL: expected a URL without user/],
  [{ THERMOCLINE_PUBLIC_URL: 'https://x.example/?a=b' }, /^THERMOCLINE_PUBLIC_URL: expected a URL without user/],
  [{ THERMOCLINE_CLICKHOUSE_URL: 'https://user:word@x.example' }, /^THERMOCLINE_CLICKHOUSE_URL: .*_CLICKHOUSE_USER/],
  [{ THERMOCLINE_ADMIN_TOKEN: 'two words are no single token' }, /^THERMOCLINE_ADMIN_TOKEN: .*without blanks$/],
  [{ THERMOCLINE_ADMIN_TOKEN: 'ä'.repeat(30) }, /^THERMOCLINE_ADMIN_TOKEN: .*of ASCII, without blanks$/],
  [{ THERMOCLINE_ACCESS_LOG_FORMAT: 'nothing' }, /^THERMOCLINE_ACCESS_LOG_FORMAT: .*\$context\.requestId/],
  [{ THERMOCLINE_ACCESS_LOG_FORMAT: '$context.a$context.b' }, /^THERMOCLINE_ACCESS_LOG_FORMAT: .*text between them/],
  [
    { THERMOCLINE_ACCESS_LOG_FIELDS: '{"when":["x"]}' },
    /^THERMOCLINE_ACCESS_LOG_FIELDS: expected an object with lists/,
  ],
  [{ THERMOCLINE_ACCESS_LOG_FIELDS: '{"time":"x"}' }, /^THERMOCLINE_ACCESS_LOG_FIELDS: expected lists of names/],
  [
    { THERMOCLINE_HISTORY_RETENTION_DAYS: '10' },
    'THERMOCLINE_HISTORY_RETENTION_DAYS: expected at least THERMOCLINE_RAW_RETENTION_DAYS (7) and THERMOCLINE_DETAIL_RETENTION_DAYS (35), got 10',
  ],
  [
    { THERMOCLINE_MEMORY_MB: '256', THERMOCLINE_INGEST_BUDGET_MB: '200' },
    'THERMOCLINE_INGEST_BUDGET_MB: expected at most half of THERMOCLINE_MEMORY_MB (256), got 200',
  ],
  [
    { THERMOCLINE_CLICKHOUSE_URL: 'http://x.example', THERMOCLINE_CLICKHOUSE_CA: '/x.pem' },
    'THERMOCLINE_CLICKHOUSE_CA: expected THERMOCLINE_CLICKHOUSE_URL to begin with https: if this is set',
  ],
])('%j is refused in one sentence', (environment, sentence) => {
  let message = '';
  try {
    readConfig(environment);
  } catch (error) {
    message = error instanceof ConfigError ? error.message : '';
  }
  expect(message).toMatch(sentence);
  expect(message.split('\n')).toHaveLength(1);
  expect(message).not.toContain('word@');
});

describe('the mail server', () => {
  const SMTP = { THERMOCLINE_SMTP_URL: 'smtp://mail.example.com', THERMOCLINE_SMTP_FROM: 'Ops <ops@example.com>' };
  const faultOf = (environment: Readonly<Record<string, string>>): string => {
    try {
      readConfig(environment);
      return '';
    } catch (error) {
      return (error as ConfigError).message;
    }
  };

  test('ports and encryption follow from the address', () => {
    expect(readConfig({}).smtp).toBeNull();
    expect(readConfig(SMTP).smtp).toMatchObject({ host: 'mail.example.com', port: 587, security: 'starttls' });
    const tls = { ...SMTP, THERMOCLINE_SMTP_URL: 'smtps://mail.example.com' };
    expect(readConfig(tls).smtp).toMatchObject({ port: 465, security: 'tls' });
    const clear = { ...SMTP, THERMOCLINE_SMTP_URL: 'smtp://10.0.0.1:2525', THERMOCLINE_SMTP_STARTTLS: 'off' };
    expect(readConfig(clear).smtp).toMatchObject({ host: '10.0.0.1', port: 2525, security: 'none' });
  });

  test('the password may be in another variable, or in a file that is read later', () => {
    const user = { ...SMTP, THERMOCLINE_SMTP_USER: 'u' };
    expect(readConfig({ ...user, THERMOCLINE_SMTP_PASSWORD: 'env:MAIL_SECRET', MAIL_SECRET: 's' }).smtp?.password).toBe(
      's',
    );
    expect(readConfig({ ...user, THERMOCLINE_SMTP_PASSWORD: 'file:/run/x' }).smtp?.password).toBe('file:/run/x');
    expect(faultOf({ ...user, THERMOCLINE_SMTP_PASSWORD: 'env:MAIL_SECRET' })).toBe(
      'THERMOCLINE_SMTP_PASSWORD: the variable MAIL_SECRET is not set',
    );
  });

  test.each([
    [{ THERMOCLINE_SMTP_URL: 'smtp://u:secret@mail.example.com' }, 'THERMOCLINE_SMTP_URL: expected a URL without user'],
    [{ THERMOCLINE_SMTP_URL: 'https://mail.example.com' }, 'THERMOCLINE_SMTP_URL: expected a URL such as smtp://'],
    [{ THERMOCLINE_SMTP_FROM: 'a@b.example, c@d.example' }, 'THERMOCLINE_SMTP_FROM: expected an e-mail address'],
    [{ THERMOCLINE_SMTP_FROM: 'Ops <ops@example.com' }, 'THERMOCLINE_SMTP_FROM: expected both < and >'],
    [{ THERMOCLINE_SMTP_USER: 'u' }, 'THERMOCLINE_SMTP_USER: expected THERMOCLINE_SMTP_PASSWORD'],
    [
      { THERMOCLINE_SMTP_USER: 'u', THERMOCLINE_SMTP_PASSWORD: 'secret', THERMOCLINE_SMTP_STARTTLS: 'off' },
      'THERMOCLINE_SMTP_STARTTLS: expected required: the password would be sent without encryption',
    ],
  ])('%j is refused', (change, expected) => {
    const fault = faultOf({ ...SMTP, ...change });
    expect(fault).toContain(expected);
    expect(fault).not.toContain('secret@');
  });

  test('an address without a sender is refused', () => {
    expect(faultOf({ THERMOCLINE_SMTP_URL: SMTP.THERMOCLINE_SMTP_URL })).toMatch(
      /^THERMOCLINE_SMTP_URL: expected THERMOCLINE_SMTP_FROM/,
    );
  });
});
