/** How a group of failures is named in lists, alerts and titles. */
import type { ErrorIdentity } from './fingerprint.ts';

const TITLES: Partial<Record<ErrorIdentity['kind'], string>> = {
  timeout: 'Timed out',
  oom: 'Out of memory',
  rest: 'Failures beyond the groups that are stored',
};

/** Types that the platform prints as `Runtime.…`: groups have them without, because some lines of the JSON log format do. */
const RUNTIME: ReadonlySet<string> = new Set([
  'ExitError',
  'HandlerNotFound',
  'ImportModuleError',
  'InvalidEntrypoint',
  'InvalidTaskConfig',
  'InvalidWorkingDir',
  'LaunchError',
  'MalformedHandlerName',
  'MarshalError',
  'NoSuchHandler',
  'StreamError',
  'TruncatedResponse',
  'UnhandledPromiseRejection',
  'Unknown',
  'UnmarshalError',
  'UserCodeSyntaxError',
]);

/** One line of text, as plain as the log has it: escape it where it is shown. */
export function titleOf({ kind, errorType, message }: ErrorIdentity): string {
  const title = TITLES[kind];
  if (title !== undefined) return title;
  const type = errorType !== null && kind !== 'handler' && RUNTIME.has(errorType) ? `Runtime.${errorType}` : errorType;
  return [type ?? 'Error', message].filter((part) => part !== '').join(': ');
}
