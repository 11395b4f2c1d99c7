/** Receivers of notifications, and their secrets. */

import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { FORMATS } from '../../http/contract/receivers.ts';

export type ReceiverFormat = (typeof FORMATS)[number];

export interface Receiver {
  readonly id: string;
  readonly name: string;
  /** Empty for format `email`. */
  readonly url: string;
  /** E-mail addresses; only for format `email`. */
  readonly to: readonly string[];
  readonly format: ReceiverFormat;
  /** Body template; only for format `template`. */
  readonly template: string | null;
  /** Extra request headers. The API returns their names only. */
  readonly headers: Readonly<Record<string, string>>;
  readonly sendResolved: boolean;
  /**
   * Why nothing is sent; null while enabled. `gone`: it answered 410. `failing`: retries were exhausted.
   */
  readonly disabled: 'by-hand' | 'gone' | 'failing' | null;
}

/** Secrets of a receiver; never returned by the API. */
export interface ReceiverSecrets {
  /** Newest first; two during rotation. */
  readonly signing: readonly { readonly secret: string; readonly untilMs: number | null }[];
  /** PagerDuty's integration key, or Opsgenie's API key. */
  readonly routingKey: string | null;
}

export interface KnownReceiver {
  readonly receiver: Receiver;
  readonly secrets: ReceiverSecrets;
}

/** Signing secrets that are valid now. */
export function liveSecrets({ signing }: ReceiverSecrets, nowMs: number): readonly string[] {
  return signing.filter((one) => one.untilMs === null || nowMs < one.untilMs).map((one) => one.secret);
}

/** How long the old secret also signs after a rotation. */
const ROTATION_MS = 24 * HOUR_MS;

/** Adds a new signing secret; the previous one stays valid for 24 h. */
export function rotated({ signing, routingKey }: ReceiverSecrets, secret: string, nowMs: number): ReceiverSecrets {
  const [newest] = signing;
  const old = newest === undefined ? [] : [{ secret: newest.secret, untilMs: nowMs + ROTATION_MS }];
  return { signing: [{ secret, untilMs: null }, ...old], routingKey };
}
