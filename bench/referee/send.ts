/** Sends what the simulated account emits to the product, in the forms in which AWS delivers it. */
import { gzipSync } from 'node:zlib';
import type { Subject } from '../accuracy/subject.ts';
import { send } from '../accuracy/subject.ts';
import type { Damage } from './lambda/damage.ts';
import { damaged, UNDAMAGED } from './lambda/damage.ts';
import { listFunctions } from './lambda/inventory.ts';
import { logEvents } from './lambda/log-event.ts';
import type { Outcome } from './lambda/outcome.ts';
import type { FunctionPlan } from './lambda/plan.ts';
import { seeded } from './lambda/random.ts';
import { simulate } from './lambda/simulate.ts';
import type { SubscriptionMessage } from './lambda/subscription.ts';
import { subscriptionMessages } from './lambda/subscription.ts';
import { traceAnswers } from './lambda/traces.ts';

/** A function with the outcome of its simulation. */
export interface SimulatedRun {
  readonly plan: FunctionPlan;
  readonly outcome: Outcome;
}

/** Firehose's limit of a request is 64 MiB; these are far smaller, so that several wait in the product. */
const EVENTS_PER_REQUEST = 5000;
const TRACES_PER_REQUEST = 500;

/** Simulates functions and sends their lines and traces, one function after the other. @throws Error if the product rejects them. */
export async function sendSimulated(
  subject: Subject,
  plans: readonly FunctionPlan[],
  damage: Damage = UNDAMAGED,
): Promise<readonly SimulatedRun[]> {
  const simulated: SimulatedRun[] = [];
  for (const plan of plans) {
    const outcome = simulate(plan);
    const random = seeded(`${plan.seed}/${plan.name}/delivery`);
    await sendMessages(subject, subscriptionMessages(plan, damaged(logEvents(plan, outcome), damage, random)));
    const traces = traceAnswers(plan, outcome, random.fork('traces'));
    for (let at = 0; at < traces.length; at += TRACES_PER_REQUEST) {
      const body = JSON.stringify({ Traces: traces.slice(at, at + TRACES_PER_REQUEST) });
      await send(subject, '/ingest/logs', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    }
    simulated.push({ plan, outcome });
  }
  return simulated;
}

/** Imports the inventory as `aws lambda list-functions --function-version ALL` prints it. */
export async function declareInventory(subject: Subject, plans: readonly FunctionPlan[], atMs: number): Promise<void> {
  const body = JSON.stringify(listFunctions(plans, atMs));
  await send(subject, '/api/v1/inventory', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body,
  });
}

/** Sends CloudTrail records as the subscription of the trail's log group delivers them. */
export async function sendTrail(
  subject: Subject,
  plan: FunctionPlan,
  records: readonly Record<string, unknown>[],
): Promise<void> {
  if (records.length === 0) return;
  const logEvents = records.map((record, index) => ({
    id: `4${String(index).padStart(55, '0')}`,
    timestamp: Date.parse(String(record['eventTime'])),
    message: JSON.stringify(record),
  }));
  await sendMessages(subject, [
    {
      messageType: 'DATA_MESSAGE',
      owner: plan.accountId,
      logGroup: 'aws-cloudtrail-logs-123456789012-planted',
      logStream: `${plan.accountId}_CloudTrail_${plan.region}_${plan.name}`,
      subscriptionFilters: ['everything'],
      logEvents,
    },
  ]);
}

async function sendMessages(subject: Subject, messages: readonly SubscriptionMessage[]): Promise<void> {
  for (let at = 0; at < messages.length; ) {
    const part: SubscriptionMessage[] = [];
    for (let events = 0; at < messages.length && events < EVENTS_PER_REQUEST; at += 1) {
      const message = messages[at];
      if (message === undefined) break;
      events += message.logEvents.length;
      part.push(message);
    }
    const requestId = `referee-${part[0]?.logGroup ?? ''}-${at}`;
    const records = part.map((message) => ({
      data: gzipSync(JSON.stringify(message), { level: 1 }).toString('base64'),
    }));
    await send(subject, '/ingest/firehose', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-amz-firehose-request-id': requestId,
        'x-amz-firehose-protocol-version': '1.0',
      },
      body: JSON.stringify({ requestId, timestamp: part.at(-1)?.logEvents.at(-1)?.timestamp ?? 0, records }),
    });
  }
}

/** The function's id in the API. */
export function idOf({ accountId, region, name }: FunctionPlan): string {
  return encodeURIComponent(`${accountId}:${region}:${name}`);
}
