/**
 * Maintenance mode of `serve`, used while its files cannot be opened: answers 503, so that senders keep their data and retry
 * and process managers do not restart the server in a loop. Nothing is stored or read.
 */
import type { Logger } from 'pino';
import type { Front, Unavailable } from './front.ts';
import { answersOf } from './front.ts';
import { writeErr, writeOut } from './output.ts';

/** Exit code for process managers: a restart does not help. */
const EXIT_MAINTENANCE = 3;

export interface MaintenanceMode {
  /** Resolves with the exit code when the process receives a stop signal. */
  readonly ended: Promise<number>;
  /** Ends maintenance mode; the port stays open. */
  leave(): void;
}

const MAINTENANCE: Unavailable = {
  title: 'Maintenance mode',
  detail: 'Thermocline is in maintenance mode: its database cannot be used. See the server log.',
  retryAfterSec: 60,
};

/** Starts answering 503. `sentence` names the cause for the operator. */
export function startMaintenanceMode(front: Front, sentence: string, log: Logger): MaintenanceMode {
  log.fatal({ reason: sentence }, 'maintenance mode: nothing is stored until this is fixed');
  writeErr(`${sentence}\n`);
  front.answerWith(answersOf(MAINTENANCE, front.config));
  let stop = (): void => undefined;
  const ended = new Promise<number>((resolve) => {
    stop = () => void front.close().then(() => resolve(EXIT_MAINTENANCE));
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
  writeOut(`Thermocline is in maintenance mode at ${front.url}: it answers 503 until this is fixed\n`);
  return {
    ended,
    leave: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
