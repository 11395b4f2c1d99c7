/** The status and level of lines of the Lambda service. Fields: docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html */
import type { PlatformLine } from '../records/platform-line.ts';
import type { Level } from './level.ts';
import { lineLevel } from './level.ts';
import { parsePlatformLine } from './platform-line.ts';

export type StatedStatus = 'success' | 'timeout' | 'error' | 'failure';

/** Lines that state a status hold one of these. Parsing a REPORT takes longer than looking for them. */
const STATED = /[Ss]tatus|rror|timed out|xited|xception|platform\.fault/;

/** The status that a platform line states; null for other lines and those that state none. */
export function statedStatus(message: string): StatedStatus | null {
  if (!STATED.test(message)) return null;
  const result = parsePlatformLine(message);
  return result.ok ? statusOf(result.line) : null;
}

/** `error` if the platform line states that an invocation, an init or an extension failed; null otherwise. */
export function platformLevel(message: string): Level | null {
  const status = statedStatus(message);
  return status === null || status === 'success' ? null : 'error';
}

/** The level of a line of either source. */
export function levelOfLine(message: string, isPlatform: boolean): Level | null {
  return isPlatform ? platformLevel(message) : lineLevel(message);
}

function statusOf(line: PlatformLine): StatedStatus | null {
  switch (line.kind) {
    case 'report':
      return line.timedOutAfterSec === null ? named(line.status, line.errorType) : 'timeout';
    case 'end':
      return line.timedOutAfterSec === null ? null : 'timeout';
    case 'fault':
      return line.fault === 'timeout' ? 'timeout' : 'error';
    case 'lambda-warning':
      return 'error';
    case 'extension':
      return named(null, line.errorType);
    case 'init-report':
    case 'init-runtime-done':
    case 'restore-report':
    case 'restore-runtime-done':
    case 'runtime-done':
      return named(line.status, line.errorType);
    default:
      return null;
  }
}

function named(status: string | null, errorType: string | null): StatedStatus | null {
  switch (status?.toLowerCase()) {
    case 'success':
      return 'success';
    case 'timeout':
      return 'timeout';
    case 'failure':
      return 'failure';
    case undefined:
      return errorType === null ? null : 'error';
    default:
      return 'error';
  }
}
