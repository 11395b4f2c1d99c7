import { CircleCheck, CircleX, Clock, Minus, TriangleAlert } from 'lucide-preact';
import { useState } from 'preact/hooks';
import type { ChangesAnswer } from '../../../server/http/contract/changes.ts';
import { useQuery } from '../../api/use-query.ts';
import { DifferenceTable, tradeOff } from '../../components/comparison.tsx';
import { EmptyState, ErrorBanner, Freshness, WhenDataExists } from '../../components/query-states.tsx';
import { ReportedDeploy } from '../../components/reported-deploy.tsx';
import { time, visible } from '../../format.ts';
import { changeLabel, changeReason, changeSummary } from '../../i18n/change.ts';
import { reasonText } from '../../i18n/reason.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, rich, t, translated } from '../../i18n/translate.ts';
import { hrefTo, setSearchParams } from '../../state/location.ts';
import { useView } from '../../state/view.ts';
import { ChangedValues } from '../function/changes.tsx';

type Item = ChangesAnswer['items'][number];
type Verdict = Item['verdict'];

/** As many as an answer compares. */
const PAGE_SIZE = 50;

/** Deploys and other changes of all functions, each with what it did, in a line. */
export function Changes() {
  const view = useView();
  const cursor = view.query.get('cursor') ?? undefined;
  const order = view.query.get('order') === 'worst' ? 'worst' : 'newest';
  const answer = useQuery('listChanges', {
    query: { ...view.rangeQuery, ...view.filters, order, limit: PAGE_SIZE, cursor },
  });
  const data = answer.data;
  return (
    <>
      <div class="title">
        <h1>{t('Changes')}</h1>
        <Freshness result={answer} />
      </div>
      <ErrorBanner result={answer} what={t('changes')} shapes={{}} />
      {data !== null && data.total === 0 && (
        <WhenDataExists what={t('changes')}>
          <EmptyState title={t('No changes in this time range')}>
            <p>{t('No function got a new version, memory size, extension, runtime or configuration.')}</p>
          </EmptyState>
        </WhenDataExists>
      )}
      {data !== null && data.total > 0 && <ChangeList data={data} isFirst={cursor === undefined} order={order} />}
    </>
  );
}

function ChangeList({
  data,
  isFirst,
  order,
}: {
  readonly data: ChangesAnswer;
  readonly isFirst: boolean;
  readonly order: 'newest' | 'worst';
}) {
  const { query } = useView();
  const chosen = query.get('verdict');
  const items = chosen === null ? data.items : data.items.filter(({ verdict }) => verdict === chosen);
  return (
    <>
      <p class="verdict-line">{headline(data)}</p>
      <div class="chips">
        <nav aria-label={t('Effect')}>
          <Chip label={t('[changes] All')} n={data.items.length} isCurrent={chosen === null} verdict={null} />
          {(['worse', 'improved', 'no-evidence', 'insufficient-data'] as const).map((verdict) => (
            <Chip
              key={verdict}
              label={translated(MARKS[verdict][2])}
              n={data.verdicts[verdict]}
              isCurrent={chosen === verdict}
              verdict={verdict}
            />
          ))}
        </nav>
        <div class="grow" />
        <nav aria-label={t('Order')}>
          <button type="button" aria-pressed={order === 'newest'} onClick={() => setSearchParams({ order: null })}>
            {t('Newest first')}
          </button>
          <button type="button" aria-pressed={order === 'worst'} onClick={() => setSearchParams({ order: 'worst' })}>
            {t('Worst first')}
          </button>
        </nav>
      </div>
      <section class="panel" aria-label={t('Changes')}>
        {items.length === 0 ? (
          <p class="soft">{t('None of these changes.')}</p>
        ) : (
          <ol class="changes">
            {items.map((item) => (
              <ChangeRow key={`${item.function.id} ${item.at} ${item.source}`} item={item} />
            ))}
          </ol>
        )}
      </section>
      <p class="soft small">
        {data.notJudged > 0 &&
          `${t('{n, plural, one {# change of this page was} other {# changes of this page were}} not compared.', { n: data.notJudged })} `}
        {t(
          'The same hours of the days before and after each change are compared, no further than to the previous and the next change of the function.',
        )}
      </p>
      {(data.nextCursor !== null || !isFirst) && (
        <nav class="pages" aria-label={t('[of a list] Pages')}>
          {!isFirst && (
            <button type="button" onClick={() => setSearchParams({ cursor: null })}>
              {t('[page] Newest')}
            </button>
          )}
          {data.nextCursor !== null && (
            <button type="button" onClick={() => setSearchParams({ cursor: data.nextCursor })}>
              {t('[page] Older')}
            </button>
          )}
        </nav>
      )}
    </>
  );
}

/** What a glance should tell. */
function headline({ verdicts, items, total }: ChangesAnswer): string {
  const early = verdicts['insufficient-data'];
  const isPart = items.length < total ? 'yes' : 'no';
  const values = { shown: String(items.length), total, isPart, worse: String(verdicts.worse), early };
  if (verdicts.worse > 0)
    return t(
      '{isPart, select, yes {{shown} of {total, plural, one {# change} other {# changes}}} other {{total, plural, one {# change} other {# changes}}}}: {worse} made something worse.',
      values,
    );
  if (items.length === early)
    return t(
      '{isPart, select, yes {{shown} of {total, plural, one {# change} other {# changes}}} other {{total, plural, one {# change} other {# changes}}}}: not enough data yet to compare any of them.',
      values,
    );
  return t(
    '{isPart, select, yes {{shown} of {total, plural, one {# change} other {# changes}}} other {{total, plural, one {# change} other {# changes}}}}: none made anything worse.{early, plural, =0 {} other { # cannot be compared yet.}}',
    values,
  );
}

function Chip({
  label,
  n,
  isCurrent,
  verdict,
}: {
  readonly label: string;
  readonly n: number;
  readonly isCurrent: boolean;
  readonly verdict: Verdict | null;
}) {
  return (
    <button type="button" aria-pressed={isCurrent} onClick={() => setSearchParams({ verdict })}>
      {label} <span class="soft">{n}</span>
    </button>
  );
}

const MARKS: Readonly<Record<Verdict, readonly [Icon: typeof Clock, tone: string, word: Message]>> = {
  worse: [CircleX, 'bad', message('worse')],
  improved: [CircleCheck, 'good', message('better')],
  'no-evidence': [Minus, '', message('unchanged')],
  'insufficient-data': [Clock, '', message('not enough data')],
};

function ChangeRow({ item }: { readonly item: Item }) {
  const { zone } = useView();
  const [isOpen, setOpen] = useState(false);
  const mixed = tradeOff(item.differences);
  const [Icon, tone, verdict] = MARKS[item.verdict];
  const word = mixed ?? translated(verdict);
  const isSettled = item.verdict === 'worse' || item.verdict === 'improved';
  return (
    <li>
      <div class="row">
        <span class={`mark ${mixed === null ? tone : 'warning'}`} title={word}>
          {mixed === null ? <Icon size={18} /> : <TriangleAlert size={18} />}
          <span class="visually-hidden">{word}:</span>
        </span>
        <p class="what">
          {rich('<a>{name}</a> {label}, <at>{when}</at>: <effect>{mixed}{summary}</effect>', {
            name: item.function.name,
            label: visible(changeLabel(item)),
            when: time(item.at, zone).slice(5, 16),
            mixed: mixed === null ? '' : `${t('[changes] trade-off: {effects}', { effects: mixed })}. `,
            summary: changeSummary(item),
            a: (content) => (
              <a href={hrefTo(`/functions/${encodeURIComponent(item.function.id)}`, { tab: 'changes' })}>{content}</a>
            ),
            at: (content) => <time dateTime={item.at}>{content}</time>,
            effect: (content) => <span class={isSettled ? 'effect' : 'effect soft'}>{content}</span>,
          })}
        </p>
        <button type="button" class="plain" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? t('[verb] Less') : t('Details')}
        </button>
      </div>
      {isOpen && <ChangeDetails item={item} />}
    </li>
  );
}

function ChangeDetails({ item }: { readonly item: Item }) {
  const reason = changeReason(item);
  return (
    <div class="inner">
      {item.deploy !== null && <ReportedDeploy deploy={item.deploy} />}
      {reason !== null && <p class="soft">{reason}</p>}
      {item.n !== null && (
        <p class="soft">
          {t(
            '{before, plural, one {# invocation} other {# invocations}} before, {after, plural, one {# invocation} other {# invocations}} after',
            item.n,
          )}
        </p>
      )}
      {item.effect !== null && <p>{visible(reasonText(item.effect, item.effectCode))}</p>}
      <ChangedValues before={item.before} after={item.after} />
      {item.differences.length > 0 && <DifferenceTable rows={item.differences} />}
    </div>
  );
}
