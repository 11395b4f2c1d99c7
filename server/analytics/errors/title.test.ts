import { expect, test } from 'vitest';
import type { ErrorIdentity } from './fingerprint.ts';
import { titleOf } from './title.ts';

test.each<[Partial<ErrorIdentity>, string]>([
  [{ kind: 'handler', errorType: 'KeyError', message: '""' }, 'KeyError: ""'],
  [{ kind: 'handler', errorType: 'AssertionError' }, 'AssertionError'],
  [{ kind: 'handler', message: 'no order #' }, 'Error: no order #'],
  [{ kind: 'runtime', errorType: 'ExitError' }, 'Runtime.ExitError'],
  [{ kind: 'runtime', errorType: 'Crash' }, 'Crash'],
  [
    { kind: 'init', errorType: 'ImportModuleError', message: 'Unable to import module "app": No module named "pg"' },
    'Runtime.ImportModuleError: Unable to import module "app": No module named "pg"',
  ],
  [
    { kind: 'init', errorType: 'LoadError', message: 'cannot load such file -- rack' },
    'LoadError: cannot load such file -- rack',
  ],
  // Of the code itself.
  [{ kind: 'handler', errorType: 'ExitError' }, 'ExitError'],
  [{ kind: 'timeout' }, 'Timed out'],
  [{ kind: 'oom' }, 'Out of memory'],
  [{ kind: 'rest' }, 'Failures beyond the groups that are stored'],
])('%j', (known, title) => {
  expect(titleOf({ kind: 'handler', errorType: null, message: '', frame: '', ...known })).toBe(title);
});
