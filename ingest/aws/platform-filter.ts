/**
 * The server-side filter for platform lines, which saves the transfer of application lines. Before use, CloudWatch Logs
 * tests it on a sample of every line family; if one does not match, no filter is used.
 */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { TestMetricFilterCommand } from '@aws-sdk/client-cloudwatch-logs';
import { PLATFORM_FILTER } from '../lines/platform-terms.ts';
import { explainAws } from './aws-errors.ts';

const ID = '0d1fb0f6-2a4e-4c6e-9d4f-6f3f5d9c1a01';
/** One line of each family; the filter must match all of them. */
export const FILTER_SAMPLES: readonly string[] = [
  `START RequestId: ${ID} Version: $LATEST\n`,
  `END RequestId: ${ID}\n`,
  `REPORT RequestId: ${ID}\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`,
  'INIT_START Runtime Version: nodejs:22.v6\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:0a\n',
  'INIT_REPORT Init Duration: 9908.09 ms\tPhase: init\tStatus: timeout\n',
  'RESTORE_START Runtime Version: java:21.v38\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:0a\n',
  'RESTORE_REPORT Restore Duration: 500.00 ms\n',
  'EXTENSION\tName: a\tState: Ready\tEvents: [INVOKE, SHUTDOWN]\n',
  'TELEMETRY\tName: a\tState: Subscribed\tTypes: [Platform]\n',
  'LOGS\tName: a\tState: Subscribed\tTypes: [Function,Platform]\n',
  `2026-06-09T15:02:26.150Z ${ID} Task timed out after 3.00 seconds\n\n`,
  `RequestId: ${ID} Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n`,
  `RequestId: ${ID} Process exited before completing request\n\n`,
  'Unknown application error occurred\nRuntime.Unknown\n',
  `{"time":"2026-01-01T00:00:00.000Z","type":"platform.report","record":{"requestId":"${ID}"}}`,
  `2026-06-09T15:02:26.150Z\t${ID}\tERROR\tInvoke Error \t{"errorType":"TypeError","errorMessage":"a","stack":[]}\n`,
  '[ERROR] KeyError: \'order\'\rTraceback (most recent call last):\r\u00a0\u00a0File "/var/task/app.py", line 7, in handler',
  'no such order: java.lang.IllegalStateException\njava.lang.IllegalStateException: no such order\n\tat com.shop.Handler.handle(Handler.java:20)\n',
  'order not found: errorString\n',
  "thread 'main' panicked at src/main.rs:20:5:\nno such order\n",
  '{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[{"Namespace":"a","Dimensions":[[]],"Metrics":[{"Name":"b"}]}]},"b":1}\n',
  `{"record":{"requestId":"${ID}"},"type":"platform.start","time":"2026-01-01T00:00:00.000Z"}`,
];

/** Whether the name says that the group holds lines of functions; centralised groups begin with account and region. */
export function isFunctionGroup(logGroup: string): boolean {
  return /^(?:\d{12}\/[a-z0-9-]+)?\/aws\/lambda\//.test(logGroup);
}

/**
 * The filter pattern for a log group; null reads every line. Groups that are not of functions may hold documents (spans,
 * access logs, Insights, flow logs), which the filter would drop.
 */
export function filterFor(logGroup: string, pattern: string | null): string | null {
  return isFunctionGroup(logGroup) ? pattern : null;
}

export interface FilterCheck {
  /** The pattern, or null if no filter can be used. */
  readonly pattern: string | null;
  readonly warning: string | null;
}

/** Tests the filter on the samples with TestMetricFilter. */
export async function checkPlatformFilter(client: CloudWatchLogsClient): Promise<FilterCheck> {
  try {
    const answer = await client.send(
      new TestMetricFilterCommand({ filterPattern: PLATFORM_FILTER, logEventMessages: [...FILTER_SAMPLES] }),
    );
    const matched = new Set((answer.matches ?? []).map((match) => Number(match.eventNumber ?? 0)));
    const missing = FILTER_SAMPLES.filter((_, at) => !matched.has(at + 1));
    if (missing.length === 0) return { pattern: PLATFORM_FILTER, warning: null };
    return {
      pattern: null,
      warning: `The platform-line filter would drop ${missing.length} of ${FILTER_SAMPLES.length} line families. Reading every line instead.`,
    };
  } catch (error) {
    return {
      pattern: null,
      warning: `The platform-line filter could not be tested. Reading every line instead. ${explainAws(error, 'logs:TestMetricFilter')}`,
    };
  }
}
