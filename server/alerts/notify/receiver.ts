/** Where notices go. */
import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { Format } from './bodies.ts';

export interface Receiver {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly format: Format;
  /** Of format `template`. */
  readonly template: string | null;
  /** Sent along with each delivery; names only are shown. */
  readonly headers: Readonly<Record<string, string>>;
  readonly sendResolved: boolean;
  /** Why nothing is sent to it; null while it works. */
  readonly disabled: 'by-hand' | 'gone' | 'failing' | null;
}

/** What only the server knows of a receiver. */
export interface ReceiverSecrets {
  /** Two while one replaces the other. */
  readonly signing: readonly { readonly secret: string; readonly untilMs: number | null }[];
  /** PagerDuty's integration key. */
  readonly routingKey: string | null;
}

/** The secrets that sign now. */
export function liveSecrets({ signing }: ReceiverSecrets, nowMs: number): readonly string[] {
  return signing.filter((one) => one.untilMs === null || nowMs < one.untilMs).map((one) => one.secret);
}

/** After rotation the old secret signs on for so long. */
const ROTATION_MS = 24 * HOUR_MS;

export function rotated({ signing, routingKey }: ReceiverSecrets, secret: string, nowMs: number): ReceiverSecrets {
  const [newest] = signing;
  const old = newest === undefined ? [] : [{ secret: newest.secret, untilMs: nowMs + ROTATION_MS }];
  return { signing: [{ secret, untilMs: null }, ...old], routingKey };
}
