/** Parses START and END. */
import type { LineResult } from '../records/platform-line.ts';
import { firstWord, scanFields, unescapeSeparators } from './fields.ts';
import { timedOutAfter } from './report.ts';

const START = /^START RequestId: (\S{1,256}) Version: (\S{1,64})\n?$/;
const END = /^END RequestId: (\S{1,256})\n?$/;

/** Parses a message that starts with "START ". */
export function parseStart(message: string): LineResult {
  const match = START.exec(message);
  if (match !== null && !message.includes('\\')) return started(match[1] ?? '', match[2] ?? null);
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
  const match = END.exec(message);
  if (match !== null && !message.includes('\\')) return ended(match[1] ?? null, null);
  const text = unescapeSeparators(message.slice(0, 4096));
  if (!/^END\s{1,8}RequestId:/.test(text)) return { ok: false, reason: 'not-platform' };
  const fields = scanFields(text, 'END'.length);
  return ended(firstWord(fields.get('RequestId')), timedOutAfter(text));
}

function ended(requestId: string | null, timedOutAfterSec: number | null): LineResult {
  return { ok: true, time: null, line: { kind: 'end', requestId, timedOutAfterSec } };
}
