import {
  ArrowRight,
  CircleDollarSign,
  CircleX,
  Clock,
  Gauge,
  Hourglass,
  MailX,
  MemoryStick,
  Snowflake,
  TriangleAlert,
} from 'lucide-preact';
import { Fragment } from 'preact';
import { useId, useState } from 'preact/hooks';
import { usd } from '../../../ingest/text/quantities.ts';
import type { FindingGroup } from '../../../server/http/contract/findings.ts';
import type { OverviewAnswer } from '../../../server/http/contract/overview.ts';
import type { RecommendationsAnswer } from '../../../server/http/contract/recommendations.ts';
import type { QueryResult } from '../../api/use-query.ts';
import { useQuery } from '../../api/use-query.ts';
import { Dated } from '../../components/dated.tsx';
import { Detail, Estimate } from '../../components/estimate.tsx';
import { count } from '../../format.ts';
import { groupSentence, nextSentence } from '../../i18n/finding.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, rich, t, translated } from '../../i18n/translate.ts';
import { hrefTo } from '../../state/location.ts';
import { daysUntilEnd } from '../../state/range.ts';
import { useView } from '../../state/view.ts';

/** What is listed before somebody asks for all of it. */
const MOST = 7;
/** Savings below this, USD a month, are named below the list: they are no reason to act. */
const LEAST_SAVING_USD = 1;
/** Functions of a group that are named. */
const NAMED = 3;

/** Recommendations of memory sizes, over 14 days up to the end of the page's range. */
export function useRecommendations(): QueryResult<RecommendationsAnswer> {
  const { query, filters } = useView();
  return useQuery('listRecommendations', { query: { ...daysUntilEnd(query, 14), ...filters } });
}

interface AttentionProps {
  readonly data: OverviewAnswer;
  readonly recommendations: QueryResult<RecommendationsAnswer>;
}

/** What hurts or costs, by kind, the most urgent first, each with its next step. */
export function Attention({ data, recommendations }: AttentionProps) {
  const [isWhole, setWhole] = useState(false);
  const noteId = useId();
  const recommended = recommendations.data?.findingGroups ?? [];
  const isSmall = ({ code, monthlySavingUsd: saving }: FindingGroup): boolean =>
    code === 'memory-saving' && saving !== null && saving.value < LEAST_SAVING_USD;
  const memory = recommended.filter((group) => !isSmall(group) && !isNamed(group, data.findingGroups));
  const groups = [...data.findingGroups, ...memory].toSorted((a, b) => b.urgency - a.urgency);
  const shown = isWhole ? groups : mostUrgent(groups);
  return (
    <section class="panel attention-panel" aria-label={t('What needs attention')}>
      <div class="head">
        <h2>{t('What needs attention')}</h2>
        <Detail id={noteId} text={recommendationsNote(recommendations.data, recommendations.error?.message ?? null)} />
      </div>
      {data.findingGroups.length === 0 && (
        <p class="soft">
          {t('No timeouts, no out-of-memory kills, no error or cold-start rate above 1 % with 95 % confidence.')}
        </p>
      )}
      <ol class="attention">
        {shown.map((group) => (
          <FindingRow key={group.code} group={group} coldStarts={data.userFeltColdStarts} />
        ))}
        {recommended.length === 0 && (
          <li class="row soft">
            <span class="mark">
              <MemoryStick size={18} />
            </span>
            <p class="sentence">{memoryState(recommendations)}</p>
          </li>
        )}
      </ol>
      {groups.length > shown.length && (
        <button type="button" class="plain" onClick={() => setWhole(true)}>
          {t('and {n} more', { n: groups.length - shown.length })}
        </button>
      )}
      <LargestCost data={data} />
      {recommended.filter(isSmall).map((group) => (
        <p key={group.code} class="soft small">
          {t('Less than {least} a month: {finding}.', {
            least: usd(LEAST_SAVING_USD),
            finding: groupSentence(group),
          })}{' '}
          <a href={tabOf(group.next.functionId, group.next.code)}>{nextSentence(group)}</a>
        </p>
      ))}
    </section>
  );
}

/** A function that most of the money goes to is worth a look, whether or not anything is recommended for it. */
function LargestCost({ data: { top, costUsd, functions } }: { readonly data: OverviewAnswer }) {
  const [first] = top.costUsd;
  if (first === undefined || costUsd === null || functions < 2 || first.value < costUsd / 2) return null;
  return (
    <p class="soft small">
      {t('{name} costs {cost} of {all}.', { name: first.name, cost: usd(first.value), all: usd(costUsd) })}{' '}
      <a href={tabOf(first.id, 'memory')}>{t('See its cost by memory size')}</a>
    </p>
  );
}

/** Whether all functions of a finding about memory are among those that ran out of it: that is one problem, not two. */
function isNamed({ code, functions }: FindingGroup, groups: readonly FindingGroup[]): boolean {
  const killed = groups.find((group) => group.code === 'out-of-memory')?.functions.worst ?? [];
  return (
    code === 'memory-too-small' &&
    functions.worst.length === functions.total &&
    functions.worst.every(({ id }) => killed.some((one) => one.id === id))
  );
}

const ICONS: Readonly<Record<FindingGroup['code'], typeof CircleX>> = {
  'out-of-memory': CircleX,
  timeouts: CircleX,
  errors: TriangleAlert,
  'cold-starts': Snowflake,
  'runtime-update-blocked': Clock,
  'runtime-deprecated': Clock,
  'runtime-ending': Clock,
  'memory-too-small': MemoryStick,
  'memory-saving': CircleDollarSign,
  throttles: Gauge,
  'provisioned-concurrency': Gauge,
  'dropped-events': MailX,
  'dead-letters': MailX,
  destinations: MailX,
  'iterator-age': Hourglass,
  'async-event-age': Hourglass,
};
const SEVERITIES: Readonly<Record<FindingGroup['severity'], Message>> = {
  high: message('[severity] high'),
  medium: message('[severity] medium'),
  low: message('[severity] low'),
};
const TONES = { high: 'bad', medium: 'warning', low: '' } as const;

/** A kind of finding in a row: a sentence, the worst functions, money, and the next step. */
export function FindingRow({
  group,
  coldStarts = null,
}: {
  readonly group: FindingGroup;
  /** All that callers waited for: a finding names functions with a certain share only. */
  readonly coldStarts?: number | null;
}) {
  const { code, severity, next, functions } = group;
  const named = functions.worst.slice(0, NAMED).map(({ id, name, affected }, at) => (
    <Fragment key={id}>
      {at > 0 && ', '}
      <a href={tabOf(id, next.code)}>{name}</a>
      {affected !== null && ` ${count(affected)}`}
    </Fragment>
  ));
  const others = code === 'cold-starts' ? (coldStarts ?? 0) - (group.affected ?? 0) : 0;
  const Icon = ICONS[code];
  const tone = code === 'cold-starts' ? 'warm' : TONES[severity];
  return (
    <li class="row">
      <span class={`mark ${tone}`}>
        <Icon size={18} />
        <span class="visually-hidden">{translated(SEVERITIES[severity])}:</span>
      </span>
      <div class="what">
        <p class="sentence">
          <Dated text={groupSentence(group)} />
        </p>
        {functions.total > 1 && (
          <p class="soft small">
            {functions.total > NAMED
              ? rich('{names} and {n} more', { names: named, n: functions.total - NAMED })
              : named}
          </p>
        )}
        {others > 0 && (
          <p class="soft small">{t('{n} more at functions where few callers waited', { n: count(others) })}</p>
        )}
      </div>
      <Money group={group} />
      <a class="next" href={tabOf(next.functionId, next.code)}>
        {nextSentence(group)}
        <ArrowRight size={14} />
      </a>
    </li>
  );
}

function Money({ group: { monthlySavingUsd: saving, wastedUsd } }: { readonly group: FindingGroup }) {
  const id = useId();
  // The sentence names the saving.
  if (saving !== null)
    return (
      <span class="money">
        <Detail
          id={id}
          text={t('95 % interval {low} to {high} a month', { low: usd(saving.low), high: usd(saving.high) })}
        />
      </span>
    );
  // Less than a cent is no reason to look: the tile of the cost has it.
  if (wastedUsd === null || wastedUsd < 0.01) return <span class="money" />;
  return (
    <span class="money">
      <Estimate
        value={t('{amount} wasted', { amount: usd(wastedUsd) })}
        detail={t('Requests and billed time of all failed attempts of these functions in the range, at list price')}
      />
    </span>
  );
}

function tabOf(functionId: string, tab: FindingGroup['next']['code']): string {
  return hrefTo(`/functions/${encodeURIComponent(functionId)}`, { tab });
}

/** In the place of findings about memory sizes, so that nothing moves when they come. */
function memoryState({ data, error }: AttentionProps['recommendations']): string {
  if (error !== null) return t('Memory sizes are not known');
  return data === null ? t('Analysing memory sizes …') : t('No other memory size is certainly cheaper');
}

/** Says which functions were analysed: no recommendation does not mean that a size is right. */
function recommendationsNote(data: RecommendationsAnswer | null, error: string | null): string {
  if (error !== null) return t('Failed to load memory recommendations: {error}.', { error });
  if (data === null) return t('Memory sizes are analysed over 14 days.');
  return t(
    'Memory sizes analysed over 14 days for the {n, plural, one {# most expensive function} other {# most expensive functions}}{undecided, plural, =0 {} other {; # of them inconclusive}}.',
    { n: data.looked, undecided: data.undecided },
  );
}

/** The last place is that of the largest saving, which nothing urgent hides. */
function mostUrgent(groups: readonly FindingGroup[]): readonly FindingGroup[] {
  const saving = groups.findIndex(({ code }) => code === 'memory-saving');
  if (saving < MOST) return groups.slice(0, MOST);
  return [...groups.slice(0, MOST - 1), ...groups.slice(saving, saving + 1)];
}
