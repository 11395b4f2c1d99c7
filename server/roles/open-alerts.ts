/** The alert engine with what it sends by. */
import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { SsrfSafeClient } from '../alerts/egress/egress-client.ts';
import { SmtpClient } from '../alerts/egress/smtp-client.ts';
import type { EngineOptions } from '../alerts/engine.ts';
import { AlertEngine } from '../alerts/engine.ts';
import { alertEvidence } from '../alerts/evaluate/evidence.ts';
import type { Config } from '../config/environment.ts';
import type { FileThread } from '../storage/files/file-thread.ts';
import type { Store } from '../storage/ports.ts';

type Mail = NonNullable<EngineOptions['mail']>;

interface AlertsOptions extends Pick<EngineOptions, 'signals' | 'now' | 'settledNow'> {
  readonly config: Config;
  readonly store: Store;
  readonly files: FileThread;
  readonly egress: SsrfSafeClient;
  readonly attachmentsOf: Mail['attachmentsOf'];
  readonly log: Pick<Logger, 'warn'>;
}

/** Not started yet. `closeMail` ends its connections to the mail server. */
export function openAlerts({ config, store, files, egress, attachmentsOf, log, ...options }: AlertsOptions): {
  readonly alerts: AlertEngine;
  readonly closeMail: () => void;
} {
  const smtp =
    config.smtp === null
      ? null
      : new SmtpClient({
          settings: config.smtp,
          allow: config.outbound.allow,
          readText: (path) => files.run('readText', path),
        });
  const mail: Mail | null =
    smtp === null
      ? null
      : { send: (message) => smtp.send(message), headersOf: (message) => smtp.headersOf(message), attachmentsOf };
  const alerts = new AlertEngine({
    ...options,
    read: store.read,
    write: store.alerts,
    egress,
    mail,
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
  return { alerts, closeMail: () => smtp?.close() };
}
