/** Sentences of AWS errors. Names and messages are as AWS's documentation and the SDKs give them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { explainAws, stateOf } from './aws-errors.ts';

const field = (name: string): { __type: string; message: string } =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../test/fixtures/field/delivery', name), 'utf8')) as {
    __type: string;
    message: string;
  };

function failure(name: string, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more });
}

const ARN = 'arn:aws:sts::123456789012:assumed-role/reader/me';
const denied = (why: string): Error =>
  failure(
    'AccessDeniedException',
    `User: ${ARN} is not authorized to perform: logs:FilterLogEvents on resource: x ${why}`,
  );

test.each([
  [
    'no policy',
    denied('because no identity-based policy allows the logs:FilterLogEvents action'),
    /lack a permission. Allow logs:FilterLogEvents/,
  ],
  ['SCP', denied('with an explicit deny in a service control policy'), /service control policy of the organization/],
  [
    'missing SCP',
    denied('because no service control policy allows the action'),
    /service control policy of the organization/,
  ],
  ['RCP', denied('with an explicit deny in a resource control policy'), /resource control policy/],
  ['boundary', denied('because no permissions boundary allows the action'), /permissions boundary/],
  ['session', denied('because no session policy allows the action'), /policy of the session/],
  ['endpoint', denied('because no VPC endpoint policy allows the action'), /VPC endpoint/],
  ['explicit deny', denied('with an explicit deny in an identity-based policy'), /denies it explicitly/],
])('denied: %s', (_name, error, sentence) => {
  expect(stateOf(error)).toBe('denied');
  expect(explainAws(error, 'logs:FilterLogEvents', 'eu-west-1')).toMatch(sentence);
});

const INVALID = field('24.txt');

test.each([
  [
    'a region launched after 2019',
    failure(INVALID.__type, INVALID.message),
    'af-south-1',
    /^Region af-south-1 is probably not enabled/,
  ],
  [
    'a region of every account',
    failure(INVALID.__type, INVALID.message),
    'eu-west-1',
    /does not know these credentials/,
  ],
  ['another partition', failure(INVALID.__type, INVALID.message), 'cn-north-1', /another partition/],
  ['X-Ray and STS', failure('InvalidClientTokenId', INVALID.message), 'me-central-1', /not enabled/],
  [
    'opt-in',
    failure('OptInRequired', 'The AWS Access Key Id needs a subscription for the service'),
    'ap-east-1',
    /not enabled/,
  ],
  [
    'expired',
    failure('ExpiredTokenException', 'The security token included in the request is expired'),
    'eu-west-1',
    /have expired/,
  ],
  [
    'expired in an opt-in region',
    failure('ExpiredToken', 'The provided token has expired.'),
    'af-south-1',
    /have expired/,
  ],
  [
    'SSO session',
    failure('CredentialsProviderError', 'The SSO session associated with this profile has expired.'),
    'eu-west-1',
    /have expired/,
  ],
  [
    'none',
    failure('CredentialsProviderError', 'Could not load credentials from any providers'),
    'eu-west-1',
    /No credentials were found/,
  ],
  [
    'clock behind',
    failure('InvalidSignatureException', 'Signature expired: 20261128T100000Z is now earlier than 20261128T101500Z'),
    'eu-west-1',
    /clock of this machine/,
  ],
  [
    'clock ahead',
    failure('InvalidSignatureException', 'Signature not yet current: 20261128T110000Z is still later than'),
    'eu-west-1',
    /clock of this machine/,
  ],
  [
    'clock, S3 style',
    failure('RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.'),
    'eu-west-1',
    /clock of this machine/,
  ],
  [
    'wrong secret',
    failure(
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided.',
    ),
    'eu-west-1',
    /secret access key/,
  ],
])('credentials: %s', (_name, error, region, sentence) => {
  expect(explainAws(error, 'logs:DescribeLogGroups', region)).toMatch(sentence);
});

test.each(['10.txt', '11.txt'])('log class: %s', (name) => {
  const { __type, message } = field(name);
  const error = failure(__type, message);
  expect(stateOf(error)).toBe('unsupported');
  const sentence = explainAws(error, 'logs:FilterLogEvents');
  expect(sentence).toContain('create a group of class STANDARD');
  expect(sentence).not.toMatch(/change the class|pull/);
});

test.each([
  [
    'ENOTFOUND',
    { hostname: 'logs.eu-west-9.amazonaws.com' },
    /logs\.eu-west-9\.amazonaws\.com could not be resolved.*HTTPS_PROXY/,
  ],
  ['ETIMEDOUT', {}, /No connection.*VPC endpoints/],
  ['SELF_SIGNED_CERT_IN_CHAIN', {}, /not trusted \(SELF_SIGNED.*NODE_EXTRA_CA_CERTS/],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', { hostname: 'proxy.corp' }, /certificate of proxy\.corp.*NODE_EXTRA_CA_CERTS/],
  ['ERR_SSL_WRONG_VERSION_NUMBER', {}, /does not speak TLS itself.*http:\/\//],
  ['ECONNREFUSED', {}, /No connection/],
])('network: %s', (code, more, sentence) => {
  const error = failure('Error', code, { code, ...more });
  expect(explainAws(error, 'logs:FilterLogEvents')).toMatch(sentence);
});
