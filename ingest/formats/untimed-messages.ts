/** Messages of log events without their times: the log tail of an invocation, and lists of messages alone. */
import { parsePlatformLine } from '../lines/platform-line.ts';
import { decodeBase64 } from './base64.ts';
import { isServerlessOutput } from './serverless-output.ts';

type Json = Readonly<Record<string, unknown>>;

/** The decoded log tail in the answer of `aws lambda invoke --log-type Tail`; null for any other value. */
export function logTailOf(value: Json): string | null {
  const { LogResult } = value;
  if (typeof LogResult !== 'string') return null;
  const { StatusCode } = value;
  if (StatusCode !== undefined && typeof StatusCode !== 'number') return null;
  return decodeBase64(LogResult)?.toString('utf8') ?? null;
}

/** Whether the list holds messages alone, as `--query 'events[].message'` prints them. */
export function areMessages(values: readonly unknown[]): boolean {
  return (
    values.length > 0 &&
    values.every((value) => typeof value === 'string') &&
    values.some((value) => isUntimedPlatformLine(value))
  );
}

const SAMPLE_LINES = 50;

/** The reason to reject a text whose format omits times; null for any other text. */
export function untimedFormOf(text: string): string | null {
  if (areQuotedMessages(text)) return 'messages-without-times';
  return isServerlessOutput(text) ? 'serverless-logs-without-times' : null;
}

/** Whether each line is a message in quotes, as `jq .message` prints them. */
function areQuotedMessages(text: string): boolean {
  if (!text.trimStart().startsWith('"')) return false;
  const lines = text.split('\n', SAMPLE_LINES).filter((line) => line.trim() !== '');
  const values = lines.map(stringOf);
  return areMessages(values);
}

/** Whether any line of a log tail has its own time: JSON records do, lines of the text format do not. */
export function hasTimedLine(text: string): boolean {
  return text.split('\n').some((line) => {
    const result = parsePlatformLine(line);
    return result.ok && result.time !== null;
  });
}

function isUntimedPlatformLine(text: string): boolean {
  const result = parsePlatformLine(text);
  return result.ok && result.time === null;
}

function stringOf(line: string): unknown {
  try {
    return JSON.parse(line.trim().replace(/,$/, ''));
  } catch {
    return null;
  }
}
