import { useState } from 'preact/hooks';
import { DAY_MS } from '../../../ingest/records/time.ts';
import type { ReportScheduleView } from '../../../server/http/contract/reports.ts';
import { call } from '../../api/client.ts';
import { oneOf } from '../../api/one-of.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionForm } from '../../components/action-form.tsx';
import { ActionResult } from '../../components/action-result.tsx';
import { ConfirmedButton } from '../../components/confirmed-button.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { time, visible } from '../../format.ts';
import type { Language } from '../../i18n/languages.ts';
import { LANGUAGES } from '../../i18n/languages.ts';
import { shownLanguage, t } from '../../i18n/translate.ts';
import { useAction } from '../../state/action.ts';
import { useView } from '../../state/view.ts';
import { localZone } from '../../state/zone.ts';

/** Formats of receivers that take reports. */
const TAKE_REPORTS: ReadonlySet<string> = new Set(['email', 'slack', 'teams', 'discord', 'native']);
const EVERY = ['week', 'month'] as const;
type Every = (typeof EVERY)[number];

/** Reports that are made and sent by themselves, with a form to add one. */
export function ReportSchedules() {
  const answer = useQuery('listReportSchedules');
  const items = answer.data?.items ?? [];
  return (
    <div class="no-print">
      <ErrorBanner result={answer} what={t('the scheduled reports')} />
      {items.map((one) => (
        <Schedule key={one.id} one={one} reload={answer.reload} />
      ))}
      {answer.data !== null && <NewSchedule taken={items.map(({ id }) => id)} reload={answer.reload} />}
    </div>
  );
}

function Schedule({ one, reload }: { readonly one: ReportScheduleView; readonly reload: () => void }) {
  const { zone } = useView();
  const action = useAction();
  const params = { id: one.id };
  const send = (): void =>
    action.run(async () => {
      const { period } = await call('sendReport', { params, body: {} });
      reload();
      return t(
        'The report of {period} was made. It is being sent to {n, plural, =0 {no one} one {# receiver} other {# receivers}}.',
        {
          period,
          n: one.receivers.length,
        },
      );
    });
  const remove = (): void =>
    action.run(async () => {
      await call('deleteReportSchedule', { params });
      reload();
      return t('Schedule and its reports deleted.');
    });
  const { last } = one;
  return (
    <Section
      title={visible(one.name)}
      aside={
        <>
          <button type="button" disabled={action.busy} onClick={send}>
            {t('Send now')}
          </button>
          <ConfirmedButton
            label={t('Delete')}
            confirmLabel={t('Delete schedule and reports')}
            disabled={action.busy}
            onConfirm={remove}
          />
        </>
      }
    >
      <p>
        {one.every === 'week'
          ? t('Every {weekday} at {hour}:00, {zone}', {
              weekday: weekdayName(one.weekday),
              hour: one.hour,
              zone: one.timeZone,
            })
          : t('On day {day} of each month at {hour}:00, {zone}', { day: one.day, hour: one.hour, zone: one.timeZone })}
        {one.nextAt !== null && one.nextPeriod !== null && (
          <span class="soft">
            {' '}
            {t('Next: {period} at {time}', { period: one.nextPeriod, time: time(one.nextAt, zone) })}
          </span>
        )}
      </p>
      <p class="soft small">
        {one.receivers.length === 0
          ? t('Stored only, sent to no one.')
          : t('To {receivers}', { receivers: visible(one.receivers.join(', ')) })}
      </p>
      {one.error !== null && (
        <p role="alert">{t('The report could not be made: {error}', { error: visible(one.error) })}</p>
      )}
      {last !== null && (
        <p>
          {t('Last: {period}', { period: last.period })} <a href={fileOf(last.id, 'html')}>HTML</a>{' '}
          <a href={fileOf(last.id, 'csv')}>CSV</a> {last.late && <span class="badge warm">{t('late')}</span>}
        </p>
      )}
      <ActionResult action={action} />
    </Section>
  );
}

function fileOf(id: string, format: 'html' | 'csv'): string {
  return `/api/v1/reports/${encodeURIComponent(id)}?format=${format}`;
}

/** 1 is Monday. */
function weekdayName(weekday: number): string {
  // 1 January 2024 was one.
  const ms = Date.UTC(2024, 0, 1) + (weekday - 1) * DAY_MS;
  return new Intl.DateTimeFormat(shownLanguage(), { weekday: 'long', timeZone: 'UTC' }).format(ms);
}

const from = (first: number, last: number): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);

const CODES: readonly Language[] = ['en', 'ja', 'ko'];

function NewSchedule({ taken, reload }: { readonly taken: readonly string[]; readonly reload: () => void }) {
  const action = useAction();
  const receivers = (useQuery('listReceivers').data?.items ?? []).filter(({ format }) => TAKE_REPORTS.has(format));
  const [every, setEvery] = useState<Every>('week');
  const [on, setOn] = useState(1);
  const [hour, setHour] = useState(8);
  const [timeZone, setTimeZone] = useState(localZone);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [language, setLanguage] = useState<Language>(() => oneOf(CODES, shownLanguage()) ?? 'en');
  const add = (): void =>
    action.run(async () => {
      const id = from(1, taken.length + 1)
        .map((n) => (n === 1 ? `${every}ly` : `${every}ly-${n}`))
        .find((one) => !taken.includes(one));
      if (id === undefined) throw new Error(t('Request failed'));
      const name = every === 'week' ? t('Weekly report') : t('Monthly report');
      const times = every === 'week' ? { weekday: on } : { day: on };
      await call('saveReportSchedule', {
        params: { id },
        body: { id, name, every, ...times, hour, timeZone, language, receivers: [...chosen], revision: null },
      });
      reload();
      return t('Schedule saved.');
    });
  const preview = `/api/v1/report-preview?${new URLSearchParams({ every, timeZone, language })}`;
  return (
    <Section
      title={t('New scheduled report')}
      aside={
        <a href={preview} target="_blank" rel="noopener noreferrer">
          {t('Preview')}
        </a>
      }
    >
      <ActionForm action={action} submit={t('Save schedule')} onSubmit={add}>
        <label class="small">
          {t('every')}{' '}
          <select
            value={every}
            onChange={(event) => {
              setEvery(oneOf(EVERY, event.currentTarget.value) ?? 'week');
              setOn(1);
            }}
          >
            <option value="week">{t('week')}</option>
            <option value="month">{t('month')}</option>
          </select>
        </label>
        <label class="small">
          {t('on')}{' '}
          <select value={on} onChange={(event) => setOn(Number(event.currentTarget.value))}>
            {from(1, every === 'week' ? 7 : 28).map((n) => (
              <option key={n} value={n}>
                {every === 'week' ? weekdayName(n) : n}
              </option>
            ))}
          </select>
        </label>
        <label class="small">
          {t('at')}{' '}
          <select value={hour} onChange={(event) => setHour(Number(event.currentTarget.value))}>
            {from(0, 23).map((n) => (
              <option key={n} value={n}>
                {`${n}:00`}
              </option>
            ))}
          </select>
        </label>
        <label class="small">
          {t('time zone')}{' '}
          <input required value={timeZone} onInput={(event) => setTimeZone(event.currentTarget.value)} />
        </label>
        <label class="small">
          {t('language')}{' '}
          <select
            value={language}
            onChange={(event) => setLanguage(oneOf(CODES, event.currentTarget.value) ?? 'en')}
          >
            {CODES.map((code) => (
              <option key={code} value={code} lang={code}>
                {LANGUAGES[code]}
              </option>
            ))}
          </select>
        </label>
        {receivers.map(({ id, name }) => (
          <label key={id} class="small">
            <input
              type="checkbox"
              checked={chosen.includes(id)}
              onChange={(event) =>
                setChosen(event.currentTarget.checked ? [...chosen, id] : chosen.filter((one) => one !== id))
              }
            />{' '}
            {visible(name)}
          </label>
        ))}
      </ActionForm>
      {receivers.length === 0 && (
        <p class="field-help">
          {t('No receiver takes reports yet. Add one of e-mail, Slack, Teams or Discord on the page Alerts.')}
        </p>
      )}
    </Section>
  );
}
