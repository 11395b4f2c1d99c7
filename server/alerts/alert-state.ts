/** What is known of alerts: rules, receivers, routes, silences, what fires, and the groups that wait. As it is stored. */
import type { AlertReader, StoredRuleState } from '../storage/questions/alerts/types.ts';
import type { Alert, Instance } from './evaluate/alert.ts';
import type { AlertState } from './evaluate/transition.ts';
import type { OpenGroup, ReceiverState, World } from './notify/dispatch.ts';
import { groupFromText } from './notify/dispatch.ts';
import type { Receiver, ReceiverSecrets } from './notify/receiver.ts';
import type { Inhibition, Route, Silence } from './notify/routing.ts';
import { inhibitor } from './notify/routing.ts';
import { alertFingerprint } from './rules/fingerprint.ts';
import type { Rule } from './rules/rule.ts';

export interface Routing {
  readonly routes: readonly Route[];
  readonly inhibitions: readonly Inhibition[];
}

/** Of a silence, who made it and why. */
export interface NamedSilence extends Silence {
  readonly id: string;
  readonly createdBy: string;
  readonly comment: string;
}

export interface KnownReceiver {
  readonly receiver: Receiver;
  readonly secrets: ReceiverSecrets;
}

export class AlertBook {
  readonly rules = new Map<string, Rule>();
  readonly watches = new Map<string, StoredRuleState>();
  /** By rule and series: those that are pending or firing. */
  readonly instances = new Map<string, Map<string, Instance>>();
  readonly groups = new Map<string, OpenGroup>();
  readonly receivers = new Map<string, KnownReceiver>();
  readonly silences = new Map<string, NamedSilence>();
  routing: Routing = { routes: [], inhibitions: [] };
  /** Rules whose newest evaluation met more series than it looks at. */
  readonly truncated = new Set<string>();
  /** Before anybody set routes, nothing was set up yet. */
  isNew = true;
  /** Events up to here are in groups. */
  dispatchedSeq = 0;

  async load(read: Pick<AlertReader, 'alertSnapshot'>): Promise<void> {
    const stored = await read.alertSnapshot({});
    for (const known of [this.rules, this.watches, this.instances, this.groups, this.receivers, this.silences]) {
      known.clear();
    }
    for (const { id, rule } of stored.rules) this.rules.set(id, JSON.parse(rule) as Rule);
    for (const watch of stored.ruleStates) this.watches.set(watch.ruleId, watch);
    for (const { ruleId, series, state, alert } of stored.instances) {
      const known = { series, state: JSON.parse(state) as AlertState, alert: JSON.parse(alert) as Alert };
      this.of(ruleId).set(series, known);
    }
    for (const { id, receiverId, state } of stored.groups) this.groups.set(id, groupFromText(id, receiverId, state));
    for (const { id, receiver, secrets } of stored.receivers) {
      const known = { receiver: JSON.parse(receiver) as Receiver, secrets: JSON.parse(secrets) as ReceiverSecrets };
      this.receivers.set(id, known);
    }
    for (const { id, silence } of stored.silences) this.silences.set(id, JSON.parse(silence) as NamedSilence);
    this.isNew = stored.routing === null;
    if (stored.routing !== null) this.routing = JSON.parse(stored.routing) as Routing;
    this.dispatchedSeq = stored.dispatchedSeq;
  }

  of(ruleId: string): Map<string, Instance> {
    const known = this.instances.get(ruleId) ?? new Map<string, Instance>();
    this.instances.set(ruleId, known);
    return known;
  }

  world(): World {
    const firing = new Map<string, Alert>();
    for (const known of this.instances.values()) {
      for (const { state, alert } of known.values())
        if (state.phase === 'firing') firing.set(alertFingerprint(alert), alert);
    }
    const receivers = new Map<string, ReceiverState>();
    for (const [id, { receiver }] of this.receivers) {
      receivers.set(id, { sendResolved: receiver.sendResolved, enabled: receiver.disabled === null });
    }
    const { routes, inhibitions } = this.routing;
    const isInhibited = inhibitor(
      inhibitions,
      [...firing.values()].map((alert) => alert.labels),
    );
    return { routes, isInhibited, silences: [...this.silences.values()], receivers, firing };
  }
}
