import type { LucideIcon } from 'lucide-preact';
import { Copy, Pause, Play, Trash2 } from 'lucide-preact';
import { useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionResult } from '../../components/action-result.tsx';
import { ConfirmedButton } from '../../components/confirmed-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ManagedBadge, ManagedNotice } from '../../components/managed-by.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { count, visible } from '../../format.ts';
import { ruleNameText, saidText } from '../../i18n/reason.ts';
import { t, translated } from '../../i18n/translate.ts';
import { useAction } from '../../state/action.ts';
import { hrefTo, setSearchParams } from '../../state/location.ts';
import { useView } from '../../state/view.ts';
import { documentOf, namesIn, newDraft } from './rule-draft.ts';
import { RuleForm } from './rule-form.tsx';
import { RuleText } from './rule-text.tsx';
import type { Rule } from './signals.ts';
import { conditionOf, SIGNALS } from './signals.ts';
import { RULE_STATES, severityName } from './state-names.ts';

const STATES: Readonly<Record<Rule['state'], string>> = {
  firing: 'bad',
  pending: 'warm',
  error: 'bad',
  inactive: 'good',
  disabled: '',
};

/** Alert rules with their state, or the one that is created, edited or duplicated. The address says which. */
export function Rules() {
  const answer = useQuery('listAlertRules');
  const { query } = useView();
  const [saved, setSaved] = useState<string | null>(null);
  const rules = answer.data?.items ?? [];
  const edited = query.get('edit');
  const copied = query.get('copy');
  const isOpen = edited !== null || copied !== null || query.has('new');
  return (
    <>
      <ErrorBanner result={answer} what={t('rules')} shapes={{}} />
      {saved !== null && !isOpen && (
        <p role="status" class="small">
          {saved}
        </p>
      )}
      {answer.data !== null && !isOpen && <RuleList rules={rules} reload={answer.reload} />}
      {answer.data !== null && isOpen && (
        <RuleEditor
          key={`${edited} ${copied}`}
          edited={rules.find(({ id }) => id === edited) ?? null}
          copied={rules.find(({ id }) => id === copied) ?? null}
          isMissing={(edited ?? copied) !== null && !rules.some(({ id }) => id === (edited ?? copied))}
          functions={namesIn(query.get('functions') ?? '')}
          taken={rules.map(({ id }) => id)}
          asText={query.get('as') === 'json'}
          reload={answer.reload}
          onSaved={(message) => {
            setSaved(message);
            answer.reload();
            setSearchParams(CLOSED);
          }}
        />
      )}
    </>
  );
}

const CLOSED = { new: null, edit: null, copy: null, as: null, functions: null };

interface RuleEditorProps {
  readonly edited: Rule | null;
  readonly copied: Rule | null;
  /** The address names a rule that is not stored. */
  readonly isMissing: boolean;
  /** Functions of a new rule. */
  readonly functions: readonly string[];
  readonly taken: readonly string[];
  readonly asText: boolean;
  readonly reload: () => void;
  readonly onSaved: (message: string) => void;
}

function RuleEditor({ edited, copied, isMissing, functions, taken, asText, reload, onSaved }: RuleEditorProps) {
  const rule = edited ?? copied;
  const start =
    rule === null
      ? newDraft(SIGNALS[0], functions)
      : {
          ...documentOf(rule),
          ...(edited === null ? { id: '', name: t('{name} (copy)', { name: ruleNameText(rule.name) }) } : {}),
        };
  return (
    <>
      <p class="controls">
        <a href={hrefTo('/alerts', { tab: 'rules' })}>{t('All rules')}</a>
        <span class="grow" />
        {edited !== null && (
          <a href={hrefTo('/alerts', { tab: 'rules', edit: edited.id, ...(asText ? {} : { as: 'json' }) })}>
            {asText ? t('Edit in the form') : t('Edit as JSON')}
          </a>
        )}
      </p>
      <ManagedNotice by={edited?.managed ?? null} />
      {isMissing ? (
        <p role="alert">{t('This rule is not stored. It may have been deleted.')}</p>
      ) : edited !== null && asText ? (
        <RuleText rule={edited} reload={reload} />
      ) : (
        <RuleForm
          start={start}
          revision={edited?.revision ?? null}
          taken={taken}
          onSaved={(_, text) => onSaved(text)}
        />
      )}
    </>
  );
}

function RuleList({ rules, reload }: { readonly rules: readonly Rule[]; readonly reload: () => void }) {
  const action = useAction();
  const setEnabled = (rule: Rule, enabled: boolean): void =>
    action.run(async () => {
      const body = { ...documentOf(rule), enabled, revision: rule.revision };
      await call('saveAlertRule', { params: { id: rule.id }, body });
      reload();
      return enabled
        ? t('“{name}” is on.', { name: ruleTitle(rule) })
        : t('“{name}” is off. Its alerts are resolved.', { name: ruleTitle(rule) });
    });
  const remove = (rule: Rule): void =>
    action.run(async () => {
      await call('deleteAlertRule', { params: { id: rule.id } });
      reload();
      return t('“{name}” deleted.', { name: ruleTitle(rule) });
    });
  return (
    <Section
      title={t('{n, plural, one {# rule} other {# rules}}', { n: rules.length })}
      aside={
        <button type="button" class="primary" onClick={() => setSearchParams({ ...CLOSED, new: '1' })}>
          {t('New rule')}
        </button>
      }
    >
      <ActionResult action={action} />
      <Unrouted rules={rules} />
      <DataTable
        label={t('Rules')}
        columns={[
          { title: t('Rule') },
          { title: t('State') },
          { title: t('Functions') },
          { title: t('Notifies') },
          { title: t('Firing'), number: true },
          { title: '' },
        ]}
        rows={rules.map((one) => [
          <>
            <a translate={false} href={hrefTo('/alerts', { tab: 'rules', edit: one.id })}>
              {ruleTitle(one)}
            </a>
            <span class="interval">
              {conditionOf(one)} · {severityName(one.severity)} <ManagedBadge by={one.managed} />
            </span>
          </>,
          <>
            <span class={`badge ${STATES[one.state]}`}>{translated(RULE_STATES[one.state])}</span>
            {one.error !== null && <span class="interval reason">{visible(saidText(one.error))}</span>}
            {one.warning !== null && <span class="interval reason">{visible(saidText(one.warning))}</span>}
          </>,
          one.functions.length + one.tags.length === 0 ? (
            <span class="soft">{t('all')}</span>
          ) : (
            visible([...one.functions, ...one.tags].join(', '))
          ),
          one.receivers.length === 0 ? <span class="soft">{t('by routes')}</span> : visible(one.receivers.join(', ')),
          count(one.firing),
          <div class="row-actions">
            {one.managed === null && (
              <IconButton
                icon={one.enabled ? Pause : Play}
                label={
                  one.enabled
                    ? t('Disable {name}', { name: ruleTitle(one) })
                    : t('Enable {name}', { name: ruleTitle(one) })
                }
                disabled={action.busy}
                onClick={() => setEnabled(one, !one.enabled)}
              />
            )}
            <IconButton
              icon={Copy}
              label={t('Duplicate {name}', { name: ruleTitle(one) })}
              onClick={() => setSearchParams({ ...CLOSED, copy: one.id })}
            />
            {one.managed === null && (
              <ConfirmedButton
                label={t('Delete {name}', { name: ruleTitle(one) })}
                confirmLabel={t('Delete rule')}
                icon={Trash2}
                disabled={action.busy}
                onConfirm={() => remove(one)}
              />
            )}
          </div>,
        ])}
      />
    </Section>
  );
}

/** Rules whose alerts notify no one: they have no receiver, and there is no route. */
export function Unrouted({ rules }: { readonly rules: readonly Rule[] }) {
  const { data } = useQuery('getAlertRouting');
  const mute = rules.filter(({ enabled, receivers }) => enabled && receivers.length === 0).length;
  if (data === null || data.routes.length > 0 || mute === 0) return null;
  return (
    <p class="panel error-banner" role="alert">
      {t(
        '{n, plural, one {# rule notifies} other {# rules notify}} no one: they have no receivers, and there are no routes.',
        {
          n: mute,
        },
      )}{' '}
      <a href={hrefTo('/alerts', { tab: 'routes' })}>{t('Add a route')}</a>
    </p>
  );
}

interface IconButtonProps {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

function IconButton({ icon: Icon, label, disabled, onClick }: IconButtonProps) {
  return (
    <button type="button" class="icon plain" aria-label={label} title={label} disabled={disabled} onClick={onClick}>
      <Icon size={16} />
    </button>
  );
}

function ruleTitle({ name }: Rule): string {
  return visible(ruleNameText(name));
}
