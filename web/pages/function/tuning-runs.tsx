import { mb } from '../../../ingest/text/quantities.ts';
import type { MemoryAnswer } from '../../../server/http/contract/memory.ts';
import { call } from '../../api/client.ts';
import { ActionResult } from '../../components/action-result.tsx';
import { ConfirmedButton } from '../../components/confirmed-button.tsx';
import { Section } from '../../components/section.tsx';
import { count, duration, time } from '../../format.ts';
import { reasonText } from '../../i18n/reason.ts';
import { t } from '../../i18n/translate.ts';
import { useAction } from '../../state/action.ts';
import { useView } from '../../state/view.ts';

type Run = MemoryAnswer['tuning'][number];

/** Imported results of AWS Lambda Power Tuning: what each measured, whether it counts, and a button that deletes it. */
export function TuningRuns({ runs, changed }: { readonly runs: readonly Run[]; readonly changed: () => void }) {
  const { zone } = useView();
  const action = useAction();
  const remove = (id: string): void =>
    action.run(async () => {
      await call('deleteTuningRun', { params: { id } });
      changed();
      return t('Power Tuning result deleted.');
    });
  if (runs.length === 0) return null;
  return (
    <Section title={t('Power Tuning results')}>
      <ActionResult action={action} />
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>{t('Ran')}</th>
              <th class="number">{t('Invocations per size')}</th>
              <th>{t('Measured, with the inits of cold starts')}</th>
              <th>{t('Use')}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.id}>
                <td class="mono">
                  {run.startedAt === null ? t('not known') : time(run.startedAt, zone)}
                  <span class="interval">{t('imported {time}', { time: time(run.importedAt, zone) })}</span>
                </td>
                <td class="number">{run.invocations === null ? t('not known') : count(run.invocations)}</td>
                <td>{run.points.map((point) => `${mb(point.memoryMb)} ${duration(point.durationMs)}`).join(' · ')}</td>
                <td>{reasonText(run.refusal, run.refusalCode) ?? t('taken into account')}</td>
                <td>
                  <ConfirmedButton
                    label={t('Delete')}
                    confirmLabel={t('Delete result')}
                    disabled={action.busy}
                    onConfirm={() => remove(run.id)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
