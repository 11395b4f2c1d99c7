/**
 * SMTP client (RFC 5321) for outbound e-mail. Connects only to addresses that the outbound policy allows, and with TLS unless the
 * operator turns it off. Each message has a connection of its own.
 */
import { lookup as systemLookup } from 'node:dns';
import { isIP } from 'node:net';
import { OutboundError } from './egress-client.ts';
import { blockReasonOf, parseNetworks } from './outbound-address.ts';

export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  /** `tls`: from the first byte; `starttls`: required after the greeting; `none`: in clear text. */
  readonly security: 'tls' | 'starttls' | 'none';
  readonly user: string | null;
  /** The password, or `file:` and the path of a file that holds it, which is read for each message. */
  readonly password: string | null;
  /** Address of the sender, with or without a name. */
  readonly from: string;
  /** PEM file of the authority that issued the server's certificate; null for those that the system trusts. */
  readonly caFile: string | null;
}

export interface MailAttachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
}

export interface OutgoingMail {
  /** Identifies the message and its repetitions, without brackets and domain. */
  readonly id: string;
  /** Identifies what the message is about: messages that share one are shown as one conversation. */
  readonly threads: readonly string[];
  /** Addresses of the header `To`. */
  readonly to: readonly string[];
  /** Addresses that the message is sent to. */
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly MailAttachment[];
}

export interface MailResult {
  /** The reply that decides: 2yz if the message was accepted for a recipient and none has to be tried again, otherwise 4yz or 5yz. */
  readonly code: number;
  readonly reply: string;
  /** Recipients that the server refused for good (5yz), with its reply. */
  readonly refused: readonly { readonly address: string; readonly reply: string }[];
  /** Recipients that the server refused for now (4yz). */
  readonly deferred: readonly string[];
  readonly tookMs: number;
}

type Resolve = (
  hostname: string,
  options: { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: { address: string; family: number }[]) => void,
) => void;

export interface SmtpClientOptions {
  readonly settings: SmtpSettings;
  /** Private networks that are allowed, as addresses or CIDR ranges. */
  readonly allow: readonly string[];
  /** Reads a file that a setting names. */
  readonly readText: (path: string) => Promise<string>;
  readonly resolve?: Resolve;
  /** Longest silence of the server. A whole message may take four times as long. */
  readonly timeoutMs?: number;
  readonly now?: () => number;
}

const TIMEOUT_MS = 15_000;
const MOST_REPLY_CHARS = 1024;
/** Replies of a server that accepts a message, and the one for a message that it cannot take now (RFC 5321, 4.2.3). */
const ACCEPTED = 250;
const NOT_NOW = 451;

/** What nodemailer adds to an error. */
interface SmtpFailure {
  readonly code?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
  readonly recipient?: string | undefined;
  readonly rejectedErrors?: readonly SmtpFailure[] | undefined;
}

export class SmtpClient {
  readonly #settings: SmtpSettings;
  readonly #networks;
  readonly #readText: SmtpClientOptions['readText'];
  readonly #resolve: Resolve;
  readonly #timeoutMs: number;
  readonly #now: () => number;
  readonly #closing = new AbortController();

  constructor({ settings, allow, readText, resolve = systemLookup, timeoutMs = TIMEOUT_MS, now }: SmtpClientOptions) {
    this.#readText = readText;
    this.#settings = settings;
    this.#networks = parseNetworks(allow);
    this.#resolve = resolve;
    this.#timeoutMs = timeoutMs;
    this.#now = now ?? performance.now.bind(performance);
  }

  /** Headers that say what a message is and to whom it goes, as they are sent. */
  headersOf({ id, threads, to, subject }: OutgoingMail): Readonly<Record<string, string>> {
    return {
      from: this.#settings.from,
      to: to.join(', '),
      subject,
      'message-id': this.#messageId(id),
      references: threads.map((thread) => this.#messageId(thread)).join(' '),
    };
  }

  /**
   * Sends a message to its recipients. @throws OutboundError if the server is blocked, cannot be reached or does not accept the
   * credentials, or if the connection is not encrypted.
   */
  async send(mail: OutgoingMail): Promise<MailResult> {
    const startedMs = this.#now();
    const tookMs = (): number => this.#now() - startedMs;
    const deadline = AbortSignal.timeout(4 * this.#timeoutMs);
    try {
      const transport = await this.#transport();
      const { references, 'message-id': messageId, ...shown } = this.headersOf(mail);
      const info = await transport.sendMail({
        from: shown['from'] ?? '',
        to: [...mail.to],
        subject: mail.subject,
        envelope: { from: senderOf(this.#settings.from), to: [...mail.recipients] },
        messageId: messageId ?? '',
        ...(references === undefined || references === '' ? {} : { references, inReplyTo: references.split(' ')[0] }),
        text: mail.text,
        html: mail.html,
        attachments: mail.attachments.map((one) => ({ ...one })),
        // RFC 3834: programs do not answer to what a program sent.
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        disableFileAccess: true,
        disableUrlAccess: true,
        signal: AbortSignal.any([deadline, this.#closing.signal]),
      });
      return resultOf(ACCEPTED, info.response, info.rejectedErrors ?? [], tookMs());
    } catch (error) {
      if (error instanceof OutboundError) throw error;
      if (this.#closing.signal.aborted) throw new OutboundError('the server is stopping', false);
      if (deadline.aborted) throw new OutboundError(`no end within ${(4 * this.#timeoutMs) / 1000} s`, false);
      const failure: SmtpFailure = Object(error);
      // Refusals of the message or of recipients; those of a connection or of credentials concern every message.
      if ((failure.code === 'EENVELOPE' || failure.code === 'EMESSAGE') && failure.responseCode !== undefined)
        return resultOf(failure.responseCode, failure.response ?? '', failure.rejectedErrors ?? [], tookMs());
      throw new OutboundError(describe(failure, error), false);
    }
  }

  /** Ends what is being sent; it is recorded as not sent. */
  close(): void {
    this.#closing.abort();
  }

  #messageId(id: string): string {
    const domain = senderOf(this.#settings.from).split('@')[1] ?? 'localhost';
    return `<${id.replaceAll(/[^\w.-]/g, '-').slice(0, 200)}@${domain}>`;
  }

  async #transport() {
    const { host, port, security, user, password, caFile } = this.#settings;
    const address = await this.#address(host);
    const pass = password === null ? null : await this.#secret(password);
    const ca = caFile === null ? null : await this.#file(caFile, 'THERMOCLINE_SMTP_CA');
    // Import lazily: saves memory in servers without e-mail.
    const { createTransport } = await import('nodemailer');
    return createTransport({
      host: address,
      port,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      ...(user === null || pass === null ? {} : { auth: { user, pass } }),
      // The certificate is that of the name, whatever address it has.
      tls: { servername: isIP(host) === 0 ? host : '', minVersion: 'TLSv1.2', ...(ca === null ? {} : { ca }) },
      connectionTimeout: this.#timeoutMs,
      greetingTimeout: this.#timeoutMs,
      socketTimeout: this.#timeoutMs,
    });
  }

  async #secret(password: string): Promise<string> {
    if (!password.startsWith('file:')) return password;
    const text = await this.#file(password.slice('file:'.length), 'THERMOCLINE_SMTP_PASSWORD');
    return text.replace(/\r?\n$/, '');
  }

  async #file(path: string, setting: string): Promise<string> {
    return this.#readText(path).catch(() => {
      throw new OutboundError(`the file of ${setting} cannot be read`, false);
    });
  }

  /** The address to connect to. Rejects the host if any of its addresses is blocked. @throws OutboundError */
  async #address(host: string): Promise<string> {
    const bare = host.replace(/^\[|\]$/g, '');
    const found =
      isIP(bare) === 0
        ? await new Promise<readonly { readonly address: string }[]>((resolve, reject) =>
            this.#resolve(bare, { all: true }, (error, addresses) =>
              error === null
                ? resolve(addresses)
                : reject(new OutboundError('the host name of the mail server could not be resolved', false)),
            ),
          )
        : [{ address: bare }];
    for (const { address } of found) {
      const reason = blockReasonOf(address, this.#networks);
      if (reason !== null) throw new OutboundError(`the mail server has an address that ${reason}`, true);
    }
    const [first] = found;
    if (first === undefined) throw new OutboundError('the mail server has no address', false);
    return first.address;
  }
}

/** The bare address of a sender. */
function senderOf(from: string): string {
  return /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from.trim();
}

/** The result of a transaction. What is refused for now decides before what was accepted, and that before what is refused for good. */
function resultOf(code: number, reply: string, rejected: readonly SmtpFailure[], tookMs: number): MailResult {
  const isFinal = ({ responseCode = NOT_NOW }: SmtpFailure): boolean => responseCode >= 500;
  const addressOf = ({ recipient }: SmtpFailure): string => recipient ?? '';
  const deferred = rejected.filter((one) => !isFinal(one));
  const [first] = deferred;
  const decides =
    first === undefined ? { code, reply } : { code: first.responseCode ?? NOT_NOW, reply: first.response };
  return {
    code: decides.code,
    reply: (decides.reply ?? '').slice(0, MOST_REPLY_CHARS),
    refused: rejected.filter(isFinal).map((one) => ({ address: addressOf(one), reply: one.response ?? '' })),
    deferred: deferred.map(addressOf),
    tookMs,
  };
}

/** Describes an error without addresses and credentials: readers of the delivery log need not know the network. */
function describe({ code = '', responseCode }: SmtpFailure, error: unknown): string {
  const text = error instanceof Error ? error.message : '';
  const reply = responseCode === undefined ? '' : ` (${responseCode})`;
  if (code === 'EAUTH' || code === 'ENOAUTH') return `the mail server did not accept user and password${reply}`;
  if (code === 'ETIMEDOUT') return 'the mail server did not answer in time';
  if (/ECONNREFUSED/.test(text)) return 'the connection was refused';
  if (code === 'ETLS' || /certificate|self.signed|SSL|TLS/i.test(text))
    return `the TLS handshake failed${tlsReason(text)}`;
  if (code === 'ECONNECTION' || code === 'ESOCKET') return `the mail server closed the connection${reply}`;
  return `sending failed${code === '' ? '' : ` (${code})`}${reply}`;
}

function tlsReason(text: string): string {
  if (/self.signed/i.test(text)) return ': the certificate is self-signed. Set THERMOCLINE_SMTP_CA';
  if (/unable to (?:get|verify)/i.test(text))
    return ': the authority of the certificate is not trusted. Set THERMOCLINE_SMTP_CA';
  if (/altnames|Hostname/i.test(text)) return ': the certificate is of another host';
  if (/expired/i.test(text)) return ': the certificate has expired';
  return '';
}
