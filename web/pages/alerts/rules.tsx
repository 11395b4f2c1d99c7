import { useState } from 'preact/hooks';
import { count, plural } from '../../../ingest/text/quantities.ts';
import type { DryRunAnswer, RulesAnswer } from '../../../server/http/contract/alert-rules.ts';
import { call } from '../../api/client.ts';
import type { RequestOf } from '../../api/request.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionResult } from '../../components/action-result.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { time, visible } from '../../format.ts';
import { useAction } from '../../state/action.ts';
import { useView } from '../../state/view.ts';

type Rule = RulesAnswer['items'][number];
type RuleDocument = RequestOf<'saveAlertRule'>['body'];

const STATES: Readonly<Record<Rule['state'], string>> = {
  firing: 'bad',
  pending: 'warm',
  error: 'bad',
  inactive: 'good',
  disabled: '',
};
const DRY_RUN_DAYS = 7;

/** Alert rules with their state; each can be edited, disabled and tried on past data. */
export function Rules() {
  const answer = useQuery('listAlertRules');
  const [chosen, setChosen] = useState<string | null>(null);
  const rules = answer.data?.items ?? [];
  const rule = rules.find((one) => one.id === chosen);
  return (
    <>
      <ErrorBanner result={answer} what="rules" />
      {answer.data !== null && (
        <Section title={plural(rules.length, 'rule')}>
          <DataTable
            label="Rules"
            columns={[
              { title: 'Rule' },
              { title: 'State' },
              { title: 'Condition' },
              { title: 'Firing', number: true },
              { title: '' },
            ]}
            rows={rules.map((one) => [
              <>
                {visible(one.name)}
                <span class="interval">
                  {one.id} · {one.severity}
                </span>
              </>,
              <>
                <span class={`badge ${STATES[one.state]}`}>{one.state}</span>
                {one.error !== null && <span class="interval">{visible(one.error)}</span>}
                {one.warning !== null && <span class="interval">{visible(one.warning)}</span>}
              </>,
              <span class="small">{condition(one)}</span>,
              count(one.firing),
              <button
                type="button"
                aria-expanded={chosen === one.id}
                onClick={() => setChosen(chosen === one.id ? null : one.id)}
              >
                {chosen === one.id ? 'Close' : 'Edit'}
                <span class="visually-hidden"> {one.name}</span>
              </button>,
            ])}
          />
        </Section>
      )}
      {rule !== undefined && <RulePanel key={rule.id} rule={rule} reload={answer.reload} />}
    </>
  );
}

function condition({ signal, comparison, threshold, bound, window, for: hold, minSamples }: Rule): string {
  const what =
    'metric' in signal ? `${signal.kind === 'metric' ? '' : `${signal.kind} of `}${signal.metric}` : signal.kind;
  const sure = bound === 'certain' ? ' (95 % confidence)' : '';
  const long = hold === '0s' ? '' : `, for ${hold}`;
  return `${what}${sure} ${comparison} ${threshold} in ${window}${long}${minSamples > 1 ? `, n ≥ ${minSamples}` : ''}`;
}

/** The rule without its state: what can be edited and saved. */
function documentOf(rule: Rule): RuleDocument {
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
    ...document
  } = rule;
  return document;
}

function textOf(rule: Rule): string {
  return JSON.stringify(documentOf(rule), null, 2);
}

function RulePanel({ rule, reload }: { readonly rule: Rule; readonly reload: () => void }) {
  const { zone } = useView();
  const action = useAction();
  const [dry, setDry] = useState<DryRunAnswer | null>(null);
  const document = documentOf(rule);
  /** The rule that the text began as: it may be changed by others while it is edited here. */
  const [opened, setOpened] = useState(rule);
  /** The revision that was replaced here, which the list may still hold. */
  const [replaced, setReplaced] = useState('');
  const [text, setText] = useState(textOf(rule));
  const open = (stored: Rule): void => {
    setOpened(stored);
    setText(textOf(stored));
  };
  const store = (
    edited: () => RuleDocument,
    revision: string,
    message: string,
    afterwards: (saved: Rule) => void,
  ): void =>
    action.run(async () => {
      try {
        const saved = await call('saveAlertRule', { params: { id: rule.id }, body: { ...edited(), revision } });
        setReplaced(revision);
        afterwards(saved);
        return message;
      } finally {
        reload();
      }
    });
  const dryRun = (): void =>
    action.run(async () => {
      setDry(null);
      const edited = JSON.parse(text) as RuleDocument;
      const outcome = await call('dryRunAlertRule', {
        params: { id: rule.id },
        body: { rule: edited, days: DRY_RUN_DAYS },
      });
      setDry(outcome);
      return `Would have fired ${plural(outcome.fired.length, 'time')} in ${DRY_RUN_DAYS} days (${count(outcome.evaluations)} evaluations).`;
    });
  return (
    <Section
      title={visible(rule.name)}
      aside={
        <button
          type="button"
          disabled={action.busy}
          onClick={() =>
            store(
              () => ({ ...document, enabled: !rule.enabled }),
              rule.revision,
              rule.enabled ? 'Rule disabled.' : 'Rule enabled.',
              // Edits stay.
              text === textOf(opened) ? open : setOpened,
            )
          }
        >
          {rule.enabled ? 'Disable' : 'Enable'}
        </button>
      }
    >
      <p class="soft small">
        Evaluated up to {time(rule.evaluatedUntil, zone)}; {plural(rule.skipped, 'evaluation')} skipped,{' '}
        {plural(rule.late, 'window')} changed by late data.
      </p>
      <label class="small" for="rule-text">
        Rule (JSON)
      </label>
      <textarea
        id="rule-text"
        class="code"
        rows={18}
        spellcheck={false}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <p class="controls">
        <button type="button" disabled={action.busy} onClick={dryRun}>
          Dry-run over {DRY_RUN_DAYS} days
        </button>
        <button
          type="button"
          class="primary"
          disabled={action.busy}
          onClick={() => store(() => JSON.parse(text) as RuleDocument, opened.revision, 'Rule saved.', open)}
        >
          Save
        </button>
      </p>
      <ActionResult action={action} />
      {rule.revision !== opened.revision && rule.revision !== replaced && (
        <p class="controls">
          This rule was changed after you opened it.
          <button type="button" onClick={() => open(rule)}>
            Discard edits and show the stored rule
          </button>
        </p>
      )}
      {dry !== null && dry.fired.length > 0 && (
        <DataTable
          label="Dry-run alerts"
          columns={[{ title: 'From' }, { title: 'To' }, { title: 'Summary' }]}
          rows={dry.fired
            .slice(0, 50)
            .map((one) => [
              <span class="mono">{time(one.from, zone)}</span>,
              <span class="mono">{one.to === null ? 'not resolved' : time(one.to, zone)}</span>,
              visible(one.summary),
            ])}
        />
      )}
    </Section>
  );
}
