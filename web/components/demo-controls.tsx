/** Starts the demo, says how it is doing, stops it, and removes it again. */
import { call } from '../api/client.ts';
import type { AnswerOf } from '../api/request.ts';
import { refreshAll, useQuery } from '../api/use-query.ts';
import { ago } from '../format.ts';
import { t } from '../i18n/translate.ts';
import { useAction } from '../state/action.ts';
import { ActionResult } from './action-result.tsx';
import { ConfirmedButton } from './confirmed-button.tsx';

const POLL_MS = 5000;

export function useDemo() {
  return useQuery('getDemo', {}, { pollMs: POLL_MS });
}

/** Buttons for the state of the demo. */
export function DemoControls({
  demo: { runningSince, isStored, failure },
  reload,
}: {
  readonly demo: AnswerOf<'getDemo'>;
  readonly reload: () => void;
}) {
  const action = useAction();
  const run = (operation: 'startDemo' | 'stopDemo' | 'deleteSimulatedFleet', done: string): void =>
    action.run(async () => {
      await call(operation);
      refreshAll();
      reload();
      return done;
    });
  return (
    <>
      <p role="status" class="soft">
        {stateText(runningSince, isStored)}
      </p>
      {failure !== null && <p role="alert">{t('The demo stopped unexpectedly: {failure}', { failure })}</p>}
      <p class="buttons">
        {runningSince === null ? (
          <button
            type="button"
            class={isStored ? '' : 'primary'}
            disabled={action.busy}
            onClick={() => run('startDemo', t('Started. Its first functions appear within seconds.'))}
          >
            {isStored ? t('Load it again, with live data') : t('Load the demo')}
          </button>
        ) : (
          <button
            type="button"
            disabled={action.busy}
            onClick={() => run('stopDemo', t('Live data stopped. What is stored stays.'))}
          >
            {t('Stop live data')}
          </button>
        )}{' '}
        {(isStored || runningSince !== null) && (
          <ConfirmedButton
            label={t('Remove demo data')}
            confirmLabel={t('Remove all of it')}
            disabled={action.busy}
            onConfirm={() =>
              run('deleteSimulatedFleet', t('Demo data removed. Its counts of requests stay in the list of sources.'))
            }
          />
        )}
      </p>
      <ActionResult action={action} />
    </>
  );
}

function stateText(runningSince: string | null, isStored: boolean): string {
  if (runningSince !== null)
    return t('Moving live; started {time}.', { time: ago(Date.parse(runningSince), Date.now()) });
  return isStored ? t('Stored, without live data.') : t('Not loaded.');
}
