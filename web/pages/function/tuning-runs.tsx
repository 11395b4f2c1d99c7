import { useState } from 'preact/hooks';
import { count, duration, mb } from '../../../ingest/text/quantities.ts';
import type { MemoryAnswer } from '../../../server/http/contract/memory.ts';
import { call } from '../../api/client.ts';
import { ActionResult } from '../../components/action-result.tsx';
import { Section } from '../../components/section.tsx';
import { time } from '../../format.ts';
import { useAction } from '../../state/action.ts';
import { useView } from '../../state/view.ts';

type Run = MemoryAnswer['tuning'][number];

/** Imported results of AWS Lambda Power Tuning: what each measured, whether it counts, and a button that deletes it. */
export function TuningRuns({ runs, changed }: { readonly runs: readonly Run[]; readonly changed: () => void }) {
  const { zone } = useView();
  const action = useAction();
  /** The result that is about to be deleted: a second click confirms it. */
  const [chosen, setChosen] = useState<string | null>(null);
  const remove = (id: string): void => {
    if (chosen !== id) {
      setChosen(id);
      return;
    }
    setChosen(null);
    action.run(async () => {
      await call('deleteTuningRun', { params: { id } });
      changed();
      return 'Power Tuning result deleted.';
    });
  };
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
                  <button type="button" disabled={action.busy} onClick={() => remove(run.id)}>
                    {chosen === run.id ? 'Delete result' : 'Delete'}
                  </button>
                  {chosen === run.id && (
                    <button type="button" onClick={() => setChosen(null)}>
                      Cancel
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
