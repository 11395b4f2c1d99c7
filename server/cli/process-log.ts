/** Log of a long-running process: JSON lines on standard error, secrets redacted. */
import type { Logger } from 'pino';
import { pino } from 'pino';
import { escapedJson } from '../../ingest/text/printable.ts';
import type { Config } from '../config/environment.ts';
import { serviceLinksWarning } from '../config/foreign-variables.ts';

/** The log of a server or worker, which begins with what of its environment was ignored. */
export function serverLog(config: Config): Logger {
  const log = processLog(config);
  const warning = serviceLinksWarning(config.serviceLinks);
  if (warning !== null) log.warn(warning);
  return log;
}

export function processLog({ logLevel }: Pick<Config, 'logLevel'>): Logger {
  const redact = ['token', 'authorization', 'cookie', '*.token'];
  const options = { level: logLevel, redact, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  // JSON escapes control characters; direction marks and C1 controls remain.
  const destination = pino.destination(2);
  return pino(options, { write: (line: string) => destination.write(escapedJson(line)) });
}
