/** E-mail over the wire: what a genuine server gets, and what becomes of refusals, wrong certificates and silence. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Certificate } from '../../../test/support/mail-server.ts';
import { certificateOf, MailServer } from '../../../test/support/mail-server.ts';
import { OutboundError } from './egress-client.ts';
import type { OutgoingMail, SmtpSettings } from './smtp-client.ts';
import { SmtpClient } from './smtp-client.ts';

const certificate: Certificate = certificateOf('localhost');
const closing: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const MAIL: OutgoingMail = {
  id: 'msg_1',
  threads: ['al_1', 'al_2'],
  to: ['ops@example.com', 'dev@example.com'],
  recipients: ['ops@example.com', 'dev@example.com'],
  subject: 'Checkout is slow',
  text: 'Checkout is slow\n',
  html: '<p>Checkout is slow</p>',
  attachments: [],
};

async function serverOf(options: ConstructorParameters<typeof MailServer>[0] = {}) {
  const server = new MailServer({ key: certificate.key, cert: certificate.cert, ...options });
  const port = await server.listen();
  closing.push(() => server.close());
  return { server, port };
}

function clientOf(port: number, change: Partial<SmtpSettings> = {}, allow = ['127.0.0.0/8'], timeoutMs = 15_000) {
  const settings: SmtpSettings = {
    host: 'localhost',
    port,
    security: 'starttls',
    user: null,
    password: null,
    from: 'Thermocline <alerts@example.com>',
    caFile: certificate.caFile,
    ...change,
  };
  const client = new SmtpClient({
    settings,
    allow,
    readText: (path) => readFile(path, 'utf8'),
    timeoutMs,
    resolve: (_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
  });
  closing.push(async () => client.close());
  return client;
}

/** What sending fails with. */
async function failureOf(sending: Promise<unknown>): Promise<string> {
  const error: unknown = await sending.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OutboundError);
  return (error as OutboundError).message;
}

test('a message has its text and HTML, its headers and both recipients, over STARTTLS', async () => {
  const { server, port } = await serverOf();
  const { code, refused, deferred } = await clientOf(port).send({
    ...MAIL,
    attachments: [{ filename: 'costs.csv', contentType: 'text/csv', content: Buffer.from('function\r\ncheckout') }],
  });
  expect({ code, refused, deferred }).toEqual({ code: 250, refused: [], deferred: [] });
  const [got] = server.received;
  expect(got).toMatchObject({
    sender: 'alerts@example.com',
    recipients: ['ops@example.com', 'dev@example.com'],
    isEncrypted: true,
  });
  expect(got?.mail).toMatchObject({
    subject: 'Checkout is slow',
    text: 'Checkout is slow\n',
    html: '<p>Checkout is slow</p>',
    messageId: '<msg_1@example.com>',
    references: ['<al_1@example.com>', '<al_2@example.com>'],
    inReplyTo: '<al_1@example.com>',
    from: { text: '"Thermocline" <alerts@example.com>' },
    to: { text: 'ops@example.com, dev@example.com' },
  });
  expect(got?.mail.headers.get('auto-submitted')).toBe('auto-generated');
  expect(got?.mail.attachments.map(({ filename, content }) => [filename, content.toString()])).toEqual([
    ['costs.csv', 'function\r\ncheckout'],
  ]);
});

test('user and password are sent over TLS, and the password is read from its file for each message', async () => {
  const accepted: unknown[] = [];
  const { server, port } = await serverOf({
    secure: true,
    authOptional: false,
    onAuth: ({ username, password }, _session, done) => {
      accepted.push([username, password]);
      done(null, password === 'second' ? { user: String(username) } : {});
    },
  });
  const file = join(mkdtempSync(join(tmpdir(), 'thermocline-smtp-')), 'password');
  writeFileSync(file, 'first\n');
  const client = clientOf(port, { security: 'tls', user: 'alerts', password: `file:${file}` });
  expect(await failureOf(client.send(MAIL))).toBe('the mail server did not accept user and password (535)');
  writeFileSync(file, 'second\n');
  expect((await client.send(MAIL)).code).toBe(250);
  expect(accepted).toEqual([
    ['alerts', 'first'],
    ['alerts', 'second'],
  ]);
  expect(server.received).toMatchObject([{ isEncrypted: true, user: 'alerts' }]);
});

test('hostile text becomes no header, no recipient and no markup of the message', async () => {
  const { server, port } = await serverOf();
  const hostile = 'a\r\nBcc: victim@example.com\r\n\r\n<script>x</script>\u202eevil';
  await clientOf(port).send({
    ...MAIL,
    id: 'msg_1>\r\nBcc: victim@example.com',
    threads: ['al_1\r\nX-Evil: 1'],
    subject: `${hostile}${'x'.repeat(5000)}`,
    text: `${hostile}\r\n.\r\nMAIL FROM:<a@b.example>\r\n`,
  });
  const [got] = server.received;
  expect(got?.recipients).toEqual(['ops@example.com', 'dev@example.com']);
  expect(got?.mail.bcc).toBeUndefined();
  const names = got?.mail.headerLines.map(({ key }) => key).toSorted();
  expect(names).toEqual([
    ...['auto-submitted', 'content-type', 'date', 'from', 'in-reply-to', 'message-id', 'mime-version', 'references'],
    ...['subject', 'to', 'x-auto-response-suppress'],
  ]);
  expect(server.received).toHaveLength(1);
  // RFC 5322, 2.1.1: no line has more than 998 characters.
  expect(Math.max(...(got?.raw ?? '').split('\r\n').map((line) => line.length))).toBeLessThan(998);
});

test('a recipient that is refused for good is set aside, one that is refused for now is sent again alone', async () => {
  const { server, port } = await serverOf();
  const all = ['ok@example.com', 'gone@example.com', 'busy@example.com'];
  server.refusals = { 'gone@example.com': [550, 'No such user'], 'busy@example.com': [450, 'Mailbox busy'] };
  const first = await clientOf(port).send({ ...MAIL, to: all, recipients: all });
  expect(first).toMatchObject({
    code: 450,
    refused: [{ address: 'gone@example.com', reply: '550 No such user' }],
    deferred: ['busy@example.com'],
  });
  expect(server.received.map(({ recipients }) => recipients)).toEqual([['ok@example.com']]);
  server.refusals = {};
  const second = await clientOf(port).send({ ...MAIL, to: all, recipients: first.deferred });
  expect(second).toMatchObject({ code: 250, refused: [], deferred: [] });
  expect(server.received.map(({ recipients, mail }) => [recipients, mail.messageId])).toEqual([
    [['ok@example.com'], '<msg_1@example.com>'],
    [['busy@example.com'], '<msg_1@example.com>'],
  ]);
});

test.each([
  [550, 5],
  [451, 4],
] as const)('all recipients refused with %i', async (refusal, kind) => {
  const { server, port } = await serverOf();
  server.refusals = { 'ops@example.com': [refusal, 'no'], 'dev@example.com': [refusal, 'no'] };
  const { code, refused, deferred } = await clientOf(port).send(MAIL);
  expect(Math.floor(code / 100)).toBe(kind);
  expect([refused.length, deferred.length]).toEqual(kind === 5 ? [2, 0] : [0, 2]);
});

test.each([
  [554, 'Message looks like spam'],
  [452, 'Out of space'],
] as const)('the message is refused with %i', async (refusal, text) => {
  const { server, port } = await serverOf();
  server.dataRefusal = [refusal, text];
  expect(await clientOf(port).send(MAIL)).toMatchObject({ code: refusal, reply: `${refusal} ${text}`, deferred: [] });
});

test('a server without STARTTLS gets no message, unless encryption is turned off', async () => {
  const { server, port } = await serverOf({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
  expect(await failureOf(clientOf(port).send(MAIL))).toMatch(/^(the TLS handshake failed|the mail server closed)/);
  expect(server.received).toEqual([]);
  await clientOf(port, { security: 'none' }).send(MAIL);
  expect(server.received).toMatchObject([{ isEncrypted: false }]);
});

test('a certificate of an unknown authority or of another host is refused', async () => {
  const { server, port } = await serverOf();
  expect(await failureOf(clientOf(port, { caFile: null }).send(MAIL))).toBe(
    'the TLS handshake failed: the certificate is self-signed. Set THERMOCLINE_SMTP_CA',
  );
  expect(await failureOf(clientOf(port, { host: 'mail.example.com' }).send(MAIL))).toBe(
    'the TLS handshake failed: the certificate is of another host',
  );
  expect(await failureOf(clientOf(port, { caFile: '/nowhere.pem' }).send(MAIL))).toBe(
    'the file of THERMOCLINE_SMTP_CA cannot be read',
  );
  expect(server.received).toEqual([]);
});

test('addresses are checked before anything is sent', async () => {
  const { server, port } = await serverOf();
  expect(await failureOf(clientOf(port, {}, []).send(MAIL))).toBe(
    'the mail server has an address that is loopback and not in THERMOCLINE_OUTBOUND_ALLOW',
  );
  expect(await failureOf(clientOf(port, { host: '169.254.169.254' }).send(MAIL))).toMatch(/is never allowed/);
  expect(server.received).toEqual([]);
});

test('a server that is silent, hangs up or is not there is an error, and closing ends what is being sent', async () => {
  const silent = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => silent.close(resolve)));
  const silentPort = (silent.address() as AddressInfo).port;
  expect(await failureOf(clientOf(silentPort, {}, ['127.0.0.0/8'], 200).send(MAIL))).toBe(
    'the mail server did not answer in time',
  );
  const client = clientOf(silentPort);
  const sending = failureOf(client.send(MAIL));
  await new Promise<void>((resolve) => silent.once('connection', () => resolve()));
  client.close();
  expect(await sending).toBe('the server is stopping');
  const rude = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
  const port = (rude.address() as AddressInfo).port;
  expect(await failureOf(clientOf(port).send(MAIL))).toBe('the mail server closed the connection');
  await new Promise((resolve) => rude.close(resolve));
  expect(await failureOf(clientOf(port).send(MAIL))).toBe('the connection was refused');
});
