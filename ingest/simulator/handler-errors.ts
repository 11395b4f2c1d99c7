/** Errors that handlers throw, and how the runtimes of Node.js and Python print them. */
import type { FunctionPlan, PlannedError } from './plan.ts';
import { shareOf } from './share-of.ts';

/** The planned error of a request, by digits of its id: the simulation draws the same numbers with and without errors. */
export function handlerErrorOf({ errors }: FunctionPlan, version: string, requestId: string): PlannedError | null {
  let drawn = shareOf(requestId, 'error');
  for (const error of errors) {
    if (error.versions !== null && !error.versions.includes(version)) continue;
    if (drawn < error.share) return error;
    drawn -= error.share;
  }
  return null;
}

/** The line with which the runtime reports an error. */
export function handlerErrorLine(
  runtime: string,
  requestId: string,
  atMs: number,
  { errorType, message, frame: { name, file, line } }: PlannedError,
): string {
  if (runtime.startsWith('python')) {
    const frames = [`  File "/var/task/${file}", line ${line}, in ${name}`, `    return ${name}(event)`];
    return `[ERROR] ${errorType}: ${message}\nTraceback (most recent call last):\n${frames.join('\n')}\n`;
  }
  const stack = [
    `${errorType}: ${message}`,
    `    at ${name} (/var/task/${file}:${line}:17)`,
    '    at Runtime.handler (/var/task/index.js:12:22)',
  ];
  const error = JSON.stringify({ errorType, errorMessage: message, stack });
  return `${new Date(Math.round(atMs)).toISOString()}\t${requestId}\tERROR\tInvoke Error \t${error}\n`;
}
