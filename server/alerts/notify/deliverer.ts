/**
 * Sends the deliveries of the outbox. Each receiver gets one at a time, and those of a group in their order; a delivery that
 * fails delays only its own group, and a failing receiver no other. The result of an attempt is stored before the next one
 * starts.
 */
import * as z from 'zod';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import type {
  AlertReader,
  AlertStore,
  DeliveryState,
  StoredAttempt,
  StoredDelivery,
} from '../../storage/questions/alerts/types.ts';
import type { OutboundResponse } from '../egress/egress-client.ts';
import { OutboundError } from '../egress/egress-client.ts';
import type { Attempt } from './exchange.ts';
import { HIDDEN, shownAnswer } from './hidden.ts';
import { opsgenieRequest } from './incidents.ts';
import type { MailSender } from './mail-exchange.ts';
import { mailExchange } from './mail-exchange.ts';
import type { KnownReceiver, Receiver, ReceiverSecrets } from './receiver.ts';
import { liveSecrets } from './receiver.ts';
import type { AttemptOutcome, RetryDecision } from './retry.ts';
import { decideRetry, retryAfterMs } from './retry.ts';
import { sign } from './signature.ts';

/** Client for outbound requests. */
export interface EgressClient {
  /** @throws OutboundError if the request is blocked or gets no response. */
  post(request: {
    readonly url: string;
    readonly body: string;
    readonly headers: Readonly<Record<string, string>>;
  }): Promise<OutboundResponse>;
}

export interface DelivererOptions {
  readonly read: Pick<AlertReader, 'dueDeliveries'>;
  readonly write: Pick<AlertStore, 'saveAttempt'>;
  readonly egress: EgressClient;
  /** Sends e-mail; null if no mail server is configured. */
  readonly mail: MailSender | null;
  readonly now: () => number;
  readonly random: () => number;
  readonly receiver: (id: string) => KnownReceiver | null;
  /** Called when the receiver answered 410 or its retries are exhausted. */
  readonly onReceiverFailed: (receiverId: string, reason: 'gone' | 'failing') => Promise<void>;
}

const CANCELLED: DeliveryState = 'cancelled';
/** Pause after a request that got no response, ms. */
const UNREACHABLE_MS = 4000;

export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #busy = new Map<string, Promise<void>>();
  /** Receivers, by id and URL, that get nothing until a time, epoch ms. */
  readonly #pausedUntilMs = new Map<string, number>();
  /** When each receiver last accepted something, epoch ms. */
  readonly #acceptedMs = new Map<string, number>();

  constructor(options: DelivererOptions) {
    this.#options = options;
  }

  /** Starts due deliveries and returns how many; does not wait until they end. */
  async round(): Promise<number> {
    const due = await this.#options.read.dueDeliveries({ nowMs: this.#options.now() });
    let started = 0;
    for (const delivery of due) {
      if (this.#busy.has(delivery.receiverId) || this.#isPaused(delivery.receiverId)) continue;
      started += 1;
      const work = this.#drain(delivery).finally(() => this.#busy.delete(delivery.receiverId));
      this.#busy.set(delivery.receiverId, work);
      work.catch(() => undefined);
    }
    return started;
  }

  /** Resolves once no delivery is in progress. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#busy.values());
  }

  /** Sends the receiver's due deliveries one after another. */
  async #drain(first: StoredDelivery): Promise<void> {
    const { read, now } = this.#options;
    for (let next: StoredDelivery | undefined = first; next !== undefined; ) {
      await this.#attempt(next);
      if (this.#isPaused(first.receiverId)) return;
      [next] = await read.dueDeliveries({ nowMs: now(), receiverId: first.receiverId });
    }
  }

  async #attempt(delivery: StoredDelivery): Promise<void> {
    const { write, receiver, now, random, onReceiverFailed } = this.#options;
    const found = receiver(delivery.receiverId);
    const attempt = delivery.attempts + 1;
    const atMs = now();
    if (found === null || found.receiver.disabled !== null) {
      const log = { deliveryId: delivery.id, attempt, atMs, tookMs: 0, status: null, answer: null };
      await write.saveAttempt({
        attempt: { ...log, error: 'The receiver is disabled or was deleted' },
        state: CANCELLED,
        nextMs: atMs,
      });
      return;
    }
    const { outcome, exchange, rest } = await this.exchange(delivery, found.receiver, found.secrets);
    const firstMs = delivery.firstMs ?? atMs;
    const decision = decideRetry(outcome, attempt, firstMs, now(), random());
    const log: StoredAttempt = {
      deliveryId: delivery.id,
      attempt,
      atMs,
      tookMs: exchange.tookMs,
      status: exchange.status,
      error:
        decision.kind === 'refused'
          ? [
              `The receiver refused this notification with ${exchange.status}. It is not sent again by itself`,
              exchange.error,
            ]
              .filter((part) => part !== null)
              .join('. ')
          : exchange.error,
      answer: exchange.answer,
    };
    this.#note(delivery.receiverId, outcome, decision);
    const state = decision.kind === 'retry' ? 'pending' : decision.kind;
    await write.saveAttempt({
      attempt: log,
      state,
      nextMs: decision.kind === 'retry' ? decision.atMs : now(),
      ...(rest === undefined ? {} : { body: rest }),
    });
    if (decision.kind === 'gone') await onReceiverFailed(delivery.receiverId, 'gone');
    // A receiver that accepts others refuses this one only.
    const isDead = (this.#acceptedMs.get(delivery.receiverId) ?? Number.NEGATIVE_INFINITY) < firstMs;
    if (decision.kind === 'exhausted' && isDead) await onReceiverFailed(delivery.receiverId, 'failing');
  }

  #isPaused(receiverId: string): boolean {
    const untilMs = this.#pausedUntilMs.get(this.#addressOf(receiverId)) ?? Number.NEGATIVE_INFINITY;
    const nowMs = this.#options.now();
    // A longer pause is one of a clock that went back.
    return nowMs < untilMs && untilMs - nowMs <= HOUR_MS;
  }

  /** Pauses a receiver that cannot be reached, or that asked to wait: its other deliveries would fail as well. */
  #note(receiverId: string, outcome: AttemptOutcome, { kind }: RetryDecision): void {
    const nowMs = this.#options.now();
    if (kind === 'delivered') this.#acceptedMs.set(receiverId, nowMs);
    if (kind !== 'retry') return;
    const wantedMs = outcome.kind === 'answered' ? retryAfterMs(outcome.retryAfter, nowMs) : 0;
    const pauseMs = outcome.kind === 'failed' ? UNREACHABLE_MS : wantedMs;
    if (pauseMs > 0) this.#pausedUntilMs.set(this.#addressOf(receiverId), nowMs + pauseMs);
  }

  /** A receiver with another URL is another one. */
  #addressOf(receiverId: string): string {
    return `${receiverId} ${this.#options.receiver(receiverId)?.receiver.url ?? ''}`;
  }

  /** Sends one signed request, or one e-mail. Never rejects: failures are part of the exchange. */
  async exchange(
    delivery: Pick<StoredDelivery, 'id' | 'body'>,
    receiver: Receiver,
    secrets: ReceiverSecrets,
  ): Promise<Attempt> {
    const { egress, mail, now } = this.#options;
    if (receiver.format === 'email') return mailExchange(mail, delivery, receiver, now);
    const startedMs = now();
    let shown: Readonly<Record<string, string>> = {};
    try {
      const { url, body, headers } = requestOf(delivery, receiver, secrets);
      const signed = sign(delivery.id, startedMs, body, liveSecrets(secrets, startedMs));
      const own = { 'content-type': 'application/json', 'user-agent': 'thermocline', ...signed };
      shown = { ...own, ...Object.fromEntries(Object.keys(headers).map((name) => [name, HIDDEN])) };
      const answer = await egress.post({ url, body, headers: { ...headers, ...own } });
      return {
        outcome: { kind: 'answered', status: answer.status, retryAfter: answer.headers['retry-after'] ?? null },
        exchange: {
          requestHeaders: shown,
          status: answer.status,
          error: answer.status >= 300 && answer.status < 400 ? 'Redirects are not followed' : null,
          answer: shownAnswer(answer.body, receiver, secrets),
          tookMs: answer.tookMs,
        },
      };
    } catch (error) {
      const message = error instanceof OutboundError ? error.message : 'The request failed';
      return {
        outcome: { kind: 'failed' },
        exchange: { requestHeaders: shown, status: null, error: message, answer: null, tookMs: now() - startedMs },
      };
    }
  }
}

/** Bodies of Opsgenie name the alert that they create or close. */
const opsgenieBody = z.looseObject({ alias: z.string() });

/** Where the request of a delivery goes, and what belongs to it besides the signature. */
function requestOf(
  { body }: Pick<StoredDelivery, 'body'>,
  { url, format, headers }: Receiver,
  { routingKey }: ReceiverSecrets,
): { readonly url: string; readonly body: string; readonly headers: Readonly<Record<string, string>> } {
  if (format !== 'opsgenie') return { url, body, headers };
  const authorization = routingKey === null ? {} : { authorization: `GenieKey ${routingKey}` };
  return { ...opsgenieRequest(url, opsgenieBody.parse(JSON.parse(body))), headers: { ...headers, ...authorization } };
}
