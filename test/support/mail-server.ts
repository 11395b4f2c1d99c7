/** A genuine SMTP server on loopback (npm `smtp-server`), whose messages are parsed by a genuine parser (npm `mailparser`). */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ParsedMail } from 'mailparser';
import { simpleParser } from 'mailparser';
import type { SMTPServerOptions } from 'smtp-server';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly mail: ParsedMail;
  /** As it came over the wire. */
  readonly raw: string;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly isEncrypted: boolean;
  readonly user: string | undefined;
}

/** A certificate of `localhost`, which is its own authority. */
export interface Certificate {
  readonly keyFile: string;
  readonly caFile: string;
  readonly key: string;
  readonly cert: string;
}

export function certificateOf(name: string): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'thermocline-tls-'));
  const [keyFile, caFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', keyFile, '-out', caFile, ...subject], {
    stdio: 'ignore',
  });
  return { keyFile, caFile, key: readFileSync(keyFile, 'utf8'), cert: readFileSync(caFile, 'utf8') };
}

/** Replies to a recipient: a code and a text in place of 250. */
export type Refusals = Readonly<Record<string, readonly [code: number, text: string]>>;

export class MailServer {
  readonly received: ReceivedMail[] = [];
  /** By address; may be changed between messages. */
  refusals: Refusals = {};
  /** The reply after the message itself; null to accept it. */
  dataRefusal: readonly [code: number, text: string] | null = null;
  readonly #server: SMTPServer;

  constructor(options: SMTPServerOptions = {}) {
    this.#server = new SMTPServer({
      authOptional: true,
      disableReverseLookup: true,
      logger: false,
      onRcptTo: ({ address }, _session, done) => {
        const refusal = this.refusals[address];
        done(refusal === undefined ? null : replyOf(refusal));
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          if (this.dataRefusal !== null) return done(replyOf(this.dataRefusal));
          const raw = Buffer.concat(chunks).toString('latin1');
          simpleParser(Buffer.concat(chunks)).then((mail) => {
            const { mailFrom, rcptTo } = session.envelope;
            this.received.push({
              mail,
              raw,
              sender: mailFrom === false ? '' : mailFrom.address,
              recipients: rcptTo.map(({ address }) => address),
              isEncrypted: session.secure,
              user: typeof session.user === 'string' ? session.user : undefined,
            });
            done();
          }, done);
        });
      },
      ...options,
    });
    // Handshakes that clients break off are part of the tests.
    this.#server.on('error', () => undefined);
  }

  listen(): Promise<number> {
    return new Promise((resolve) => {
      const listening = this.#server.listen(0, '127.0.0.1', () => {
        const address = listening.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

function replyOf([code, text]: readonly [code: number, text: string]): Error {
  return Object.assign(new Error(text), { responseCode: code });
}
