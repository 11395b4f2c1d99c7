/** Short lines of Lambda and of applications whose fields differ from line to line, each an event of its own. */
import type { NamedCase } from './named-case.ts';
import { named } from './named-case.ts';

export const PLATFORM_LINES: readonly NamedCase[] = [
  named(
    'embedded metrics with a name of their own',
    'events',
    '',
    '{"_aws":{"Timestamp":1795888740000,"CloudWatchMetrics":[{"Namespace":"n","Dimensions":[[]],"Metrics":[{"Name":"a#"}]}]},"a#":1}\n',
  ),
  named('strings of Python with escapes', 'lines', '', `{'a': '\\'', 'b': "\\""}\n`),
  named('STARTs with separators that were escaped', 'events', '', 'START RequestId: #\\tVersion: 1\\n\n'),
  named(
    'REPORTs with an error type of their own',
    'events',
    '',
    'REPORT RequestId: #\tDuration: 1 ms\tStatus: error\tError Type: E#\n',
  ),
  named('REPORTs with fields that are not known', 'events', '', 'REPORT RequestId: # A: 1 B: 2 C: 3 Duration: 1 ms\n'),
];
