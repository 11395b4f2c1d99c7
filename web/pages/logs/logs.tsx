import { useEffect, useState } from 'preact/hooks';
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import { byteSize, count, plural } from '../../../ingest/text/quantities.ts';
import type { LogLine, LogsAnswer } from '../../../server/http/contract/logs.ts';
import { PAGES } from '../../../server/http/contract/pages.ts';
import { addressOf } from '../../api/request.ts';
import { useQuery } from '../../api/use-query.ts';
import { Clamped } from '../../components/clamped.tsx';
import { KEPT_LINES } from '../../components/kept-lines.ts';
import { EmptyState, ErrorBanner, Freshness, WhenDataExists } from '../../components/query-states.tsx';
import { time, visible } from '../../format.ts';
import type { LiveLines } from '../../state/live-lines.ts';
import { useLiveLines } from '../../state/live-lines.ts';
import { hrefTo, setSearchParams } from '../../state/location.ts';
import { useView } from '../../state/view.ts';
import { LogHistogram } from './log-histogram.tsx';

/** Characters of a line shown at first. */
const SHOWN_CHARS = 2000;

/** Search of log lines; the address holds the search, the function, the page and whether new lines are followed. */
export function Logs() {
  const view = useView();
  const text = view.query.get('q') ?? '';
  const only = view.query.get('function');
  const cursor = view.query.get('cursor');
  const isFollowed = view.query.get('follow') === '1' && cursor === null;
  const search = { q: text, function: only ?? undefined };
  const answer = useQuery('searchLogs', {
    query: { ...view.rangeQuery, ...search, cursor: cursor ?? undefined, limit: 100 },
  });
  // Lines that came before the stream was open are in the stored ones.
  const live = useLiveLines(isFollowed ? addressOf('streamLogs', { query: search }) : null, answer.reload);
  const { data } = answer;
  return (
    <>
      <div class="title">
        <h1>{PAGES.logs.title}</h1>
        {only !== null && (
          <button type="button" onClick={() => setSearchParams({ function: null, cursor: null })}>
            {only.split(':').at(-1)} only ✕
          </button>
        )}
        <Freshness result={answer} />
      </div>
      <SearchForm text={text} isFollowed={isFollowed} />
      <ErrorBanner result={answer} what="the log lines" />
      <LogHistogram text={text} functionId={only} isFollowed={isFollowed} />
      {isFollowed && <LiveState live={live} />}
      {data !== null && <Lines answer={data} fresh={live.lines} isFirst={cursor === null} />}
    </>
  );
}

function SearchForm({ text, isFollowed }: { readonly text: string; readonly isFollowed: boolean }) {
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  return (
    <form
      class="panel"
      aria-label="Search"
      onSubmit={(event) => {
        event.preventDefault();
        setSearchParams({ q: typed, cursor: null });
      }}
    >
      <label for="log-query">Search</label>{' '}
      <input
        id="log-query"
        type="search"
        size={60}
        maxLength={2000}
        value={typed}
        placeholder={'timeout level:error order.id:42 -retry'}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />{' '}
      <button type="submit" class="primary">
        Search
      </button>{' '}
      <button
        type="button"
        aria-pressed={isFollowed}
        onClick={() => setSearchParams({ follow: isFollowed ? null : '1', cursor: null })}
      >
        {isFollowed ? 'Stop following' : 'Follow new lines'}
      </button>
    </form>
  );
}

const STATES = { connecting: 'connecting …', open: 'following', broken: 'connection lost, retrying …' } as const;

/** Whether new lines come, and those that wait: lines do not move while they are read. */
function LiveState({ live }: { readonly live: LiveLines }) {
  const { state, waiting, notSent, problem } = live;
  return (
    <p class="live" role="status">
      <span class={`badge ${state === 'open' ? 'good' : state === 'broken' ? 'bad' : ''}`}>{STATES[state]}</span>
      {waiting > 0 && (
        <button type="button" class="primary" onClick={live.show}>
          {count(waiting)} new ↑
        </button>
      )}
      {notSent > 0 && (
        <span class="soft small">{plural(notSent, 'line')} not listed: too many at once. All are stored.</span>
      )}
      {problem !== null && <span class="soft small">{problem}</span>}
    </p>
  );
}

interface LinesProps {
  readonly answer: LogsAnswer;
  /** Lines that came since. */
  readonly fresh: readonly LogLine[];
  readonly isFirst: boolean;
}

function Lines({ answer, fresh, isFirst }: LinesProps) {
  const { nextCursor, search } = answer;
  const items = withFresh(answer.items, fresh);
  return (
    <>
      <Notes answer={answer} />
      {items.length === 0 && search.endedAt === null ? (
        <WhenDataExists what="log lines">
          <EmptyState title="No matching lines in this time range">
            <p>Choose a longer range, or fewer conditions.</p>
          </EmptyState>
        </WhenDataExists>
      ) : (
        <section class="panel" aria-label="Lines">
          <div class="lines">
            {items.map((line) => (
              <Line line={line} />
            ))}
          </div>
        </section>
      )}
      <p>
        {!isFirst && (
          <button type="button" onClick={() => setSearchParams({ cursor: null })}>
            Newest lines
          </button>
        )}{' '}
        {nextCursor !== null && (
          <button type="button" onClick={() => setSearchParams({ cursor: nextCursor, follow: null })}>
            Older lines
          </button>
        )}
      </p>
    </>
  );
}

/** The lines of the answer and those that came since, the newest first, each once. */
function withFresh(items: readonly LogLine[], fresh: readonly LogLine[]): readonly LogLine[] {
  if (fresh.length === 0) return items;
  const stored = new Set(items.map(keyOf));
  const added = fresh.filter((line) => !stored.has(keyOf(line)));
  return [...added, ...items].toSorted((a, b) => Date.parse(b.timestamp) - Date.parse(a.timestamp));
}

function keyOf({ timestamp, function: { id }, logGroup, logStream, message }: LogLine): string {
  return JSON.stringify([timestamp, id, logGroup, logStream, message]);
}

/** What the answer does not contain, and why. */
function Notes({ answer }: { readonly answer: LogsAnswer }) {
  const { zone } = useView();
  const { search, kept } = answer;
  const notes = [
    ...(search.endedAt === null
      ? []
      : [
          `The search read ${byteSize(search.readBytes)} and ended at ${time(search.endedAt, zone)}: “Older lines” continues from there.`,
        ]),
    ...(search.rebuildingBlocks === 0
      ? []
      : [`The index of ${count(search.rebuildingBlocks)} blocks is being rebuilt: searches take longer meanwhile.`]),
    ...(search.damagedBlocks === 0
      ? []
      : [`${count(search.damagedBlocks)} blocks are damaged and were left out: restore a backup.`]),
    ...(kept.lines === 'all' ? [] : [KEPT_LINES[kept.lines]]),
    ...kept.deleted.map(
      ({ reason, until, lines }) =>
        `Lines received until ${time(until, zone)} were deleted (${count(lines)}), ${
          reason === 'age' ? 'because of their age' : 'because the budget is used up: raise THERMOCLINE_RAW_BUDGET_GB'
        }.`,
    ),
  ];
  if (notes.length === 0) return null;
  return (
    <section class="panel" aria-label="Not included">
      {notes.map((note) => (
        <p class="soft">{note}</p>
      ))}
    </section>
  );
}

function Line({ line }: { readonly line: LogLine }) {
  const { zone } = useView();
  const [isWhole, setWhole] = useState(false);
  const text = line.message.trimEnd();
  const shown = isWhole ? text : text.slice(0, SHOWN_CHARS);
  const cut = line.messageChars - line.message.length;
  return (
    <div class={line.source === 'platform' ? 'platform' : ''}>
      <span class="soft">{time(line.timestamp, zone, true)}</span>{' '}
      {line.level !== null && (
        <span class={line.level === 'error' || line.level === 'fatal' ? 'badge bad' : 'badge'}>{line.level}</span>
      )}{' '}
      <a href={hrefTo('/logs', { function: line.function.id })}>{line.function.name}</a>{' '}
      <Clamped length={shown.length}>{visible(shown)}</Clamped>
      {text.length > shown.length && (
        <button type="button" class="plain small" onClick={() => setWhole(true)}>
          … {count(text.length - shown.length)} more characters
        </button>
      )}
      {cut > 0 && <span class="soft"> … {count(cut)} more characters are not shown</span>}{' '}
      {line.requestId !== null && (
        <a class="small" href={hrefTo(`/invocations/${encodeURIComponent(line.requestId)}`)}>
          invocation
        </a>
      )}{' '}
      {line.traceId !== null && (
        <a class="small" href={hrefTo(`/traces/${encodeURIComponent(line.traceId)}`)}>
          trace
        </a>
      )}{' '}
      <a class="small" href={surroundings(line)}>
        surrounding lines
      </a>
    </div>
  );
}

/** The lines of the same stream in the minute before and after. */
function surroundings({ timestamp, logGroup, logStream, function: { id } }: LogLine): string {
  const ms = Date.parse(timestamp);
  const stream = logStream ?? '';
  return hrefTo('/logs', {
    from: new Date(ms - MINUTE_MS).toISOString(),
    to: new Date(ms + MINUTE_MS).toISOString(),
    function: id,
    q: `${condition('group', logGroup)} ${condition('stream', stream)}`,
  });
}

function condition(field: string, value: string): string {
  return `${field}:"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}
