import { useState } from 'preact/hooks';
import type { ReportScheduleView } from '../../../server/http/contract/reports.ts';
import { call } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionResult } from '../../components/action-result.tsx';
import { ConfirmedButton } from '../../components/confirmed-button.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { time, visible } from '../../format.ts';
import { saidText } from '../../i18n/reason.ts';
import { t } from '../../i18n/translate.ts';
import { weekdayName } from '../../i18n/weekday.ts';
import { useAction } from '../../state/action.ts';
import { useView } from '../../state/view.ts';
import type { Draft } from './schedule-form.tsx';
import { NewSchedule, ScheduleForm } from './schedule-form.tsx';

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
  const action = useAction();
  const [isEdited, setEdited] = useState(false);
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
  // What is edited is what is stored now: one that somebody else has changed is refused when it is saved.
  const edit = (): void => {
    reload();
    setEdited(!isEdited);
  };
  const remove = (): void =>
    action.run(async () => {
      await call('deleteReportSchedule', { params });
      reload();
      return t('Schedule and its reports deleted.');
    });
  return (
    <Section
      title={visible(one.name)}
      aside={
        <>
          {!one.enabled && <span class="badge">{t('paused')}</span>}
          <button type="button" aria-pressed={isEdited} disabled={action.busy} onClick={edit}>
            {t('[verb] Edit')}
          </button>
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
      {isEdited ? (
        <ScheduleForm
          start={draftOf(one)}
          action={action}
          onSaved={() => {
            setEdited(false);
            reload();
          }}
        />
      ) : (
        <>
          <Details one={one} />
          <ActionResult action={action} />
        </>
      )}
    </Section>
  );
}

function draftOf({ nextAt, nextPeriod, last, error, ...draft }: ReportScheduleView): Draft {
  return draft;
}

/** When it comes, to whom, and what came last. */
function Details({ one }: { readonly one: ReportScheduleView }) {
  const { zone } = useView();
  const { last } = one;
  return (
    <>
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
        <p role="alert">{t('The report could not be made: {error}', { error: visible(saidText(one.error)) })}</p>
      )}
      {last !== null && (
        <p>
          {t('Last: {period}', { period: last.period })} <a href={fileOf(last.id, 'html')}>HTML</a>{' '}
          <a href={fileOf(last.id, 'csv')}>CSV</a> {last.late && <span class="badge warm">{t('late')}</span>}
        </p>
      )}
    </>
  );
}

function fileOf(id: string, format: 'html' | 'csv'): string {
  return `/api/v1/reports/${encodeURIComponent(id)}?format=${format}`;
}
