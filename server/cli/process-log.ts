/** Log of a long-running process: JSON lines on standard error, secrets redacted. */
import type { Logger } from 'pino';
import { pino } from 'pino';
import type { Config } from '../config/environment.ts';

export function processLog({ logLevel }: Pick<Config, 'logLevel'>): Logger {
  const redact = ['token', 'authorization', 'cookie', '*.token'];
  const options = { level: logLevel, redact, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return pino(options, pino.destination(2));
}
