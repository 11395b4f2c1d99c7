import { useState } from 'preact/hooks';
import type { ReportScheduleView } from '../../../server/http/contract/reports.ts';
import { call } from '../../api/client.ts';
import { oneOf } from '../../api/one-of.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionForm } from '../../components/action-form.tsx';
import { Section } from '../../components/section.tsx';
import { visible } from '../../format.ts';
import type { Language } from '../../i18n/languages.ts';
import { LANGUAGES } from '../../i18n/languages.ts';
import { shownLanguage, t } from '../../i18n/translate.ts';
import { weekdayName } from '../../i18n/weekday.ts';
import type { Action } from '../../state/action.ts';
import { useAction } from '../../state/action.ts';
import { localZone } from '../../state/zone.ts';

/** Formats of receivers that take reports. */
const TAKE_REPORTS: ReadonlySet<string> = new Set(['email', 'slack', 'teams', 'discord', 'native']);
const EVERY = ['week', 'month'] as const;
const CODES: readonly Language[] = ['en', 'ja', 'ko'];

/** What a form saves: the schedule without what the server says of it. */
export type Draft = Omit<ReportScheduleView, 'nextAt' | 'nextPeriod' | 'last' | 'error' | 'revision'> & {
  /** That of the schedule that is changed; null for a new one. */
  readonly revision: string | null;
};

const from = (first: number, last: number): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);

/** The form of a new schedule, which is empty again once it is saved. */
export function NewSchedule({ taken, reload }: { readonly taken: readonly string[]; readonly reload: () => void }) {
  const action = useAction();
  const start: Draft = {
    ...{ id: '', name: '', every: 'week', weekday: 1, day: 1, hour: 8, timeZone: localZone() },
    language: oneOf(CODES, shownLanguage()) ?? 'en',
    ...{ filters: {}, receivers: [], keep: 12, enabled: true, revision: null },
  };
  return (
    <Section title={t('New scheduled report')}>
      <ScheduleForm key={taken.length} start={start} taken={taken} action={action} onSaved={reload} />
    </Section>
  );
}

interface ScheduleFormProps {
  readonly start: Draft;
  /** Ids of the stored schedules, for that of a new one. */
  readonly taken?: readonly string[];
  /** Of the parent: the outcome is shown when the form is gone. */
  readonly action: Action;
  readonly onSaved: () => void;
}

/** When a report is made, of which calendar, and who gets it. A change that was made of an older schedule is refused. */
export function ScheduleForm({ start, taken = [], action, onSaved }: ScheduleFormProps) {
  const [draft, setDraft] = useState(start);
  const answer = useQuery('listReceivers');
  const receivers = (answer.data?.items ?? []).filter(({ format }) => TAKE_REPORTS.has(format));
  const set = (change: Partial<Draft>): void => setDraft({ ...draft, ...change });
  const { every, timeZone, language } = draft;
  const onDay = every === 'week' ? 'weekday' : 'day';
  const usualName = every === 'week' ? t('Weekly report') : t('Monthly report');
  const save = (): void =>
    action.run(async () => {
      const id = draft.id === '' ? freeId(every, taken) : draft.id;
      const name = draft.name.trim() === '' ? usualName : draft.name;
      await call('saveReportSchedule', { params: { id }, body: { ...draft, id, name } });
      onSaved();
      return t('Schedule saved.');
    });
  const preview = `/api/v1/report-preview?${new URLSearchParams({ every, timeZone, language })}`;
  return (
    <>
      <ActionForm action={action} submit={t('Save schedule')} onSubmit={save}>
        <label class="small">
          {t('name')}{' '}
          <input
            value={draft.name}
            placeholder={usualName}
            onInput={(event) => set({ name: event.currentTarget.value })}
          />
        </label>
        <label class="small">
          {t('every')}{' '}
          <select
            value={every}
            onChange={(event) => set({ every: oneOf(EVERY, event.currentTarget.value) ?? 'week', weekday: 1, day: 1 })}
          >
            <option value="week">{t('week')}</option>
            <option value="month">{t('month')}</option>
          </select>
        </label>
        <label class="small">
          {t('on')}{' '}
          <select value={draft[onDay]} onChange={(event) => set({ [onDay]: Number(event.currentTarget.value) })}>
            {from(1, every === 'week' ? 7 : 28).map((n) => (
              <option key={n} value={n}>
                {every === 'week' ? weekdayName(n) : n}
              </option>
            ))}
          </select>
        </label>
        <label class="small">
          {t('at')}{' '}
          <select value={draft.hour} onChange={(event) => set({ hour: Number(event.currentTarget.value) })}>
            {from(0, 23).map((n) => (
              <option key={n} value={n}>
                {`${n}:00`}
              </option>
            ))}
          </select>
        </label>
        <label class="small">
          {t('time zone')}{' '}
          <input required value={timeZone} onInput={(event) => set({ timeZone: event.currentTarget.value })} />
        </label>
        <label class="small">
          {t('language')}{' '}
          <select
            value={language}
            onChange={(event) => set({ language: oneOf(CODES, event.currentTarget.value) ?? 'en' })}
          >
            {CODES.map((code) => (
              <option key={code} value={code} lang={code}>
                {LANGUAGES[code]}
              </option>
            ))}
          </select>
        </label>
        {receivers.length > 0 && <span class="small">{t('send to')}</span>}
        {receivers.map(({ id, name }) => (
          <label key={id} class="small">
            <input
              type="checkbox"
              checked={draft.receivers.includes(id)}
              onChange={(event) =>
                set({
                  receivers: event.currentTarget.checked
                    ? [...draft.receivers, id]
                    : draft.receivers.filter((one) => one !== id),
                })
              }
            />{' '}
            {visible(name)}
          </label>
        ))}
        {draft.revision !== null && (
          <label class="small">
            <input
              type="checkbox"
              checked={draft.enabled}
              onChange={(event) => set({ enabled: event.currentTarget.checked })}
            />{' '}
            {t('enabled')}
          </label>
        )}
        <a href={preview} target="_blank" rel="noopener noreferrer">
          {t('Preview')}
        </a>
      </ActionForm>
      {answer.data !== null && receivers.length === 0 && (
        <p class="field-help">
          {t('No receiver takes reports yet. Add one of e-mail, Slack, Teams or Discord on the page Alerts.')}
        </p>
      )}
    </>
  );
}

/** `weekly`, or the first of `weekly-2`, `weekly-3` … that is free. */
function freeId(every: Draft['every'], taken: readonly string[]): string {
  const ids = from(1, taken.length + 1).map((n) => (n === 1 ? `${every}ly` : `${every}ly-${n}`));
  return ids.find((one) => !taken.includes(one)) ?? `${every}ly`;
}
