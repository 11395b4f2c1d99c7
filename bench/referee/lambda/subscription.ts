/** Events as a subscription filter delivers them: one message holds events of one log stream. */
import type { LogEvent } from './log-event.ts';
import type { FunctionPlan } from './plan.ts';

/** A decoded subscription message (CloudWatch Logs user guide, "Real-time processing of log data with subscriptions"). */
export interface SubscriptionMessage {
  readonly messageType: 'DATA_MESSAGE';
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly subscriptionFilters: readonly string[];
  readonly logEvents: readonly { readonly id: string; readonly timestamp: number; readonly message: string }[];
}

const EVENTS_PER_MESSAGE = 200;

/** Messages in order of their last event, as they would leave CloudWatch Logs. */
export function subscriptionMessages(plan: FunctionPlan, events: readonly LogEvent[]): readonly SubscriptionMessage[] {
  const open = new Map<string, LogEvent[]>();
  const full: LogEvent[][] = [];
  for (const event of events) {
    let batch = open.get(event.stream);
    if (batch === undefined || batch.length >= EVENTS_PER_MESSAGE) {
      batch = [];
      open.set(event.stream, batch);
      full.push(batch);
    }
    batch.push(event);
  }
  const lastMs = (batch: readonly LogEvent[]) => batch.at(-1)?.timestampMs ?? 0;
  return full
    .toSorted((left, right) => lastMs(left) - lastMs(right))
    .map((batch) => ({
      messageType: 'DATA_MESSAGE',
      owner: plan.accountId,
      logGroup: `/aws/lambda/${plan.name}`,
      logStream: batch[0]?.stream ?? '',
      subscriptionFilters: ['everything'],
      logEvents: batch.map(({ id, timestampMs, message }) => ({ id, timestamp: timestampMs, message })),
    }));
}
