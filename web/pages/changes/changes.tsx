import { CircleCheck, CircleX, Clock, Minus } from 'lucide-preact';
import { useState } from 'preact/hooks';
import { plural } from '../../../ingest/text/quantities.ts';
import type { ChangesAnswer } from '../../../server/http/contract/changes.ts';
import { PAGES } from '../../../server/http/contract/pages.ts';
import { useQuery } from '../../api/use-query.ts';
import { DifferenceTable } from '../../components/comparison.tsx';
import { EmptyState, ErrorBanner, Freshness, WhenDataExists } from '../../components/query-states.tsx';
import { time, visible } from '../../format.ts';
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
  const answer = useQuery('listChanges', { query: { ...view.rangeQuery, order, limit: PAGE_SIZE, cursor } });
  const data = answer.data;
  return (
    <>
      <div class="title">
        <h1>{PAGES.changes.title}</h1>
        <Freshness result={answer} />
      </div>
      <ErrorBanner result={answer} what="changes" />
      {data !== null && data.total === 0 && (
        <WhenDataExists what="changes">
          <EmptyState title="No changes in this time range">
            <p>No function got a new version, memory size, extension, runtime or configuration.</p>
          </EmptyState>
        </WhenDataExists>
      )}
      {data !== null && data.total > 0 && <ChangeList data={data} isFirst={cursor === undefined} order={order} />}
    </>
  );
}

const VERDICTS = [
  ['worse', 'Worse'],
  ['improved', 'Better'],
  ['no-evidence', 'Unchanged'],
  ['insufficient-data', 'Not enough data'],
] as const;

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
        <nav aria-label="Effect">
          <Chip label="All" n={data.items.length} isCurrent={chosen === null} verdict={null} />
          {VERDICTS.map(([verdict, label]) => (
            <Chip label={label} n={data.verdicts[verdict]} isCurrent={chosen === verdict} verdict={verdict} />
          ))}
        </nav>
        <div class="grow" />
        <nav aria-label="Order">
          <button type="button" aria-pressed={order === 'newest'} onClick={() => setSearchParams({ order: null })}>
            Newest first
          </button>
          <button type="button" aria-pressed={order === 'worst'} onClick={() => setSearchParams({ order: 'worst' })}>
            Worst first
          </button>
        </nav>
      </div>
      <section class="panel" aria-label="Changes">
        {items.length === 0 ? (
          <p class="soft">None of these changes.</p>
        ) : (
          <ol class="changes">
            {items.map((item) => (
              <ChangeRow key={`${item.function.id} ${item.at} ${item.source}`} item={item} />
            ))}
          </ol>
        )}
      </section>
      <p class="soft small">
        {data.notJudged > 0 && `${plural(data.notJudged, 'change')} of this page were not compared. `}
        The same hours of the days before and after each change are compared, up to the function's changes beside it.
      </p>
      {(data.nextCursor !== null || !isFirst) && (
        <nav class="pages" aria-label="Pages">
          {!isFirst && (
            <button type="button" onClick={() => setSearchParams({ cursor: null })}>
              Newest
            </button>
          )}
          {data.nextCursor !== null && (
            <button type="button" onClick={() => setSearchParams({ cursor: data.nextCursor })}>
              Older
            </button>
          )}
        </nav>
      )}
    </>
  );
}

/** What a glance should tell. */
function headline({ verdicts, items, total }: ChangesAnswer): string {
  const of = items.length < total ? `${items.length} of ${plural(total, 'change')}` : plural(total, 'change');
  const compared = items.length - verdicts['insufficient-data'];
  if (verdicts.worse > 0) return `${of}: ${verdicts.worse} made something worse.`;
  if (compared === 0) return `${of}: not enough data yet to compare any of them.`;
  const early = verdicts['insufficient-data'] > 0 ? ` ${verdicts['insufficient-data']} cannot be compared yet.` : '';
  return `${of}: none made anything worse.${early}`;
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

const MARKS = {
  worse: [CircleX, 'bad', 'worse'],
  improved: [CircleCheck, 'good', 'better'],
  'no-evidence': [Minus, '', 'unchanged'],
  'insufficient-data': [Clock, '', 'not enough data'],
} as const;

function ChangeRow({ item }: { readonly item: Item }) {
  const { zone } = useView();
  const [isOpen, setOpen] = useState(false);
  const [Icon, tone, word] = MARKS[item.verdict];
  const isSettled = item.verdict === 'worse' || item.verdict === 'improved';
  return (
    <li>
      <div class="row">
        <span class={`mark ${tone}`} title={word}>
          <Icon size={18} />
          <span class="visually-hidden">{word}:</span>
        </span>
        <p class="what">
          <a href={hrefTo(`/functions/${encodeURIComponent(item.function.id)}`, { tab: 'changes' })}>
            {item.function.name}
          </a>{' '}
          {visible(item.label)}, <time dateTime={item.at}>{time(item.at, zone).slice(5, 16)}</time>:{' '}
          <span class={isSettled ? 'effect' : 'effect soft'}>{item.summary}</span>
        </p>
        <button type="button" class="plain" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Less' : 'Details'}
        </button>
      </div>
      {isOpen && <ChangeDetails item={item} />}
    </li>
  );
}

function ChangeDetails({ item }: { readonly item: Item }) {
  return (
    <div class="inner">
      {item.n !== null && (
        <p class="soft">
          {plural(item.n.before, 'invocation')} before, {plural(item.n.after, 'invocation')} after
        </p>
      )}
      {item.effect !== null && <p>{visible(item.effect)}</p>}
      <ChangedValues before={item.before} after={item.after} />
      {item.differences.length > 0 && <DifferenceTable rows={item.differences} />}
    </div>
  );
}
