import { useState } from 'preact/hooks';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { call } from '../../api/client.ts';
import type { AnswerOf } from '../../api/request.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionForm } from '../../components/action-form.tsx';
import { ActionResult } from '../../components/action-result.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { time, visible } from '../../format.ts';
import { t, translated } from '../../i18n/translate.ts';
import { useAction } from '../../state/action.ts';
import { useView } from '../../state/view.ts';
import { matchersIn, matcherText, shownMatcher } from './matcher-text.ts';
import { SILENCE_STATES } from './state-names.ts';

const TONES = { active: 'warm', pending: '', expired: '' } as const;

type Silence = AnswerOf<'listSilences'>['items'][number];

/** Silences, which suppress notifications of matching alerts, and forms to create and change one. */
export function Silences() {
  const { zone } = useView();
  const answer = useQuery('listSilences');
  const action = useAction();
  const [edited, setEdited] = useState<Silence | null>(null);
  const end = (id: string): void =>
    action.run(async () => {
      await call('expireSilence', { params: { id } });
      answer.reload();
      return t('Silence ended.');
    });
  return (
    <>
      {edited === null ? (
        <NewSilence reload={answer.reload} />
      ) : (
        <SilenceEditor
          key={edited.id}
          silence={edited}
          done={() => {
            setEdited(null);
            answer.reload();
          }}
        />
      )}
      <ErrorBanner result={answer} what={t('silences')} shapes={{}} />
      {answer.data !== null && (
        <Section title={t('Silences')}>
          <ActionResult action={action} />
          {answer.data.items.length === 0 ? (
            <p class="soft">{t('No silences.')}</p>
          ) : (
            <DataTable
              label={t('Silences')}
              columns={[
                { title: t('Matchers') },
                { title: t('State') },
                { title: t('Ends') },
                { title: t('Comment') },
                { title: '' },
              ]}
              rows={answer.data.items.map((one) => [
                <span class="mono">{visible(one.matchers.map(shownMatcher).join(', '))}</span>,
                <span class={`badge ${TONES[one.state]}`}>{translated(SILENCE_STATES[one.state])}</span>,
                <span class="mono">{time(one.endsAt, zone)}</span>,
                <>
                  {visible(one.comment)}
                  <span class="interval">{visible(one.createdBy)}</span>
                </>,
                one.state === 'expired' ? null : (
                  <>
                    <button type="button" disabled={action.busy} onClick={() => setEdited(one)}>
                      {t('Edit')}
                    </button>{' '}
                    <button type="button" disabled={action.busy} onClick={() => end(one.id)}>
                      {t('End silence')}
                    </button>
                  </>
                ),
              ])}
            />
          )}
        </Section>
      )}
    </>
  );
}

/** Changes a silence as it was listed: one that was changed since is not overwritten. */
function SilenceEditor({ silence, done }: { readonly silence: Silence; readonly done: () => void }) {
  const action = useAction();
  const left = String(Math.max(0.1, Math.round((Date.parse(silence.endsAt) - Date.now()) / (HOUR_MS / 10)) / 10));
  const [matchers, setMatchers] = useState(silence.matchers.map(matcherText).join('\n'));
  const [hours, setHours] = useState(left);
  const [comment, setComment] = useState(silence.comment);
  const save = (): void =>
    action.run(async () => {
      const endsAt = hours === left ? silence.endsAt : new Date(Date.now() + Number(hours) * HOUR_MS).toISOString();
      const { id, revision } = silence;
      await call('updateSilence', {
        params: { id },
        body: { matchers: matchersIn(matchers), endsAt, comment, revision },
      });
      done();
      return t('Saved.');
    });
  return (
    <Section title={t('Edit silence')}>
      <ActionForm action={action} submit={t('Save')} onSubmit={save}>
        <label class="small">
          {t('Matchers')}{' '}
          <textarea
            required
            rows={Math.min(6, silence.matchers.length + 1)}
            cols={40}
            value={matchers}
            onInput={(event) => setMatchers(event.currentTarget.value)}
          />
        </label>
        <HoursField label={t('ends in')} least="0.1" value={hours} set={setHours} />
        <label class="small">
          {t('comment')} <input value={comment} onInput={(event) => setComment(event.currentTarget.value)} />
        </label>
        <button type="button" onClick={done}>
          {t('Cancel')}
        </button>
      </ActionForm>
    </Section>
  );
}

function HoursField({
  label,
  least,
  value,
  set,
}: {
  readonly label: string;
  /** Also the step. */
  readonly least: string;
  readonly value: string;
  readonly set: (hours: string) => void;
}) {
  return (
    <label class="small">
      {label}{' '}
      <input
        type="number"
        min={least}
        step={least}
        max="8760"
        required
        size={5}
        value={value}
        onInput={(event) => set(event.currentTarget.value)}
      />{' '}
      {t('[unit] hours')}
    </label>
  );
}

function NewSilence({ reload }: { readonly reload: () => void }) {
  const action = useAction();
  const [label, setLabel] = useState('function');
  const [value, setValue] = useState('');
  const [hours, setHours] = useState('2');
  const [comment, setComment] = useState('');
  const add = (): void =>
    action.run(async () => {
      const endsAt = new Date(Date.now() + Number(hours) * HOUR_MS).toISOString();
      await call('createSilence', { body: { matchers: [{ name: label, value }], endsAt, comment } });
      reload();
      return t('Alerts with {label} = {value} silenced for {hours} h.', { label, value, hours: Number(hours) });
    });
  return (
    <Section title={t('New silence')}>
      <ActionForm action={action} submit={t('Create silence')} onSubmit={add}>
        <label class="small">
          {t('where')}{' '}
          <select translate={false} value={label} onChange={(event) => setLabel(event.currentTarget.value)}>
            {['function', 'alertname', 'severity', 'account', 'region'].map((one) => (
              <option value={one} lang="en">
                {one}
              </option>
            ))}
          </select>
        </label>
        <label class="small">
          {t('is')} <input required value={value} onInput={(event) => setValue(event.currentTarget.value)} />
        </label>
        <HoursField label={t('for')} least="1" value={hours} set={setHours} />
        <label class="small">
          {t('comment')} <input value={comment} onInput={(event) => setComment(event.currentTarget.value)} />
        </label>
      </ActionForm>
    </Section>
  );
}
