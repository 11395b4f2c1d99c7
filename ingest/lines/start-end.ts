/** Parses START and END. */
import type { LineResult } from '../records/platform-line.ts';
import { firstWord, isWord, scanFields, unescapeSeparators } from './fields.ts';
import { timedOutAfter } from './report.ts';

const [START, VERSION, END] = ['START RequestId: ', ' Version: ', 'END RequestId: '];
const [LONGEST_ID, LONGEST_VERSION] = [256, 64];
const LINE_FEED = 0x0a;

/** Parses a message that starts with "START ". */
export function parseStart(message: string): LineResult {
  const end = plainEnd(message, START);
  const version = end === -1 ? -1 : message.indexOf(VERSION, START.length);
  if (
    version !== -1 &&
    isWord(message, START.length, version, LONGEST_ID) &&
    isWord(message, version + VERSION.length, end, LONGEST_VERSION)
  )
    return started(message.slice(START.length, version), message.slice(version + VERSION.length, end));
  // No other key without a colon.
  if (
    end !== -1 &&
    version === -1 &&
    isWord(message, START.length, end, LONGEST_ID) &&
    !message.includes(':', START.length)
  )
    return started(message.slice(START.length, end), null);
  const text = unescapeSeparators(message.slice(0, 4096));
  if (!/^START\s{1,8}RequestId:/.test(text)) return { ok: false, reason: 'not-platform' };
  const fields = scanFields(text, 'START'.length);
  const requestId = firstWord(fields.get('RequestId'));
  if (requestId === null) return { ok: false, reason: 'start-without-request-id' };
  return started(requestId, firstWord(fields.get('Version')));
}

function started(requestId: string, version: string | null): LineResult {
  return {
    ok: true,
    time: null,
    line: { kind: 'start', requestId, version, tenantId: null, functionArn: null, trace: null },
  };
}

/** Parses a message that starts with "END ". */
export function parseEnd(message: string): LineResult {
  const last = plainEnd(message, END);
  if (last !== -1 && isWord(message, END.length, last, LONGEST_ID)) return ended(message.slice(END.length, last), null);
  const text = unescapeSeparators(message.slice(0, 4096));
  if (!/^END\s{1,8}RequestId:/.test(text)) return { ok: false, reason: 'not-platform' };
  const fields = scanFields(text, 'END'.length);
  return ended(firstWord(fields.get('RequestId')), timedOutAfter(text));
}

function ended(requestId: string | null, timedOutAfterSec: number | null): LineResult {
  return { ok: true, time: null, line: { kind: 'end', requestId, timedOutAfterSec } };
}

/** The offset of the end of the line in a message in Lambda's own form, before its newline; -1 for any other. */
function plainEnd(message: string, word: string): number {
  if (!message.startsWith(word) || message.includes('\\')) return -1;
  return message.charCodeAt(message.length - 1) === LINE_FEED ? message.length - 1 : message.length;
}
