/** Composes e-mail and scheduled reports for the server. */
import type { Logger } from 'pino';
import { SmtpClient } from '../alerts/egress/smtp-client.ts';
import type { AlertEngine } from '../alerts/engine.ts';
import type { MailSender } from '../alerts/notify/mail-exchange.ts';
import type { Config } from '../config/environment.ts';
import { shapeAnswer } from '../http/answers/shape-answer.ts';
import type { AnalysisPool } from '../jobs/analysis/analysis-pool.ts';
import { Reports } from '../jobs/reports/reports.ts';
import type { FileThread } from '../storage/files/file-thread.ts';
import type { Store } from '../storage/ports.ts';

/** Sends by the configured mail server; null if there is none. */
export function composeMail(
  { smtp: settings, outbound: { allow } }: Config,
  files: FileThread,
  attachmentsOf: MailSender['attachmentsOf'],
): (MailSender & { close(): void }) | null {
  if (settings === null) return null;
  const smtp = new SmtpClient({ settings, allow, readText: (path) => files.run('readText', path) });
  return {
    send: (mail) => smtp.send(mail),
    headersOf: (mail) => smtp.headersOf(mail),
    attachmentsOf,
    close: () => smtp.close(),
  };
}

interface Parts {
  readonly store: Store;
  readonly analysis: AnalysisPool;
  readonly alerts: AlertEngine;
  readonly config: Config;
  readonly log: Logger;
  readonly now: () => number;
}

/** Reports that ask the API of this process about all data. */
export function composeReports(
  { store, analysis, alerts, config, log, now }: Parts,
  answer: (request: Request) => Response | Promise<Response>,
  localToken: string,
): Reports {
  return new Reports({
    store,
    ask: async (path, init = {}) => {
      const headers = new Headers(init.headers);
      headers.set('authorization', `Bearer ${localToken}`);
      return answer(new Request(new URL(path, 'http://127.0.0.1'), { ...init, headers }));
    },
    writeFiles: async (answers, page) => {
      const { answer, meta } = await shapeAnswer(analysis, 'reportFiles', answers, page);
      return { html: answer.bytes, ...meta };
    },
    receivers: () => alerts.receivers(),
    now,
    newId: () => alerts.newId(),
    publicUrl: config.publicUrl,
    onError: (error, { id }) =>
      log.warn({ err: error, schedule: id }, 'a report could not be made and will be retried'),
  });
}
