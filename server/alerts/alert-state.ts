/** In-memory state of alerts: rules, receivers, routing, silences, instances and open groups. Mirrors the database. */
import * as z from 'zod';
import { compareText } from '../../ingest/text/compare-text.ts';
import type { AlertReader, StoredRuleState } from '../storage/questions/alerts/types.ts';
import { reportSkippedRow } from '../storage/skipped-rows.ts';
import { reasonOf as zodReason } from '../storage/stored-json.ts';
import type { ManagedMark } from './code/managed.ts';
import { markKey } from './code/managed.ts';
import type { Alert, Instance } from './evaluate/alert.ts';
import type { DispatchSnapshot, OpenGroup, ReceiverState } from './notify/dispatch.ts';
import type { KnownReceiver, Receiver } from './notify/receiver.ts';
import type { NamedSilence, Routing } from './notify/routing.ts';
import { inhibitor } from './notify/routing.ts';
import { alertFingerprint } from './rules/fingerprint.ts';
import type { Rule } from './rules/rule.ts';
import { groupFromJson, parseStored } from './stored-state.ts';

export class AlertState {
  readonly rules = new Map<string, Rule>();
  /** Last evaluation and health, by rule. */
  readonly ruleStates = new Map<string, StoredRuleState>();
  /** Pending and firing instances, by rule and series. */
  readonly instances = new Map<string, Map<string, Instance>>();
  readonly groups = new Map<string, OpenGroup>();
  readonly receivers = new Map<string, KnownReceiver>();
  readonly silences = new Map<string, NamedSilence>();
  routing: Routing = { routes: [], inhibitions: [] };
  /** What was applied from files, by `markKey`. */
  readonly managed = new Map<string, ManagedMark>();
  /** Rules whose last evaluation exceeded the limit of series. */
  readonly truncated = new Set<string>();
  /** True until routing is saved for the first time. */
  isNew = true;
  /** Sequence number of the last alert event that was inserted into groups. */
  dispatchedSeq = 0;

  /**
   * Replaces everything by what is stored. A row that cannot be parsed is passed to `onInvalid` and skipped; the others
   * are loaded.
   */
  async load(
    read: Pick<AlertReader, 'alertSnapshot'>,
    onInvalid: (error: unknown, what: string) => void,
  ): Promise<void> {
    const stored = await read.alertSnapshot({});
    for (const known of [this.rules, this.ruleStates, this.instances, this.groups, this.receivers, this.silences]) {
      known.clear();
    }
    const attempt = (table: string, what: string, parse: () => void): void => {
      try {
        parse();
      } catch (error) {
        reportSkippedRow(table, what, reasonOf(error));
        onInvalid(error, `stored ${what} is invalid and was skipped`);
      }
    };
    for (const { id, rule } of stored.rules) {
      attempt('alert_rule', `rule ${id}`, () => this.rules.set(id, parseStored('rule', rule)));
    }
    for (const ruleState of stored.ruleStates) this.ruleStates.set(ruleState.ruleId, ruleState);
    for (const { ruleId, series, state, alert } of stored.instances) {
      attempt('alert_instance', `alert of rule ${ruleId}`, () => {
        const instance = { series, state: parseStored('seriesState', state), alert: parseStored('alert', alert) };
        this.instancesOf(ruleId).set(series, instance);
      });
    }
    for (const { id, receiverId, state } of stored.groups) {
      attempt('alert_group', `group of receiver ${receiverId}`, () =>
        this.groups.set(id, groupFromJson(id, receiverId, state)),
      );
    }
    for (const { id, receiver, secrets } of stored.receivers) {
      attempt('alert_receiver', `receiver ${id}`, () => {
        this.receivers.set(id, {
          receiver: parseStored('receiver', receiver),
          secrets: parseStored('secrets', secrets),
        });
      });
    }
    for (const { id, silence } of stored.silences) {
      attempt('alert_silence', `silence ${id}`, () => this.silences.set(id, parseStored('silence', silence)));
    }
    const { routing } = stored;
    this.isNew = routing === null;
    if (routing !== null) attempt('setting', 'routing', () => (this.routing = parseStored('routing', routing)));
    this.managed.clear();
    const { managed } = stored;
    if (managed !== null)
      attempt('setting', 'marks of managed rules', () => {
        for (const mark of parseStored('managed', managed)) this.managed.set(markKey(mark.kind, mark.id), mark);
      });
    this.dispatchedSeq = stored.dispatchedSeq;
  }

  /** In the order in which they are stored: a list does not change its order when the server starts again. */
  rulesById(): readonly Rule[] {
    return [...this.rules.values()].toSorted((a, b) => compareText(a.id, b.id));
  }

  receiversById(): readonly Receiver[] {
    return [...this.receivers.values()].map(({ receiver }) => receiver).toSorted((a, b) => compareText(a.id, b.id));
  }

  /** Instances of a rule, by series. Mutable. */
  instancesOf(ruleId: string): Map<string, Instance> {
    const known = this.instances.get(ruleId) ?? new Map<string, Instance>();
    this.instances.set(ruleId, known);
    return known;
  }

  /** Everything that flushing groups depends on, now. */
  dispatchSnapshot(): DispatchSnapshot {
    const firing = new Map<string, Alert>();
    for (const instances of this.instances.values()) {
      for (const { state, alert } of instances.values()) {
        if (state.phase === 'firing') firing.set(alertFingerprint(alert), alert);
      }
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

/** The first line of an error: a Zod error lists every issue. */
function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return zodReason(error);
  return error instanceof SyntaxError ? 'not JSON' : String(error);
}
