/** What applying rules, receivers, routes and inhibitions of files would change. Pure. */
import type { ConfigurationDocument, PlanAnswer, PlannedChange } from '../../http/contract/alert-configuration.ts';
import type { ReportSchedule } from '../../storage/ports.ts';
import type { KnownReceiver } from '../notify/receiver.ts';
import type { Routing } from '../notify/routing.ts';
import type { FieldError } from '../rules/documents.ts';
import {
  documentOf,
  documentOfRouting,
  routeTimeErrors,
  routingErrors,
  routingOf,
  ruleErrors,
  ruleOf,
} from '../rules/documents.ts';
import type { Rule } from '../rules/rule.ts';
import type { CodeReceiverOptions } from './code-receiver.ts';
import { actualReceiver, codeReceiverOf, shownReceiver } from './code-receiver.ts';
import type { FieldChange } from './fields.ts';
import { changedFields, fieldsOf } from './fields.ts';
import type { ManagedKind, ManagedMark } from './managed.ts';
import { markKey, resourceName, WHOLE } from './managed.ts';

/** What is stored, and what of it was applied from files. */
export interface StoredConfiguration {
  readonly rules: ReadonlyMap<string, Rule>;
  readonly receivers: ReadonlyMap<string, KnownReceiver>;
  readonly routing: Routing;
  /** By {@link markKey}. */
  readonly managed: ReadonlyMap<string, ManagedMark>;
}

/** What is to exist; the owner may be that of the folder, which no request can name. */
export type DesiredConfiguration = ConfigurationDocument;

export interface PlanOptions extends CodeReceiverOptions {
  /** Reports by schedule, and the receivers that get them. */
  readonly reports: readonly Pick<ReportSchedule, 'name' | 'receivers'>[];
  /** Whether a receiver that failures disabled is enabled again where nothing else of it changes. */
  readonly enablesAgain: boolean;
}

/** Changes of the store, written in one transaction. */
export interface ConfigurationChange {
  readonly savedRules: readonly Rule[];
  readonly removedRules: readonly string[];
  readonly savedReceivers: readonly KnownReceiver[];
  readonly removedReceivers: readonly string[];
  /** Null where it does not change. */
  readonly routing: Routing | null;
  /** All marks after the change. */
  readonly managed: readonly ManagedMark[];
}

export type ConfigurationPlan = Pick<PlanAnswer, 'changes' | 'counts'> &
  (
    | { readonly ok: true; readonly change: ConfigurationChange }
    | { readonly ok: false; readonly errors: readonly FieldError[]; readonly isConflict: boolean }
  );

/** Plans the change from what is stored to what is desired. Errors name the field of the desired configuration. */
export function planConfiguration(
  desired: DesiredConfiguration,
  stored: StoredConfiguration,
  options: PlanOptions,
): ConfigurationPlan {
  const draft = new Draft(desired, stored);
  for (const [at, { file, document }] of desired.rules.entries()) draft.rule(at, file, document);
  for (const [at, one] of desired.receivers.entries()) draft.receiver(at, one, options);
  draft.lists();
  if (desired.prune) draft.prune(options.reports);
  return draft.finish();
}

class Draft {
  readonly #desired: DesiredConfiguration;
  readonly #stored: StoredConfiguration;
  readonly #errors: FieldError[] = [];
  readonly #conflicts: FieldError[] = [];
  readonly #changes: PlannedChange[] = [];
  readonly #managed: Map<string, ManagedMark>;
  readonly #rules: Map<string, Rule>;
  readonly #receivers: Map<string, KnownReceiver>;
  readonly #wanted = new Set<string>();
  #routing: Routing;

  constructor(desired: DesiredConfiguration, stored: StoredConfiguration) {
    this.#desired = desired;
    this.#stored = stored;
    this.#managed = new Map(stored.managed);
    this.#rules = new Map(stored.rules);
    this.#receivers = new Map(stored.receivers);
    this.#routing = stored.routing;
  }

  rule(at: number, file: string, document: DesiredConfiguration['rules'][number]['document']): void {
    this.#add(`rules.${at}`, ruleErrors(document));
    if (!this.#takes('rule', document.id, `rules.${at}.id`)) return;
    const before = this.#stored.rules.get(document.id);
    const after = ruleOf(document);
    const fields = before === undefined ? [] : changedFields(fieldsOf(documentOf(before)), fieldsOf(documentOf(after)));
    // Of equal rules the stored one stays, so that its revision does.
    if (before === undefined || fields.length > 0) this.#rules.set(after.id, after);
    this.#note('rule', after.id, after.name, file, { isNew: before === undefined, fields, references: {} });
  }

  receiver(
    at: number,
    { file, document, references }: DesiredConfiguration['receivers'][number],
    options: PlanOptions,
  ): void {
    const { id } = document;
    if (!this.#takes('receiver', id, `receivers.${at}.id`)) return;
    const before = this.#stored.receivers.get(id) ?? null;
    const result = codeReceiverOf(document, before, options);
    if (!result.ok) {
      this.#add(`receivers.${at}`, result.errors);
      // Routes and rules that name it have no error of their own.
      if (before === null) this.#receivers.set(id, EMPTY_RECEIVER);
      return;
    }
    const known = this.#managed.get(markKey('receiver', id))?.references ?? {};
    let after = result.receiver;
    let fields = before === null ? [] : receiverFields(before, known, after, references);
    const failed = before?.receiver.disabled ?? null;
    const isOnlyEnabled = fields.every(({ field }) => field === 'enabled');
    if (isOnlyEnabled && failed !== null && failed !== 'by-hand' && document.enabled && !options.enablesAgain) {
      after = { ...after, receiver: { ...after.receiver, disabled: failed } };
      fields = [];
    }
    if (before === null || fields.length > 0) this.#receivers.set(id, after);
    this.#note('receiver', id, after.receiver.name, file, { isNew: before === null, fields, references });
  }

  /** Routes and inhibitions: each is one list, which is replaced as a whole. */
  lists(): void {
    const before = documentOfRouting(this.#stored.routing);
    const after = { ...before };
    for (const kind of ['routes', 'inhibitions'] as const) {
      const wanted = this.#desired[kind];
      if (wanted === undefined || !this.#takes(kind, WHOLE, kind)) continue;
      Object.assign(after, { [kind]: wanted.list });
      const fields = changedFields(
        fieldsOf({ [kind]: before[kind] }),
        fieldsOf({ [kind]: documentOfRouting(routingOf(after))[kind] }),
      );
      this.#note(kind, WHOLE, kind, wanted.file, { isNew: false, fields, references: {} });
      if (fields.length > 0) this.#routing = routingOf(after);
    }
  }

  /** Deletes what the owner applied before and the files no longer hold. */
  prune(reports: PlanOptions['reports']): void {
    for (const [key, { kind, id, owner, file }] of this.#stored.managed) {
      if (owner !== this.#desired.owner || this.#wanted.has(key)) continue;
      this.#managed.delete(key);
      const name = kind === 'rule' ? this.#rules.get(id)?.name : this.#receivers.get(id)?.receiver.name;
      if (kind === 'rule') this.#rules.delete(id);
      else if (kind === 'receiver') {
        this.#receivers.delete(id);
        const report = reports.find(({ receivers }) => receivers.includes(id));
        const message = `receiver ${id} cannot be deleted: it gets the report ${report?.name}`;
        if (report !== undefined) this.#errors.push({ field: 'prune', message });
      } else this.#routing = { ...this.#routing, [kind]: [] };
      this.#changes.push({ kind, id, name: name ?? kind, action: 'delete', file, fields: [] });
    }
  }

  finish(): ConfigurationPlan {
    this.#checkReceivers();
    const counts = { create: 0, change: 0, adopt: 0, delete: 0, unchanged: 0 };
    for (const { action } of this.#changes) counts[action] += 1;
    const plan = { changes: this.#changes, counts };
    const errors = [...this.#conflicts, ...this.#errors];
    if (errors.length > 0) return { ...plan, ok: false, errors, isConflict: this.#conflicts.length > 0 };
    const { rules, receivers, routing } = this.#stored;
    return {
      ...plan,
      ok: true,
      change: {
        savedRules: [...this.#rules.values()].filter((rule) => rules.get(rule.id) !== rule),
        removedRules: [...rules.keys()].filter((id) => !this.#rules.has(id)),
        savedReceivers: [...this.#receivers.values()].filter((one) => receivers.get(one.receiver.id) !== one),
        removedReceivers: [...receivers.keys()].filter((id) => !this.#receivers.has(id)),
        routing: this.#routing === routing ? null : this.#routing,
        managed: [...this.#managed.values()],
      },
    };
  }

  /** Receivers that rules and routes name exist after the change. */
  #checkReceivers(): void {
    const known = new Set(this.#receivers.keys());
    for (const [at, { document }] of this.#desired.rules.entries())
      for (const [index, id] of document.receivers.entries())
        if (!known.has(id))
          this.#errors.push({ field: `rules.${at}.receivers.${index}`, message: `unknown receiver ${id}` });
    const { routes, inhibitions } = this.#desired;
    if (routes !== undefined || inhibitions !== undefined) {
      const document = { routes: routes?.list ?? [], inhibitions: inhibitions?.list ?? [] };
      this.#errors.push(...routingErrors(document, known), ...routeTimeErrors(document.routes));
    }
    for (const { kind, id, action } of this.#changes) {
      if (kind !== 'receiver' || action !== 'delete') continue;
      const rule = [...this.#rules.values()].find(({ receivers }) => receivers.includes(id));
      const isRouted = this.#routing.routes.some(({ receiverId }) => receiverId === id);
      const isDesired = this.#desired.rules.some(({ document }) => document.id === rule?.id);
      if (rule !== undefined && !isDesired)
        this.#errors.push({ field: 'prune', message: `receiver ${id} cannot be deleted: rule ${rule.id} names it` });
      if (isRouted && routes === undefined)
        this.#errors.push({ field: 'prune', message: `receiver ${id} cannot be deleted: a route names it` });
    }
  }

  /** Whether the owner may apply it, once: what another owner applied stays his. */
  #takes(kind: ManagedKind, id: string, field: string): boolean {
    const key = markKey(kind, id);
    if (this.#wanted.has(key)) {
      this.#errors.push({ field, message: `duplicate id ${id}` });
      return false;
    }
    this.#wanted.add(key);
    const mark = this.#stored.managed.get(key);
    if (mark === undefined || mark.owner === this.#desired.owner) return true;
    this.#conflicts.push({
      field,
      message: `${resourceName(kind, id)} is managed by ${mark.file} of owner ${mark.owner}, and this is owner ${this.#desired.owner}`,
    });
    return false;
  }

  #note(kind: ManagedKind, id: string, name: string, file: string, { isNew, fields, references }: Noted): void {
    const key = markKey(kind, id);
    const isAdopted = !this.#stored.managed.has(key);
    this.#managed.set(key, { kind, id, owner: this.#desired.owner, file, references });
    const action = isNew ? 'create' : fields.length > 0 ? 'change' : isAdopted ? 'adopt' : 'unchanged';
    this.#changes.push({ kind, id, name, action, file, fields: [...fields] });
  }

  #add(prefix: string, errors: readonly FieldError[]): void {
    this.#errors.push(...errors.map(({ field, message }) => ({ field: `${prefix}.${field}`, message })));
  }
}

interface Noted {
  readonly isNew: boolean;
  readonly fields: readonly FieldChange[];
  readonly references: Readonly<Record<string, string>>;
}

const EMPTY_RECEIVER: KnownReceiver = {
  receiver: {
    id: '',
    name: '',
    url: '',
    to: [],
    format: 'native',
    template: null,
    headers: {},
    sendResolved: true,
    disabled: null,
  },
  secrets: { signing: [], routingKey: null },
};

/** What differs of two receivers, as it is shown. A secret that changed behind the same reference is named without its value. */
function receiverFields(
  before: KnownReceiver,
  knownReferences: Readonly<Record<string, string>>,
  after: KnownReceiver,
  references: Readonly<Record<string, string>>,
): readonly FieldChange[] {
  const shown = changedFields(
    fieldsOf(shownReceiver(before, knownReferences)),
    fieldsOf(shownReceiver(after, references)),
  );
  const hidden = changedFields(actualReceiver(before), actualReceiver(after))
    .filter(({ field }) => !shown.some((one) => one.field === field))
    .map(({ field }) => ({ field, before: 'another value', after: references[field] ?? '(hidden)' }));
  return [...shown, ...hidden];
}
