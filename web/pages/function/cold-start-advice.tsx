import { integer } from '../../../ingest/text/quantities.ts';
import type { ColdStartsAnswer } from '../../../server/http/contract/functions.ts';
import { Estimate } from '../../components/estimate.tsx';
import { Section } from '../../components/section.tsx';
import type { Message } from '../../i18n/translate.ts';
import { message, t, translated } from '../../i18n/translate.ts';
import { hrefTo } from '../../state/location.ts';
import { adviceText } from './advice-text.ts';

type Advice = NonNullable<ColdStartsAnswer['advice']>;

/** Tabs on which an advice is followed up. */
const FOLLOW_UPS: Readonly<Record<Advice['code'], readonly [tab: string, label: Message]>> = {
  'fix-failures': ['failures', message('See the failures')],
  'shorten-init-timeout': ['failures', message('See the failures')],
  'quieter-releases': ['changes', message('See the changes')],
  provisioned: ['provisioned', message('See what provisioned concurrency costs and saves')],
  'snap-start': ['provisioned', message('See what provisioned concurrency costs and saves')],
  'shorten-init': ['provisioned', message('See what provisioned concurrency costs and saves')],
};

/** What to do about the cold starts, in one sentence, or why nothing is advised. */
export function ColdStartAdvice({ data, id }: { readonly data: ColdStartsAnswer; readonly id: string }) {
  const { advice, adviceReason } = data;
  if (advice === null)
    return adviceReason === null || adviceReason.code === 'no-cold-starts' ? null : (
      <p class="soft small">{t('No advice. {reason}.', { reason: adviceText(adviceReason) })}</p>
    );
  const [tab, label] = FOLLOW_UPS[advice.code];
  return (
    <Section title={t('What to do')}>
      <p>
        <Estimate
          value={<strong>{adviceText(advice)}.</strong>}
          detail={t('From n={n} cold starts that callers waited for and whose cause is determined.', {
            n: integer(advice.parameters.n),
          })}
        />{' '}
        <a href={hrefTo(`/functions/${encodeURIComponent(id)}`, { tab })}>{translated(label)}</a>
      </p>
    </Section>
  );
}
