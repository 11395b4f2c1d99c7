import { DemoControls, useDemo } from '../../components/demo-controls.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { t } from '../../i18n/translate.ts';

/** Says whether simulated data is stored, moves it live, and removes it. */
export function DemoData() {
  const demo = useDemo();
  return (
    <Section title={t('Demo data')}>
      <p class="soft">
        {t('Functions of the account 000000000000 are simulated. Your own functions are not touched.')}
      </p>
      <ErrorBanner result={demo} what={t('the state of the demo')} />
      {demo.data !== null && <DemoControls demo={demo.data} reload={demo.reload} />}
    </Section>
  );
}
