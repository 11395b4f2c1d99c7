/** Settings of Prometheus remote write. */
import * as z from 'zod';
import { SECOND_MS } from '../../ingest/records/time.ts';
import type { RemoteWriteTarget } from '../jobs/remote-write.ts';
import { parseHeaders, readSecret, secretReference } from './secret-reference.ts';
import { number } from './setting-numbers.ts';

const url = z
  .url({ protocol: /^https?$/, error: 'expected a URL such as https://prometheus.example.com/api/v1/write' })
  .refine((text) => {
    if (!URL.canParse(text)) return true;
    const { username, password, hash } = new URL(text);
    return username === '' && password === '' && hash === '';
  }, 'expected a URL without user, password and fragment: THERMOCLINE_REMOTE_WRITE_USER and others have credentials');

const LABEL = /^\s*([A-Za-z_]\w*)\s*=\s*(.*\S)\s*$/;

/** `name=value,name=value`. */
const labels = z.string().transform((text, issue) => {
  const found: [string, string][] = [];
  for (const pair of text.split(',')) {
    const [, name, value] = LABEL.exec(pair) ?? [];
    if (name === undefined || value === undefined || name.startsWith('__')) {
      issue.addIssue({
        code: 'custom',
        message: 'expected name=value,name=value with names of labels such as cluster',
      });
      return z.NEVER;
    }
    found.push([name, value]);
  }
  return Object.freeze(Object.fromEntries(found));
});

export const remoteWriteVariables = {
  THERMOCLINE_REMOTE_WRITE_URL: url
    .optional()
    .describe(
      'Address that derived metrics are sent to by Prometheus remote write, as it is, such as `https://prometheus.example.com/api/v1/write`. Private networks as for webhooks. Unset: nothing is sent',
    ),
  THERMOCLINE_REMOTE_WRITE_USER: z.string().min(1).optional().describe('User of basic authentication at this address'),
  THERMOCLINE_REMOTE_WRITE_PASSWORD: secretReference
    .optional()
    .describe('Where the password of this user is: `env:NAME` or `file:/path`'),
  THERMOCLINE_REMOTE_WRITE_TOKEN: secretReference
    .optional()
    .describe('Where the bearer token for this address is, instead of user and password: `env:NAME` or `file:/path`'),
  THERMOCLINE_REMOTE_WRITE_HEADERS: secretReference
    .optional()
    .describe(
      'Where further headers of these requests are: `env:NAME` or `file:/path`, with a text such as `x-scope-orgid=team-a`, values percent-encoded',
    ),
  THERMOCLINE_REMOTE_WRITE_LABELS: labels
    .optional()
    .describe('Labels of every series that is sent, such as `cluster=prod,replica=a`'),
  THERMOCLINE_REMOTE_WRITE_SECONDS: number(10, 3600, true)
    .default(60)
    .describe('Interval at which it is checked whether five minutes are to be sent, in seconds'),
  THERMOCLINE_REMOTE_WRITE_DELAY_SECONDS: number(0, 3600, true)
    .default(60)
    .describe(
      'How long after their end five minutes are sent, in seconds: what arrives later is in the sample after them',
    ),
} as const;

export type RemoteWriteSettings = z.output<z.ZodObject<typeof remoteWriteVariables>>;

/** Where samples are sent; null for nowhere. Adds an error for each secret that cannot be read. */
export function remoteWriteOf(
  set: RemoteWriteSettings,
  environment: Readonly<Record<string, string | undefined>>,
  errors: string[],
): RemoteWriteTarget | null {
  const secret = <T>(name: keyof RemoteWriteSettings, reference: string | undefined, parse: (text: string) => T) => {
    try {
      return reference === undefined ? null : parse(readSecret(reference, environment));
    } catch (error) {
      errors.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  };
  const {
    THERMOCLINE_REMOTE_WRITE_URL: address,
    THERMOCLINE_REMOTE_WRITE_USER: user,
    THERMOCLINE_REMOTE_WRITE_PASSWORD: passwordAt,
    THERMOCLINE_REMOTE_WRITE_TOKEN: tokenAt,
  } = set;
  const headers = secret('THERMOCLINE_REMOTE_WRITE_HEADERS', set.THERMOCLINE_REMOTE_WRITE_HEADERS, parseHeaders);
  const password = secret('THERMOCLINE_REMOTE_WRITE_PASSWORD', passwordAt, (text) => text);
  const bearer = secret('THERMOCLINE_REMOTE_WRITE_TOKEN', tokenAt, tokenOf);
  if ((user === undefined) !== (passwordAt === undefined))
    errors.push('THERMOCLINE_REMOTE_WRITE_USER: expected together with THERMOCLINE_REMOTE_WRITE_PASSWORD');
  if (tokenAt !== undefined && user !== undefined)
    errors.push('THERMOCLINE_REMOTE_WRITE_TOKEN: expected instead of THERMOCLINE_REMOTE_WRITE_USER, not with it');
  if (address === undefined) return null;
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const authorization = bearer === null ? (user === undefined ? null : basic) : `Bearer ${bearer}`;
  return Object.freeze({
    url: address,
    headers: Object.freeze({ ...headers, ...(authorization === null ? {} : { authorization }) }),
    labels: set.THERMOCLINE_REMOTE_WRITE_LABELS ?? {},
    intervalMs: set.THERMOCLINE_REMOTE_WRITE_SECONDS * SECOND_MS,
    delayMs: set.THERMOCLINE_REMOTE_WRITE_DELAY_SECONDS * SECOND_MS,
  });
}

/** @throws Error if a header cannot have the token */
function tokenOf(text: string): string {
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw new Error('expected a token of printable characters without blanks');
}
