/**
 * Sends what stands in the outbox: of each receiver the oldest first, one at a time, so that order is kept and a dead
 * receiver delays nobody else. What came of an attempt is stored before the next begins.
 */
import type {
  AlertReader,
  AlertStore,
  DeliveryState,
  StoredAttempt,
  StoredDelivery,
} from '../../storage/questions/alerts/types.ts';
import type { OutboundAnswer } from '../egress/egress-client.ts';
import { OutboundError } from '../egress/egress-client.ts';
import type { Receiver, ReceiverSecrets } from './receiver.ts';
import { liveSecrets } from './receiver.ts';
import type { Outcome } from './retry.ts';
import { verdictOf } from './retry.ts';
import { sign } from './signature.ts';

export interface Door {
  post(request: {
    readonly url: string;
    readonly body: string;
    readonly headers: Readonly<Record<string, string>>;
  }): Promise<OutboundAnswer>;
}

export interface DelivererOptions {
  readonly read: Pick<AlertReader, 'dueDeliveries'>;
  readonly write: Pick<AlertStore, 'saveAttempt'>;
  readonly door: Door;
  readonly now: () => number;
  readonly random: () => number;
  readonly receiver: (id: string) => { readonly receiver: Receiver; readonly secrets: ReceiverSecrets } | null;
  /** It is of no use to go on with this receiver. */
  readonly onDead: (receiverId: string, why: 'gone' | 'failing') => Promise<void>;
}

/** What one attempt looked like, secrets left out. */
export interface Exchange {
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly status: number | null;
  readonly error: string | null;
  readonly answer: string | null;
  readonly tookMs: number;
}

const NONE: DeliveryState = 'cancelled';

export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #busy = new Map<string, Promise<void>>();

  constructor(options: DelivererOptions) {
    this.#options = options;
  }

  /** Begins what is due. Resolves when it has begun, not when it has ended. */
  async round(): Promise<number> {
    const due = await this.#options.read.dueDeliveries({ nowMs: this.#options.now() });
    let begun = 0;
    for (const delivery of due) {
      if (this.#busy.has(delivery.receiverId)) continue;
      begun += 1;
      const work = this.#drain(delivery).finally(() => this.#busy.delete(delivery.receiverId));
      this.#busy.set(delivery.receiverId, work);
      work.catch(() => undefined);
    }
    return begun;
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#busy.values());
  }

  /** One after another, for as long as the receiver takes them. */
  async #drain(first: StoredDelivery): Promise<void> {
    const { read, now } = this.#options;
    for (let next: StoredDelivery | undefined = first; next !== undefined; ) {
      await this.#attempt(next);
      [next] = await read.dueDeliveries({ nowMs: now(), receiverId: first.receiverId });
    }
  }

  async #attempt(delivery: StoredDelivery): Promise<void> {
    const { write, receiver, now, random, onDead } = this.#options;
    const found = receiver(delivery.receiverId);
    const attempt = delivery.attempts + 1;
    const atMs = now();
    if (found === null || found.receiver.disabled !== null) {
      const log = { deliveryId: delivery.id, attempt, atMs, tookMs: 0, status: null, answer: null };
      await write.saveAttempt({
        attempt: { ...log, error: 'the receiver is disabled or gone' },
        state: NONE,
        nextMs: atMs,
      });
      return;
    }
    const { outcome, exchange } = await this.exchange(delivery, found.receiver, found.secrets);
    const verdict = verdictOf(outcome, attempt, delivery.firstMs ?? atMs, now(), random());
    const log: StoredAttempt = {
      deliveryId: delivery.id,
      attempt,
      atMs,
      tookMs: exchange.tookMs,
      status: exchange.status,
      error: exchange.error,
      answer: exchange.answer,
    };
    const state = verdict.kind === 'retry' ? 'pending' : verdict.kind;
    await write.saveAttempt({ attempt: log, state, nextMs: verdict.kind === 'retry' ? verdict.atMs : now() });
    if (verdict.kind === 'gone') await onDead(delivery.receiverId, 'gone');
    if (verdict.kind === 'exhausted') await onDead(delivery.receiverId, 'failing');
  }

  /** One request and its answer, signed for this moment. */
  async exchange(
    { id, body }: Pick<StoredDelivery, 'id' | 'body'>,
    receiver: Receiver,
    secrets: ReceiverSecrets,
  ): Promise<{ readonly outcome: Outcome; readonly exchange: Exchange }> {
    const { door, now } = this.#options;
    const began = now();
    const signed = sign(id, began, body, liveSecrets(secrets, began));
    const own = { 'content-type': 'application/json', 'user-agent': 'thermocline', ...signed };
    const shown = { ...own, ...Object.fromEntries(Object.keys(receiver.headers).map((name) => [name, '(hidden)'])) };
    try {
      const answer = await door.post({ url: receiver.url, body, headers: { ...receiver.headers, ...own } });
      return {
        outcome: { kind: 'answered', status: answer.status, retryAfter: answer.headers['retry-after'] ?? null },
        exchange: {
          requestHeaders: shown,
          status: answer.status,
          error: answer.status >= 300 && answer.status < 400 ? 'a redirect, which is not followed' : null,
          answer: hidden(answer.body, receiver, secrets),
          tookMs: answer.tookMs,
        },
      };
    } catch (error) {
      const message = error instanceof OutboundError ? error.message : 'the request failed';
      return {
        outcome: { kind: 'failed' },
        exchange: { requestHeaders: shown, status: null, error: message, answer: null, tookMs: now() - began },
      };
    }
  }
}

/** A receiver that echoes what it was sent must not put our secrets into our log. */
function hidden(answer: string, { headers }: Receiver, { signing, routingKey }: ReceiverSecrets): string {
  const secrets = [
    ...Object.values(headers),
    ...signing.map((one) => one.secret),
    ...(routingKey === null ? [] : [routingKey]),
  ];
  return secrets
    .filter((secret) => secret.length >= 8)
    .reduce((text, secret) => text.replaceAll(secret, '(hidden)'), answer);
}
