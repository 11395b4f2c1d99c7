/** Status of rules and alerts as the API shows it. Pure. */
import type { StoredRuleState } from '../storage/questions/alerts/types.ts';
import type { Instance } from './evaluate/alert.ts';
import type { Routing, Silence } from './notify/routing.ts';
import { inhibitor, isSilenced } from './notify/routing.ts';
import type { Rule } from './rules/rule.ts';

export interface RuleStatus {
  readonly state: 'disabled' | 'error' | 'firing' | 'pending' | 'inactive';
  /** Instances that fire. */
  readonly firing: number;
  readonly pending: number;
}

/** Summarizes a rule. `instances` are those of all rules; `ruleState` is null before the first evaluation. */
export function ruleStatus(
  rule: Rule,
  ruleState: Pick<StoredRuleState, 'error'> | null,
  instances: readonly Instance[],
): RuleStatus {
  const own = instances.filter(({ alert }) => alert.ruleId === rule.id);
  const count = (phase: string): number => own.filter(({ state }) => state.phase === phase).length;
  const counts = { firing: count('firing'), pending: count('pending') };
  if (!rule.enabled) return { state: 'disabled', ...counts };
  if ((ruleState?.error ?? null) !== null) return { state: 'error', ...counts };
  if (counts.firing > 0) return { state: 'firing', ...counts };
  return { state: counts.pending > 0 ? 'pending' : 'inactive', ...counts };
}

export interface InstanceStatus extends Instance {
  readonly phase: 'firing' | 'pending';
  readonly silenced: boolean;
  readonly inhibited: boolean;
}

/** Adds to each instance whether it is silenced or inhibited at `nowMs`. */
export function instanceStatuses(
  instances: readonly Instance[],
  { inhibitions }: Pick<Routing, 'inhibitions'>,
  silences: readonly Silence[],
  nowMs: number,
): readonly InstanceStatus[] {
  const firing = instances.filter(({ state }) => state.phase === 'firing').map(({ alert }) => alert.labels);
  const isInhibited = inhibitor(inhibitions, firing);
  return instances.map((instance) => ({
    ...instance,
    phase: instance.state.phase === 'firing' ? 'firing' : 'pending',
    silenced: isSilenced(instance.alert.labels, silences, nowMs),
    inhibited: isInhibited(instance.alert.labels),
  }));
}
