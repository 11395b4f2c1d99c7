/** The alert engine with what it sends by. */
import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { SsrfSafeClient } from '../alerts/egress/egress-client.ts';
import type { EngineOptions } from '../alerts/engine.ts';
import { AlertEngine } from '../alerts/engine.ts';
import { alertEvidence } from '../alerts/evaluate/evidence.ts';
import { readsWhenWritten } from '../alerts/reads-when-written.ts';
import type { Config } from '../config/environment.ts';
import type { Store } from '../storage/ports.ts';

interface AlertsOptions extends Pick<EngineOptions, 'signals' | 'mail' | 'now' | 'settledNow'> {
  readonly config: Config;
  readonly store: Store;
  readonly egress: SsrfSafeClient;
  readonly log: Pick<Logger, 'warn'>;
}

/** Not started yet. At rest the engine asks for new events and deliveries each second: the store is asked when there may be some. */
export function openAlerts({ config, store, egress, log, ...options }: AlertsOptions): AlertEngine {
  return new AlertEngine({
    ...options,
    read: readsWhenWritten(store.read, () => store.controlRevision()),
    write: store.alerts,
    egress,
    evidence: alertEvidence(store.read),
    random: Math.random,
    randomHex: (digits) =>
      randomBytes(Math.ceil(digits / 2))
        .toString('hex')
        .slice(0, digits),
    publicUrl: config.publicUrl,
    nextTurn: () => setImmediate(),
    onError: (error, what) => log.warn({ err: error }, `alerts: ${what}`),
  });
}
