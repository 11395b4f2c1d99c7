/** Parses timeouts, crashes and other faults, in the old format (a separate line) and the new one (`Status:`). */
import type { FaultKind, FaultLine } from '../records/fault-line.ts';
import type { LineResult } from '../records/platform-line.ts';
import { logTimeEnd } from '../records/time.ts';
import { digitsEnd, plainNumber } from '../text/plain-number.ts';
import { isWord } from './fields.ts';
import { parseRuntimeError } from './runtime-error.ts';

const NOT_PLATFORM: LineResult = { ok: false, reason: 'not-platform' };
const TIMED_OUT = / Task timed out after (\d{1,6}(?:\.\d{1,6})?) seconds?\s{0,8}$/;
/** What follows time and request id, to the end of the line. */
const TIMED_OUT_AFTER = ' Task timed out after ';
const SECONDS = /(\d{1,6}(?:\.\d{1,6})?) seconds?\s{0,8}$/y;
const NEW_STYLE = /^RequestId: (\S{0,256}) ?Status: (\w{1,32})\s{1,8}ErrorType: (\S{0,256})\s{0,8}$/;
const OLD_CRASH = /^RequestId: (\S{0,256}?) ?Error: ([^\n]{0,2048})(?:\n(\S{1,256}))?\s{0,8}$/;
const VERY_OLD = /^RequestId: (\S{0,256}) Process exited before completing request\s{0,8}$/;
const UNKNOWN = /^Unknown application error occurred(?:\n(\S{1,256}))?\s{0,8}$/;
const NETWORK =
  /^(ENILimitReachedException|EC2ThrottledException|SubnetIPAddressLimitReachedException|EC2AccessDeniedException|EC2UnexpectedException): ([^\n]{0,1024})/;

/** `2020-06-09T15:02:26.150Z ID Task timed out after 3.00 seconds`. Rejects cheaply, because most application lines are checked here. */
export function parseTimeout(message: string): LineResult {
  const id = message.indexOf(' ') + 1;
  const after = message.length > 512 ? -1 : message.indexOf(TIMED_OUT_AFTER, id);
  if (after === -1 || !isUtc(message, id - 1) || !isWord(message, id, after, MOST_ID_CHARS)) return NOT_PLATFORM;
  const timedOutAfterSec = secondsAt(message, after + TIMED_OUT_AFTER.length);
  if (Number.isNaN(timedOutAfterSec)) return NOT_PLATFORM;
  return fault('timeout', {
    requestId: message.slice(id, after),
    timedOutAfterSec,
    status: 'timeout',
    time: message.slice(0, id - 1),
  });
}

/** The seconds from the offset to the end of the message; NaN if there are none. */
function secondsAt(message: string, from: number): number {
  const to = digitsEnd(message, from);
  // In Lambda's own form, of digits before and after a point: read by their characters.
  if (
    to - from <= MOST_PLAIN_CHARS &&
    message.startsWith(' seconds', to) &&
    message.length === to + ' seconds'.length
  ) {
    const seconds = plainNumber(message, from, to);
    if (!Number.isNaN(seconds)) return seconds;
  }
  SECONDS.lastIndex = from;
  const match = SECONDS.exec(message);
  return match === null ? Number.NaN : Number(match[1]);
}

/** No more digits than {@link SECONDS} takes before the point, whatever stands behind it. */
const MOST_PLAIN_CHARS = 6;
const MOST_ID_CHARS = 256;
const [DOT, LETTER_T, LETTER_Z, SECONDS_END] = [0x2e, 0x54, 0x5a, 19];

/** Whether the message begins with a time in UTC that ends at the offset: `2020-06-09T15:02:26.150Z`. */
function isUtc(message: string, end: number): boolean {
  return (
    message.charCodeAt(end - 1) === LETTER_Z &&
    message.charCodeAt(10) === LETTER_T &&
    (end - 1 === SECONDS_END || message.charCodeAt(SECONDS_END) === DOT) &&
    logTimeEnd(message, 0) === end
  );
}

/** Parses a message that starts with "RequestId: ". */
export function parseRequestFault(message: string): LineResult {
  const text = message.length > 4096 ? message.slice(0, 4096) : message;
  // A search for a word costs less than an expression that reads the whole id before it fails.
  const fresh = text.includes('Status: ') ? NEW_STYLE.exec(text) : null;
  if (fresh !== null) {
    const errorType = emptyToNull(fresh[3]);
    return fault(kindOf(errorType, null, fresh[2] ?? null), {
      requestId: emptyToNull(fresh[1]),
      errorType,
      status: fresh[2] ?? null,
    });
  }
  const veryOld = text.includes('Process exited') ? VERY_OLD.exec(text) : null;
  if (veryOld !== null) {
    return fault('exit', { requestId: emptyToNull(veryOld[1]), errorType: 'ProcessExited' });
  }
  const old = OLD_CRASH.exec(text);
  if (old === null) return NOT_PLATFORM;
  return oldCrash(emptyToNull(old[1]), old[2] ?? '', old[3] ?? null);
}

function oldCrash(requestId: string | null, errorMessage: string, errorType: string | null): LineResult {
  const timedOut = errorMessage.includes('Task timed out') ? TIMED_OUT.exec(` ${errorMessage}`) : null;
  if (timedOut !== null) {
    return fault('timeout', { requestId, errorMessage, timedOutAfterSec: Number(timedOut[1]), status: 'timeout' });
  }
  return fault(kindOf(errorType, errorMessage, null), { requestId, errorMessage, errorType });
}

/** `Unknown application error occurred`, with the error type on a second line if Lambda prints one. */
export function parseUnknownError(message: string): LineResult {
  const match = UNKNOWN.exec(message.length > 512 ? message.slice(0, 512) : message);
  if (match === null) return NOT_PLATFORM;
  return fault('error', { errorType: match[1] ?? null, errorMessage: 'Unknown application error occurred' });
}

/** Parses errors of VPC network setup, which callers receive and some applications log. */
export function parseNetworkFault(message: string): LineResult {
  const match = NETWORK.exec(message.length > 2048 ? message.slice(0, 2048) : message);
  if (match === null) return NOT_PLATFORM;
  return fault('network', { errorType: match[1] ?? null, errorMessage: match[2] ?? null });
}

/** `LAMBDA_WARNING: Unhandled exception. …`, a carriage return, then the error as the runtime prints it. */
export function parseWarning(message: string): LineResult {
  const end = message.indexOf('\r');
  const error = end === -1 ? null : parseRuntimeError(message.slice(end + 1, 262_144).trim());
  return { ok: true, time: null, line: { kind: 'lambda-warning', error } };
}

/** Classifies a failure by error type and message. `signal: killed` was the sign of an out-of-memory kill before 2024. */
export function kindOf(errorType: string | null, errorMessage: string | null, status: string | null): FaultKind {
  if (errorType === 'Runtime.OutOfMemory') return 'oom';
  if (errorMessage?.includes('signal: killed')) return 'oom';
  if (status === 'timeout' || errorType === 'Sandbox.Timedout' || errorType === 'Sandbox.Timeout') return 'timeout';
  if (errorType === 'Runtime.ExitError' || errorType === 'Extension.Crash' || errorType === 'ProcessExited')
    return 'exit';
  // A copy that was cut to its first line has no type.
  if (errorType === null && errorMessage?.startsWith('Runtime exited ') === true) return 'exit';
  return 'error';
}

interface FaultFacts {
  readonly requestId?: string | null;
  readonly errorType?: string | null;
  readonly errorMessage?: string | null;
  readonly status?: string | null;
  readonly timedOutAfterSec?: number | null;
  readonly time?: string | null;
}

function fault(kind: FaultKind, facts: FaultFacts): LineResult {
  const line: FaultLine = {
    kind: 'fault',
    fault: kind,
    requestId: facts.requestId ?? null,
    errorType: facts.errorType ?? null,
    errorMessage: facts.errorMessage ?? null,
    status: facts.status ?? null,
    timedOutAfterSec: facts.timedOutAfterSec ?? null,
  };
  return { ok: true, line, time: facts.time ?? null };
}

function emptyToNull(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}
