import { DAY_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import { count, integer, percent } from '../../../ingest/text/quantities.ts';
import type { ColdStartsAnswer } from '../../../server/http/contract/functions.ts';
import { useQuery } from '../../api/use-query.ts';
import { Estimate } from '../../components/estimate.tsx';
import { Section } from '../../components/section.tsx';
import { duration } from '../../format.ts';
import { codeText } from '../../i18n/server-texts.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, t, translated } from '../../i18n/translate.ts';
import { hrefTo } from '../../state/location.ts';
import { daysUntilEnd } from '../../state/range.ts';
import { useView } from '../../state/view.ts';
import { adviceText } from './advice-text.ts';
import { costSentence } from './provisioned.tsx';

type Advice = NonNullable<ColdStartsAnswer['advice']>;
type Cause = ColdStartsAnswer['byCause'][number]['cause'];

/** Tabs on which an advice is followed up. */
const FOLLOW_UPS: { readonly [Code in Advice['code']]?: readonly [tab: string, label: Message] } = {
  'fix-failures': ['failures', message('See the failures')],
  'shorten-init-timeout': ['failures', message('See the failures')],
  'quieter-releases': ['changes', message('See the changes')],
  provisioned: ['provisioned', message('See what provisioned concurrency costs and saves')],
};

interface AdviceProps {
  readonly data: ColdStartsAnswer;
  readonly id: string;
  readonly explanations: Readonly<Record<Cause, Message>>;
}

/** The leading cause of the cold starts, and what to do about them; or why nothing is advised. */
export function ColdStartAdvice({ data, id, explanations }: AdviceProps) {
  const { advice, adviceReason, byCause } = data;
  if (advice === null)
    return adviceReason === null || adviceReason.code === 'no-cold-starts' ? null : (
      <p class="soft small">{t('No advice. {reason}.', { reason: adviceText(adviceReason) })}</p>
    );
  const [leading] = byCause.toSorted((a, b) => b.n - a.n);
  const followUp = FOLLOW_UPS[advice.code];
  return (
    <Section title={t('What to do')}>
      {leading !== undefined && (
        <p>
          {t('{share} of the cold starts: {cause} ({explanation}).', {
            share: percent(leading.share),
            cause: codeText(leading.cause),
            explanation: translated(explanations[leading.cause]),
          })}
        </p>
      )}
      <p>
        <Estimate
          value={<strong>{adviceText(advice)}.</strong>}
          detail={t('From n={n} cold starts that callers waited for and whose cause is determined.', {
            n: integer(advice.parameters.n),
          })}
        />{' '}
        {followUp !== undefined && <a href={tabOf(id, followUp[0])}>{translated(followUp[1])}</a>}
      </p>
      {followUp === undefined && <OtherWays id={id} isIdle={leading?.cause === 'idle-expiry'} />}
    </Section>
  );
}

function tabOf(id: string, tab: string): string {
  return hrefTo(`/functions/${encodeURIComponent(id)}`, { tab });
}

const MONTH_MS = 30 * DAY_MS;

/** What else keeps callers from waiting, each with its effect and cost; provisioned concurrency is offered where it pays. */
function OtherWays({ id, isIdle }: { readonly id: string; readonly isIdle: boolean }) {
  const { query, rangeQuery } = useView();
  const provisioned = useQuery('getFunctionProvisionedConcurrency', { params: { id }, query: rangeQuery }).data;
  const lifeMs =
    useQuery('getFunctionKeepAlive', isIdle ? { params: { id }, query: daysUntilEnd(query, 7) } : null).data?.p10Ms ??
    0;
  const everyMs = Math.floor(lifeMs / MINUTE_MS) * MINUTE_MS;
  return (
    <ul class="reasons">
      {everyMs > 0 && (
        <li>
          {t(
            'A scheduled invocation every {every} keeps one environment warm, because 90 % of the idle ones live for {life}: {n} more invocations a month.',
            { every: duration(everyMs), life: duration(lifeMs), n: count(MONTH_MS / everyMs) },
          )}
        </li>
      )}
      {provisioned !== null && (
        <li>
          {costSentence(provisioned)}{' '}
          {(provisioned.breakEvenKept ?? 0) > 0 && (
            <a href={tabOf(id, 'provisioned')}>{t('See what provisioned concurrency costs and saves')}</a>
          )}
        </li>
      )}
    </ul>
  );
}
