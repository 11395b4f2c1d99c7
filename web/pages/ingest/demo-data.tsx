import { call } from '../../api/client.ts';
import { refreshAll } from '../../api/use-query.ts';
import { ActionResult } from '../../components/action-result.tsx';
import { ConfirmedButton } from '../../components/confirmed-button.tsx';
import { Section } from '../../components/section.tsx';
import { useAction } from '../../state/action.ts';

/** Says that simulated data is stored, and removes it. */
export function DemoData() {
  const action = useAction();
  const remove = (): void =>
    action.run(async () => {
      await call('deleteSimulatedFleet');
      refreshAll();
      return 'Demo data removed. Its counts of requests stay in the list of sources.';
    });
  return (
    <Section
      title="Demo data"
      aside={
        <ConfirmedButton
          label="Remove demo data"
          confirmLabel="Remove all of it"
          disabled={action.busy}
          onConfirm={remove}
        />
      }
    >
      <p class="soft">
        Functions of the account 000000000000 are simulated by “thermocline demo”. Your own functions are not touched.
      </p>
      <ActionResult action={action} />
    </Section>
  );
}
