/** Lines that the code of a function prints: as Node.js and Python print them, or as JSON. */
import type { FunctionPlan } from './plan.ts';
import { shareOf } from './share-of.ts';

interface AppRun {
  readonly requestId: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** `{n}` in a text stands for a number of the request. Lines are spread over the invocation. */
export function appLines(
  { appLines: { share, texts }, format, runtime }: FunctionPlan,
  { requestId, startMs, endMs }: AppRun,
): readonly { readonly atMs: number; readonly text: string }[] {
  const drawn = shareOf(requestId, 'lines');
  if (drawn >= share) return [];
  const n = 1000 + Math.floor((drawn / share) * 9000);
  return texts.map((text, at) => {
    const atMs = Math.round(startMs + ((endMs - startMs) * (at + 1)) / (texts.length + 1));
    const [level = 'INFO', ...words] = text.replaceAll('{n}', String(n)).split(' ');
    return { atMs, text: lineOf({ format, runtime, requestId, atMs, level, message: words.join(' ') }) };
  });
}

function lineOf({
  format,
  runtime,
  requestId,
  atMs,
  level,
  message,
}: Pick<FunctionPlan, 'format' | 'runtime'> & {
  readonly requestId: string;
  readonly atMs: number;
  readonly level: string;
  readonly message: string;
}): string {
  const time = new Date(atMs).toISOString();
  if (format === 'json') return `${JSON.stringify({ timestamp: time, level, requestId, message })}\n`;
  if (runtime.startsWith('nodejs')) return `${time}\t${requestId}\t${level}\t${message}\n`;
  if (runtime.startsWith('python')) return `[${level}]\t${time}\t${requestId}\t${message}\n`;
  return `${time} ${level} ${requestId} ${message}\n`;
}
