/** Counts of alerts for the product's own metrics. */
import type { AlertState } from './alert-state.ts';
import { tickOf } from './rules/rule.ts';

export interface AlertStats {
  readonly pending: number;
  readonly firing: number;
  readonly failingRules: number;
  readonly disabledReceivers: number;
  /** How far the most delayed rule is behind its tick, s. */
  readonly lagSeconds: number;
}

/** Counts of what is loaded at `nowMs`, epoch ms. */
export function alertStats({ rules, ruleStates, receivers, instances }: AlertState, nowMs: number): AlertStats {
  const all = [...instances.values()].flatMap((of) => [...of.values()]);
  const count = (phase: string): number => all.filter(({ state }) => state.phase === phase).length;
  const lagsMs = [...rules.values()].flatMap((rule) => {
    const ruleState = ruleStates.get(rule.id);
    return rule.enabled && ruleState !== undefined ? [tickOf(rule, nowMs) - ruleState.untilMs] : [];
  });
  return {
    pending: count('pending'),
    firing: count('firing'),
    failingRules: [...ruleStates.values()].filter((ruleState) => ruleState.errors > 0).length,
    disabledReceivers: [...receivers.values()].filter(({ receiver }) => receiver.disabled !== null).length,
    lagSeconds: Math.max(0, ...lagsMs) / 1000,
  };
}
