import { useState } from 'preact/hooks';
import type { DryRunAnswer } from '../../../server/http/contract/alert-rules.ts';
import { call } from '../../api/client.ts';
import { ActionResult } from '../../components/action-result.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Section } from '../../components/section.tsx';
import { count, time, visible } from '../../format.ts';
import { ruleNameText } from '../../i18n/reason.ts';
import { t } from '../../i18n/translate.ts';
import { useAction } from '../../state/action.ts';
import { useView } from '../../state/view.ts';
import { summaryOf } from './alert-summary.ts';
import { documentOf } from './rule-draft.ts';
import type { Rule, RuleDocument } from './signals.ts';

const DRY_RUN_DAYS = 7;

function textOf(rule: Rule): string {
  return JSON.stringify(documentOf(rule), null, 2);
}

/** A rule as JSON, with everything that the form does not offer; it can be disabled and tried on past data. */
export function RuleText({ rule, reload }: { readonly rule: Rule; readonly reload: () => void }) {
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
      return t(
        'Would have fired {n, plural, one {# time} other {# times}} in {days} days ({evaluations} evaluations).',
        { n: outcome.fired.length, days: DRY_RUN_DAYS, evaluations: count(outcome.evaluations) },
      );
    });
  return (
    <Section
      title={visible(ruleNameText(rule.name))}
      aside={
        <button
          type="button"
          disabled={action.busy}
          onClick={() =>
            store(
              () => ({ ...document, enabled: !rule.enabled }),
              rule.revision,
              rule.enabled ? t('Rule disabled.') : t('Rule enabled.'),
              // Edits stay.
              text === textOf(opened) ? open : setOpened,
            )
          }
        >
          {rule.enabled ? t('Disable') : t('Enable')}
        </button>
      }
    >
      <p class="soft small">
        {t(
          'Evaluated up to {evaluatedUntil}; {skipped, plural, one {# evaluation} other {# evaluations}} skipped, {late, plural, one {# window} other {# windows}} changed by late data.',
          { evaluatedUntil: time(rule.evaluatedUntil, zone), skipped: rule.skipped, late: rule.late },
        )}
      </p>
      <label class="small" for="rule-text">
        {t('Rule (JSON)')}
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
          {t('Dry-run over {days} days', { days: DRY_RUN_DAYS })}
        </button>
        <button
          type="button"
          class="primary"
          disabled={action.busy}
          onClick={() => store(() => JSON.parse(text) as RuleDocument, opened.revision, t('Rule saved.'), open)}
        >
          {t('Save')}
        </button>
      </p>
      <ActionResult action={action} />
      {rule.revision !== opened.revision && rule.revision !== replaced && (
        <p class="controls">
          {t('This rule was changed after you opened it.')}{' '}
          <button type="button" onClick={() => open(rule)}>
            {t('Discard edits and show the stored rule')}
          </button>
        </p>
      )}
      {dry !== null && dry.fired.length > 0 && (
        <DataTable
          label={t('Dry-run alerts')}
          columns={[{ title: t('From') }, { title: t('To') }, { title: t('Summary') }]}
          rows={dry.fired
            .slice(0, 50)
            .map((one) => [
              <span class="mono">{time(one.from, zone)}</span>,
              <span class="mono">{one.to === null ? t('not resolved') : time(one.to, zone)}</span>,
              summaryOf(one),
            ])}
        />
      )}
    </Section>
  );
}
