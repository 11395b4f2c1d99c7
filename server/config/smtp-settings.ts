/** Settings of the mail server. Those of all settings are in settings.ts. */
import * as z from 'zod';

const isBare = ({ username, password, pathname, search, hash, hostname }: URL): boolean =>
  hostname !== '' && username + password + search + hash === '' && /^\/?$/.test(pathname);

/** The address of a mail server: its user and password have settings of their own, which do not appear in messages. */
const smtpUrl = z
  .url({
    protocol: /^smtps?$/,
    error: 'expected a URL such as smtp://mail.example.com:587 or smtps://mail.example.com:465',
  })
  .refine(
    (text) => !URL.canParse(text) || isBare(new URL(text)),
    'expected a URL without user, password and path: set THERMOCLINE_SMTP_USER and THERMOCLINE_SMTP_PASSWORD',
  );
const sender = z
  .string()
  .max(320)
  .regex(/^(?:[^<>"@,;\p{Cc}]{0,200} <)?[^\s<>"(),:;[\]\\@]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,252}>?$/u, {
    error: 'expected an e-mail address such as alerts@example.com, or Thermocline <alerts@example.com>',
  })
  .refine((text) => text.includes('<') === text.endsWith('>'), 'expected both < and >, or none of them');

export const smtpVariables = {
  THERMOCLINE_SMTP_URL: smtpUrl
    .optional()
    .describe(
      'Mail server for alerts and reports by e-mail: `smtp://mail.example.com:587` (STARTTLS, required) or `smtps://mail.example.com:465` (TLS). Its addresses are checked as those of webhooks. Unset: no e-mail',
    ),
  THERMOCLINE_SMTP_FROM: sender
    .optional()
    .describe('Sender of e-mails: `alerts@example.com`, or `Thermocline <alerts@example.com>`'),
  THERMOCLINE_SMTP_USER: z.string().min(1).max(320).optional().describe('User at the mail server; unset for none'),
  THERMOCLINE_SMTP_PASSWORD: z
    .string()
    .max(4096, 'expected at most 4096 characters')
    .optional()
    .describe(
      'Password of that user, or where it is: `file:/run/secrets/smtp` (read for each message) or `env:NAME` (another variable)',
    ),
  THERMOCLINE_SMTP_STARTTLS: z
    .enum(['required', 'off'], { error: 'expected required or off' })
    .default('required')
    .describe('`off`: send without encryption to a mail server of `smtp:`. Only without a user'),
  THERMOCLINE_SMTP_CA: z
    .string()
    .min(1)
    .optional()
    .describe(
      'PEM file of the authority that issued the certificate of the mail server, if the system does not trust it',
    ),
} as const;

/** Settings of the mail server that do not fit together. */
export function smtpFaults({
  THERMOCLINE_SMTP_URL: url,
  THERMOCLINE_SMTP_FROM: from,
  THERMOCLINE_SMTP_USER: user,
  THERMOCLINE_SMTP_PASSWORD: password,
  THERMOCLINE_SMTP_STARTTLS: startTls,
}: z.infer<z.ZodObject<typeof smtpVariables>>): readonly (readonly [path: string, message: string])[] {
  const faults: [string, string][] = [];
  if (url !== undefined && from === undefined)
    faults.push([
      'THERMOCLINE_SMTP_URL',
      'expected THERMOCLINE_SMTP_FROM to be set as well, to an address such as alerts@example.com',
    ]);
  if (user !== undefined && password === undefined)
    faults.push(['THERMOCLINE_SMTP_USER', 'expected THERMOCLINE_SMTP_PASSWORD to be set as well']);
  if (password !== undefined && user === undefined)
    faults.push(['THERMOCLINE_SMTP_PASSWORD', 'expected THERMOCLINE_SMTP_USER to be set as well']);
  if (startTls === 'off' && url !== undefined && /^smtps:/i.test(url))
    faults.push(['THERMOCLINE_SMTP_STARTTLS', 'expected THERMOCLINE_SMTP_URL to begin with smtp: if this is off']);
  if (startTls === 'off' && user !== undefined)
    faults.push(['THERMOCLINE_SMTP_STARTTLS', 'expected required: the password would be sent without encryption']);
  return faults;
}
