/** What the rule form edits: a rule document, and its fields as people write them. Pure. */

import { message } from '../../i18n/translate.ts';
import type { Rule, RuleDocument, SignalChoice } from './signals.ts';
import { choiceOf, englishLimit } from './signals.ts';

/** The rule without its state: what can be edited and saved. */
export function documentOf(rule: Rule): RuleDocument {
  const {
    state: _,
    firing: _f,
    pending: _p,
    evaluatedUntil: _u,
    error: _e,
    skipped: _s,
    late: _l,
    warning: _w,
    revision: _r,
    managed: _m,
    ...document
  } = rule;
  return document;
}

/** A rule as the form begins with it. */
export function newDraft(choice: SignalChoice, functions: readonly string[] = []): RuleDocument {
  return withSignal({ id: '', name: '', signal: choice.signal, threshold: 0, functions: [...functions] }, choice);
}

/** The draft with another signal, and what that signal begins with. Name, functions, receivers and severity stay. */
export function withSignal(draft: RuleDocument, choice: SignalChoice): RuleDocument {
  const { id, name, severity, enabled, receivers, functions, tags, labels, annotations, runbookUrl } = draft;
  const kept = { id, name, severity, enabled, receivers, labels, annotations, runbookUrl };
  const own = choice.isGlobal === true ? {} : { functions, ...(tags && { tags }), groupBy: ['function' as const] };
  return { ...definedOf(kept), ...definedOf(own), ...choice.start, signal: choice.signal } as RuleDocument;
}

function definedOf<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** Functions that the form offers to leave out. */
export const KINDS = [
  ['', message('any kind')],
  ['vpc', message('in a VPC')],
  ['not-vpc', message('outside VPCs')],
  ['arm64', message('on arm64')],
  ['x86_64', message('on x86_64')],
  ['image', message('container images')],
] as const;
export type Kind = (typeof KINDS)[number][0];

type Filters = NonNullable<Extract<RuleDocument['signal'], { metric: string }>['filters']>;

const FILTERS: Readonly<Record<Kind, Filters>> = {
  '': [],
  vpc: [{ field: 'vpc', op: '=', value: true }],
  'not-vpc': [{ field: 'vpc', op: '=', value: false }],
  arm64: [{ field: 'architecture', op: '=', value: 'arm64' }],
  x86_64: [{ field: 'architecture', op: '=', value: 'x86_64' }],
  image: [{ field: 'packageType', op: '=', value: 'Image' }],
};

/** The kind that the filters of a draft choose; null for filters that the form does not offer. */
export function kindOf({ signal }: RuleDocument): Kind | null {
  const filters = JSON.stringify('metric' in signal ? (signal.filters ?? []).map(inOrder) : []);
  return KINDS.map(([kind]) => kind).find((kind) => JSON.stringify(FILTERS[kind].map(inOrder)) === filters) ?? null;
}

function inOrder({ field, op = '=', value }: Filters[number]): Filters[number] {
  return { field, op, value };
}

export function withKind(draft: RuleDocument, kind: Kind): RuleDocument {
  const { signal } = draft;
  return 'metric' in signal ? { ...draft, signal: { ...signal, filters: FILTERS[kind] } } : draft;
}

/** Whether the form offers kinds: metrics of CloudWatch know account and region only. */
export function takesKinds({ signal }: RuleDocument): boolean {
  return 'metric' in signal && !['throttles', 'concurrentExecutions', 'custom'].includes(signal.metric);
}

/** The number that the form shows: rates in percent. */
export function shownThreshold({ signal, threshold }: RuleDocument): number {
  return choiceOf(signal)?.unit === 'ratio' ? Number((threshold * 100).toPrecision(12)) : threshold;
}

export function thresholdOf({ signal }: RuleDocument, shown: number): number {
  return choiceOf(signal)?.unit === 'ratio' ? Number((shown / 100).toPrecision(12)) : shown;
}

/** Names and patterns, written with commas or spaces between them. */
export function namesIn(text: string): string[] {
  return text.split(/[\s,]+/).filter((name) => name !== '');
}

/** An id for a name: lower-case letters, digits and dashes, and one that is not taken. */
export function idFor(name: string, taken: readonly string[], otherwise: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 56);
  const base = slug === '' ? otherwise : slug;
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!taken.includes(id)) return id;
  }
}

/** What a rule is called if nobody names it: in English, so that `ruleNameText` recognises it. */
export function suggestedName(rule: RuleDocument): string {
  const { signal, functions = [] } = rule;
  const isAnywhere = functions.length === 0 || choiceOf(signal)?.isGlobal === true;
  return `${englishLimit(rule)}${isAnywhere ? '' : ` on ${functions.join(', ')}`}`.slice(0, 128);
}
