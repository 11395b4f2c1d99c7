/** Applies a planned change: one transaction of the store, then the state in memory. */
import type { AlertStore } from '../../storage/questions/alerts/types.ts';
import type { AlertState } from '../alert-state.ts';
import type { RuleRunner } from '../evaluate/rule-runner.ts';
import { receiverSeries } from '../meta-alerts.ts';
import { isSameQuery } from '../rules/rule.ts';
import { markKey } from './managed.ts';
import type { ConfigurationChange } from './plan.ts';

interface Parts {
  readonly state: AlertState;
  readonly runner: RuleRunner;
  readonly write: Pick<AlertStore, 'saveConfiguration'>;
  readonly nowMs: number;
}

/**
 * Stores a change and takes it over. Alerts of rules that are deleted, or whose query changes, are resolved in the same transaction.
 * The caller inserts firing alerts into groups if the routing changed.
 */
export async function applyConfiguration(
  change: ConfigurationChange,
  { state, runner, write, nowMs }: Parts,
): Promise<void> {
  const { savedRules, removedRules, savedReceivers, removedReceivers, routing, managed } = change;
  const asked = savedRules.filter((rule) => {
    const before = state.rules.get(rule.id);
    return before !== undefined && !isSameQuery(before, rule);
  });
  const ended = [
    ...asked.map(({ id }) => ({ id, reason: 'rule-changed', isRemoved: false })),
    ...removedRules.map((id) => ({ id, reason: 'rule-deleted', isRemoved: true })),
  ];
  await write.saveConfiguration({
    evaluations: ended.flatMap(({ id, reason, isRemoved }) => runner.resolution(id, reason, isRemoved)),
    rules: savedRules.map((rule) => ({ id: rule.id, rule: JSON.stringify(rule) })),
    receivers: savedReceivers.map(({ receiver, secrets }) => ({
      id: receiver.id,
      receiver: JSON.stringify(receiver),
      secrets: JSON.stringify(secrets),
    })),
    removedReceivers,
    routing: routing === null ? null : JSON.stringify(routing),
    managed: JSON.stringify(managed),
    nowMs,
  });
  for (const { id } of ended) runner.forgetInstances(id);
  for (const id of removedRules) {
    state.rules.delete(id);
    state.ruleStates.delete(id);
  }
  for (const rule of savedRules) state.rules.set(rule.id, rule);
  const enabled = savedReceivers.filter(({ receiver }) => {
    const before = state.receivers.get(receiver.id)?.receiver.disabled ?? null;
    return before !== null && before !== 'by-hand' && receiver.disabled === null;
  });
  for (const known of savedReceivers) state.receivers.set(known.receiver.id, known);
  for (const id of removedReceivers) {
    state.receivers.delete(id);
    for (const group of [...state.groups.values()]) if (group.receiverId === id) state.groups.delete(group.id);
  }
  if (routing !== null) {
    state.routing = routing;
    state.isNew = false;
  }
  state.managed.clear();
  for (const mark of managed) state.managed.set(markKey(mark.kind, mark.id), mark);
  for (const { receiver } of enabled) await runner.resolveMetaAlert(receiverSeries(receiver.id), 'receiver-enabled');
  for (const id of removedReceivers) await runner.resolveMetaAlert(receiverSeries(id), 'receiver-deleted');
}
