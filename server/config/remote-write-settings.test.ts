/** Settings of remote write: credentials by reference, and what is refused. */
import { expect, test } from 'vitest';
import { ConfigError, readConfig } from './environment.ts';

const URL_OF = { THERMOCLINE_REMOTE_WRITE_URL: 'https://receiver.example.com/api/v1/write' };

function errorsOf(environment: Record<string, string>): string {
  try {
    readConfig({ ...URL_OF, ...environment });
    return '';
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

test('without an address nothing is sent', () => {
  expect(readConfig({}).remoteWrite).toBeNull();
});

test('user and password, further headers and labels', () => {
  const { remoteWrite } = readConfig({
    ...URL_OF,
    THERMOCLINE_REMOTE_WRITE_USER: '12345',
    THERMOCLINE_REMOTE_WRITE_PASSWORD: 'env:PASSWORD',
    PASSWORD: 'se:cret',
    THERMOCLINE_REMOTE_WRITE_HEADERS: 'env:HEADERS',
    HEADERS: 'X-Scope-OrgID=team%20a',
    THERMOCLINE_REMOTE_WRITE_LABELS: 'cluster=prod, site = Nord 1',
    THERMOCLINE_REMOTE_WRITE_DELAY_SECONDS: '0',
  });
  expect(remoteWrite).toEqual({
    url: URL_OF.THERMOCLINE_REMOTE_WRITE_URL,
    headers: { 'x-scope-orgid': 'team a', authorization: 'Basic MTIzNDU6c2U6Y3JldA==' },
    labels: { cluster: 'prod', site: 'Nord 1' },
    intervalMs: 60_000,
    delayMs: 0,
  });
});

test('a bearer token', () => {
  const { remoteWrite } = readConfig({ ...URL_OF, THERMOCLINE_REMOTE_WRITE_TOKEN: 'env:TOKEN', TOKEN: 'abc' });
  expect(remoteWrite?.headers).toEqual({ authorization: 'Bearer abc' });
});

test.each<[Record<string, string>, string]>([
  [{ THERMOCLINE_REMOTE_WRITE_URL: 'ftp://x' }, 'THERMOCLINE_REMOTE_WRITE_URL: expected a URL'],
  [{ THERMOCLINE_REMOTE_WRITE_URL: 'https://u:p@x.example/' }, 'without user, password and fragment'],
  [{ THERMOCLINE_REMOTE_WRITE_USER: 'u' }, 'expected together with THERMOCLINE_REMOTE_WRITE_PASSWORD'],
  [
    { THERMOCLINE_REMOTE_WRITE_PASSWORD: 's3cr3t' },
    'THERMOCLINE_REMOTE_WRITE_PASSWORD: expected env:NAME or file:/path',
  ],
  [{ THERMOCLINE_REMOTE_WRITE_TOKEN: 'env:MISSING' }, 'the variable MISSING is not set'],
  [{ THERMOCLINE_REMOTE_WRITE_TOKEN: 'env:T', T: 'a b' }, 'expected a token of printable characters'],
  [
    {
      ...{ THERMOCLINE_REMOTE_WRITE_TOKEN: 'env:T', T: 'a', THERMOCLINE_REMOTE_WRITE_USER: 'u' },
      THERMOCLINE_REMOTE_WRITE_PASSWORD: 'env:T',
    },
    'expected instead of THERMOCLINE_REMOTE_WRITE_USER',
  ],
  [{ THERMOCLINE_REMOTE_WRITE_LABELS: '__name__=x' }, 'expected name=value,name=value'],
  [{ THERMOCLINE_REMOTE_WRITE_LABELS: 'a-b=x' }, 'expected name=value,name=value'],
  [{ THERMOCLINE_REMOTE_WRITE_DELAY_SECONDS: '3601' }, 'THERMOCLINE_REMOTE_WRITE_DELAY_SECONDS'],
])('%j is refused', (environment, message) => {
  const errors = errorsOf(environment);
  expect(errors).toContain(message);
  expect(errors).not.toContain('s3cr3t');
});
