/** What Lambda prints when a runtime process ends, as custom runtimes cause it; values read by hand from the lines. */
import { expect, test } from 'vitest';
import { parsePlatformLine } from './platform-line.ts';

const ID = '8f5d3f0a-2a77-4d35-9c8e-1f0b6f0f2a11';

test.each([
  ['exit status 1', 'Runtime exited with error: exit status 1', 'Runtime.ExitError'],
  ['a command that is not found', 'Runtime exited with error: exit status 127', 'Runtime.ExitError'],
  ['a segmentation fault', 'Runtime exited with error: signal: segmentation fault', 'Runtime.ExitError'],
  ['no reason', 'Runtime exited without providing a reason', 'Runtime.ExitError'],
  ['no type on a second line', 'Runtime exited with error: exit status 1', null],
])('%s is an exit', (_, errorMessage, errorType) => {
  const line = `RequestId: ${ID} Error: ${errorMessage}${errorType === null ? '' : `\n${errorType}`}\n`;
  const result = parsePlatformLine(line);
  expect(result.ok && result.line).toMatchObject({
    kind: 'fault',
    fault: 'exit',
    requestId: ID,
    errorMessage,
    errorType,
  });
});

test('a process that was killed ran out of memory', () => {
  const result = parsePlatformLine(
    `RequestId: ${ID} Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n`,
  );
  expect(result.ok && result.line).toMatchObject({ kind: 'fault', fault: 'oom', errorType: 'Runtime.ExitError' });
});
