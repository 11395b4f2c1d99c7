/** The text of a record, and why it is no message. */
import { isAscii } from 'node:buffer';
import { isPlatformLine } from '../lines/platform-line.ts';

/** Decoding ASCII takes a third of the time of UTF-8, and most platform lines are ASCII. */
export function decodeText(bytes: Buffer): string {
  return isAscii(bytes) ? bytes.toString('latin1') : bytes.toString('utf8');
}

/** Names the likely cause. Text without an envelope comes from Firehose's message extraction, which strips the stream's name. */
export function reasonForText(text: string): string {
  if (isPlatformLine(text)) return 'message-extraction-enabled';
  return 'not-a-subscription-message';
}
