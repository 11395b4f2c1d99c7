/** Sends a stored e-mail and says what became of it for each of its recipients. */
import { OutboundError } from '../egress/egress-client.ts';
import type { MailAttachment, MailResult, OutgoingMail } from '../egress/smtp-client.ts';
import { oneLine } from './chat-text.ts';
import type { Attempt } from './exchange.ts';
import type { StoredMail } from './mail.ts';
import { storedMail } from './mail.ts';
import type { Receiver } from './receiver.ts';

/** Sends e-mail. */
export interface MailSender {
  /** @throws OutboundError if the mail server is blocked, cannot be reached or does not accept the sender. */
  send(mail: OutgoingMail): Promise<MailResult>;
  headersOf(mail: OutgoingMail): Readonly<Record<string, string>>;
  /** The files of a stored report; none if it was deleted. */
  attachmentsOf(reportId: string): Promise<readonly MailAttachment[]>;
}

/** Sends the message to the recipients that have not got it. Never rejects: failures are part of the exchange. */
export async function mailExchange(
  sender: MailSender | null,
  { id, body }: { readonly id: string; readonly body: string },
  receiver: Receiver,
  now: () => number,
): Promise<Attempt> {
  const startedMs = now();
  const failed = (error: string, requestHeaders: Readonly<Record<string, string>> = {}): Attempt => ({
    outcome: { kind: 'failed' },
    exchange: { requestHeaders, status: null, error, answer: null, tookMs: now() - startedMs },
  });
  if (sender === null)
    return failed('No mail server is configured. Set THERMOCLINE_SMTP_URL and THERMOCLINE_SMTP_FROM');
  let requestHeaders: Readonly<Record<string, string>> = {};
  try {
    const stored = storedMail.parse(JSON.parse(body));
    const mail = outgoing(id, stored, receiver);
    requestHeaders = sender.headersOf(mail);
    const attachments = stored.report === null ? [] : await sender.attachmentsOf(stored.report);
    const result = await sender.send({ ...mail, attachments });
    const rest: StoredMail = { ...stored, recipients: [...result.deferred] };
    return {
      outcome: { kind: 'replied', code: result.code },
      exchange: {
        requestHeaders,
        status: result.code,
        error: refusalOf(result),
        answer: oneLine(result.reply),
        tookMs: result.tookMs,
      },
      ...(result.deferred.length === 0 ? {} : { rest: JSON.stringify(rest) }),
    };
  } catch (error) {
    return failed(error instanceof OutboundError ? error.message : 'The message could not be sent', requestHeaders);
  }
}

function outgoing(
  id: string,
  { subject, text, html, threads, recipients }: StoredMail,
  { to }: Receiver,
): OutgoingMail {
  return { id, threads, to, recipients: recipients ?? to, subject, text, html, attachments: [] };
}

const MOST_NAMED = 5;

/** Which recipients did not get the message; null if all did. */
function refusalOf({ refused, deferred }: MailResult): string | null {
  const named = (addresses: readonly string[]): string =>
    `${addresses.slice(0, MOST_NAMED).join(', ')}${addresses.length > MOST_NAMED ? ` and ${addresses.length - MOST_NAMED} more` : ''}`;
  const [first] = refused;
  const parts = [
    ...(first === undefined
      ? []
      : [`The mail server refused ${named(refused.map((one) => one.address))}: ${oneLine(first.reply)}`]),
    ...(deferred.length === 0 ? [] : [`It will be sent again to ${named(deferred)}`]),
  ];
  return parts.length === 0 ? null : parts.join('. ');
}
