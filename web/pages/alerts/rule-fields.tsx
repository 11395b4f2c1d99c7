import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { listText } from '../../i18n/lists.ts';
import { saidText } from '../../i18n/reason.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, t, translated } from '../../i18n/translate.ts';
import type { Kind } from './rule-draft.ts';
import { KINDS, kindOf, namesIn, shownThreshold, takesKinds, thresholdOf, withKind, withSignal } from './rule-draft.ts';
import type { FieldErrors } from './rule-preview.tsx';
import type { RuleDocument, SignalChoice } from './signals.ts';
import { choiceOf, conditionOf, SIGNALS, spanText } from './signals.ts';

interface FieldsProps {
  readonly draft: RuleDocument;
  readonly refused: FieldErrors;
  readonly onChange: (draft: RuleDocument) => void;
}

/** What the server refuses of a field or of a part of it. */
export function FieldError({ refused, field }: { readonly refused: FieldErrors; readonly field: string }) {
  const own = refused.filter((one) => one.field === field || one.field.startsWith(`${field}.`));
  if (own.length === 0) return null;
  return (
    <span class="field-error" role="alert">
      {t('{label}: {reason}', { label: field, reason: listText(own.map(({ message }) => saidText(message))) })}
    </span>
  );
}

export function FormSection({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <fieldset class="form-section">
      <legend>{title}</legend>
      <div>{children}</div>
    </fieldset>
  );
}

/** The signal, from a list in plain words. */
export function SignalField({ draft, refused, onChange }: FieldsProps) {
  const choice = choiceOf(draft.signal);
  const groups = [...new Set(SIGNALS.map(({ group }) => group))];
  return (
    <label class="field small">
      {t('signal')}
      <select
        value={choice?.key ?? ''}
        onChange={(event) => {
          const chosen = SIGNALS.find(({ key }) => key === event.currentTarget.value);
          if (chosen !== undefined) onChange(withSignal(draft, chosen));
        }}
      >
        {choice === null && <option value="">{t('as stored: {draft}', { draft: conditionOf(draft) })}</option>}
        {groups.map((group) => (
          <optgroup label={translated(group)}>
            {SIGNALS.filter((one) => one.group === group).map(({ key, label }) => (
              <option value={key}>{translated(label)}</option>
            ))}
          </optgroup>
        ))}
      </select>
      {choice !== null && <span class="field-help">{translated(choice.help)}</span>}
      <FieldError refused={refused} field="signal" />
    </label>
  );
}

/** Names and patterns of functions, and their kind. */
export function FunctionFields({ draft, refused, onChange }: FieldsProps) {
  const [text, setText] = useState((draft.functions ?? []).join(', '));
  const [tags, setTags] = useState((draft.tags ?? []).join(', '));
  if (choiceOf(draft.signal)?.isGlobal === true)
    return <p class="soft small">{t('This signal is measured for the installation as a whole.')}</p>;
  const kind = kindOf(draft);
  return (
    <div class="field-row">
      <label class="field small">
        {t('functions')}
        <input
          value={text}
          placeholder={t('all functions')}
          spellcheck={false}
          onInput={(event) => {
            setText(event.currentTarget.value);
            onChange({ ...draft, functions: namesIn(event.currentTarget.value) });
          }}
        />
        <span class="field-help">{t('Names, or patterns such as prod-*, separated by commas.')}</span>
        <FieldError refused={refused} field="functions" />
      </label>
      <label class="field small">
        {t('tags')}
        <input
          value={tags}
          placeholder={t('any tags')}
          spellcheck={false}
          onInput={(event) => {
            setTags(event.currentTarget.value);
            onChange({ ...draft, tags: namesIn(event.currentTarget.value) });
          }}
        />
        <span class="field-help">{t('team:shop, or !team for functions without it, separated by commas.')}</span>
        <FieldError refused={refused} field="tags" />
      </label>
      {takesKinds(draft) && (
        <label class="field small">
          {t('kind')}
          <select
            value={kind ?? 'other'}
            onChange={(event) => {
              const chosen = KINDS.find(([one]) => one === event.currentTarget.value);
              if (chosen !== undefined) onChange(withKind(draft, chosen[0] satisfies Kind));
            }}
          >
            {kind === null && <option value="other">{t('as stored')}</option>}
            {KINDS.map(([one, label]) => (
              <option value={one}>{translated(label)}</option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}

const COMPARISONS = [
  ['>', message('is above')],
  ['>=', message('is at least')],
  ['<', message('is below')],
  ['<=', message('is at most')],
] as const;
const THRESHOLDS: Readonly<Record<SignalChoice['unit'], Message>> = {
  ratio: message('threshold in %'),
  ms: message('threshold in ms'),
  s: message('threshold in seconds'),
  count: message('threshold'),
  USD: message('threshold in $'),
};
const WINDOWS = ['5m', '15m', '1h', '6h', '1d', '1w'];
const HOLDS = ['0s', '5m', '15m', '30m', '1h', '6h'];

/** Threshold with its unit, over which time, and for how long. */
export function ConditionFields({ draft, refused, onChange }: FieldsProps) {
  const choice = choiceOf(draft.signal);
  const [text, setText] = useState(String(shownThreshold(draft)));
  const [signal, setSignal] = useState(draft.signal);
  // Another signal begins with its own threshold.
  if (signal !== draft.signal) {
    setSignal(draft.signal);
    if (thresholdOf(draft, Number(text)) !== draft.threshold) setText(String(shownThreshold(draft)));
  }
  return (
    <>
      <div class="field-row">
        <label class="field small">
          {t('comparison')}
          <select
            value={draft.comparison ?? '>'}
            onChange={(event) => {
              const chosen = COMPARISONS.find(([one]) => one === event.currentTarget.value);
              if (chosen !== undefined) onChange({ ...draft, comparison: chosen[0] });
            }}
          >
            {COMPARISONS.map(([one, label]) => (
              <option value={one}>{translated(label)}</option>
            ))}
          </select>
        </label>
        <label class="field small">
          {choice === null ? t('threshold in the unit of the signal') : translated(THRESHOLDS[choice.unit])}
          <input
            type="number"
            step="any"
            required
            value={text}
            onInput={(event) => {
              setText(event.currentTarget.value);
              const value = event.currentTarget.valueAsNumber ?? Number(event.currentTarget.value);
              if (Number.isFinite(value)) onChange({ ...draft, threshold: thresholdOf(draft, value) });
            }}
          />
          <FieldError refused={refused} field="threshold" />
        </label>
      </div>
      <div class="field-row">
        <SpanField
          label={t('measured over')}
          field="window"
          options={WINDOWS}
          draft={draft}
          refused={refused}
          onChange={onChange}
        />
        <SpanField
          label={t('for at least')}
          field="for"
          options={HOLDS}
          draft={draft}
          refused={refused}
          onChange={onChange}
        />
        <label class="field small">
          {t('ignore below this many samples')}
          <input
            type="number"
            min="0"
            step="1"
            value={draft.minSamples ?? 1}
            onInput={(event) => onChange({ ...draft, minSamples: Number(event.currentTarget.value) })}
          />
          <FieldError refused={refused} field="minSamples" />
        </label>
      </div>
      {choice?.unit === 'ratio' && 'metric' in draft.signal && (
        <label class="choice small">
          <input
            type="checkbox"
            checked={draft.bound === 'certain'}
            onChange={(event) => onChange({ ...draft, bound: event.currentTarget.checked ? 'certain' : 'value' })}
          />
          <span>{t('Only with 95 % confidence, so that one failure in two invocations does not count as 50 %')}</span>
        </label>
      )}
    </>
  );
}

interface SpanFieldProps extends FieldsProps {
  readonly label: string;
  readonly field: 'window' | 'for';
  readonly options: readonly string[];
}

/** A duration from a list; a stored one that is not in it is offered too. */
function SpanField({ label, field, options, draft, refused, onChange }: SpanFieldProps) {
  const value = draft[field] ?? (field === 'window' ? '5m' : '0s');
  const all = options.includes(value) ? options : [...options, value];
  return (
    <label class="field small">
      {label}
      <select value={value} onChange={(event) => onChange({ ...draft, [field]: event.currentTarget.value })}>
        {all.map((one) => (
          <option value={one}>{one === '0s' ? t('at once') : spanText(one)}</option>
        ))}
      </select>
      <FieldError refused={refused} field={field} />
    </label>
  );
}

const SEVERITIES = ['info', 'warning', 'critical'] as const;
const SEVERITY_LABELS = { info: message('info'), warning: message('warning'), critical: message('critical') } as const;

export function NameFields({
  draft,
  refused,
  suggested,
  onChange,
}: FieldsProps & {
  /** What it is called without a name. */
  readonly suggested: string;
}) {
  return (
    <div class="field-row">
      <label class="field small">
        {t('name')}
        <input
          value={draft.name}
          placeholder={suggested}
          onInput={(event) => onChange({ ...draft, name: event.currentTarget.value })}
        />
        <FieldError refused={refused} field="name" />
      </label>
      <label class="field small">
        {t('severity')}
        <select
          value={draft.severity ?? 'warning'}
          onChange={(event) => {
            const severity = SEVERITIES.find((one) => one === event.currentTarget.value);
            if (severity !== undefined) onChange({ ...draft, severity });
          }}
        >
          {SEVERITIES.map((one) => (
            <option value={one}>{translated(SEVERITY_LABELS[one])}</option>
          ))}
        </select>
      </label>
      <label class="field small">
        {t('runbook address')}
        <input
          type="url"
          value={draft.runbookUrl ?? ''}
          placeholder={t('none')}
          onInput={(event) =>
            onChange({ ...draft, runbookUrl: event.currentTarget.value === '' ? null : event.currentTarget.value })
          }
        />
        <FieldError refused={refused} field="runbookUrl" />
      </label>
    </div>
  );
}
