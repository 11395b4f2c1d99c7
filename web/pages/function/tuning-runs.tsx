import { count, duration, mb } from '../../../ingest/text/quantities.ts';
import type { MemoryAnswer } from '../../../server/http/contract/memory.ts';
import { call } from '../../api/client.ts';
import { ActionResult } from '../../components/action-result.tsx';
import { ConfirmedButton } from '../../components/confirmed-button.tsx';
import { Section } from '../../components/section.tsx';
import { time } from '../../format.ts';
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
      return 'Power Tuning result deleted.';
    });
  if (runs.length === 0) return null;
  return (
    <Section title="Power Tuning results">
      <ActionResult action={action} />
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>Ran</th>
              <th class="number">Invocations per size</th>
              <th>Measured, with the inits of cold starts</th>
              <th>Use</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.id}>
                <td class="mono">
                  {run.startedAt === null ? 'not known' : time(run.startedAt, zone)}
                  <span class="interval">imported {time(run.importedAt, zone)}</span>
                </td>
                <td class="number">{run.invocations === null ? 'not known' : count(run.invocations)}</td>
                <td>{run.points.map((point) => `${mb(point.memoryMb)} ${duration(point.durationMs)}`).join(' · ')}</td>
                <td>{run.refusal ?? 'taken into account'}</td>
                <td>
                  <ConfirmedButton
                    label="Delete"
                    confirmLabel="Delete result"
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
