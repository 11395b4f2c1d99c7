import { X } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { byteSize } from '../../../ingest/text/quantities.ts';
import type { LogLine, LogsAnswer } from '../../../server/http/contract/logs.ts';
import { addressOf } from '../../api/request.ts';
import { useQuery } from '../../api/use-query.ts';
import { Clamped } from '../../components/clamped.tsx';
import { KEPT_LINES } from '../../components/kept-lines.ts';
import { EmptyState, ErrorBanner, Freshness, WhenDataExists } from '../../components/query-states.tsx';
import { surroundings } from '../../components/surroundings.ts';
import { count, time, visible } from '../../format.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, t, translated } from '../../i18n/translate.ts';
import type { LiveLines } from '../../state/live-lines.ts';
import { useLiveLines } from '../../state/live-lines.ts';
import { hrefTo, setSearchParams } from '../../state/location.ts';
import { useView } from '../../state/view.ts';
import { LEVELS, levelOf, withLevel, withoutRoutine } from './level.ts';
import { LogHistogram } from './log-histogram.tsx';

/** Characters of a line shown at first. */
const SHOWN_CHARS = 2000;

/** Whether START, END and REPORT are shown: as the address says, else as it was chosen last in this browser. */
function showsPlatform(query: URLSearchParams): boolean {
  return (query.get('platform') ?? localStorage.getItem(KEPT_PLATFORM)) === '1';
}

const KEPT_PLATFORM = 'platform-lines';

/** Search of log lines; the address holds the search, the function, the page and whether new lines are followed. */
export function Logs() {
  const view = useView();
  const text = view.query.get('q') ?? '';
  const only = view.query.get('function');
  const cursor = view.query.get('cursor');
  const isFollowed = view.query.get('follow') === '1' && cursor === null;
  const isAll = showsPlatform(view.query);
  const asked = isAll ? text : withoutRoutine(text);
  const search = { ...view.filters, q: asked, function: only ?? undefined };
  const answer = useQuery('searchLogs', {
    query: { ...view.rangeQuery, ...search, cursor: cursor ?? undefined, limit: 100 },
  });
  // Lines that came before the stream was open are in the stored ones.
  const live = useLiveLines(isFollowed ? addressOf('streamLogs', { query: search }) : null, answer.reload);
  const { data } = answer;
  return (
    <>
      <div class="title">
        <h1>{t('Logs')}</h1>
        {only !== null && (
          <button
            type="button"
            class="chip"
            title={t('Show all functions')}
            onClick={() => setSearchParams({ function: null, cursor: null })}
          >
            {t('{name} only', { name: only.split(':').at(-1) ?? only })} <X size={13} />
          </button>
        )}
        <Freshness result={answer} />
      </div>
      <SearchForm text={text} isFollowed={isFollowed} isAll={isAll} invalid={answer.error?.message ?? null} />
      <ErrorBanner result={answer} what={t('the log lines')} shapes={{ panels: 2 }} />
      <LogHistogram text={asked} functionId={only} isFollowed={isFollowed} />
      {isFollowed && <LiveState live={live} />}
      {data !== null && (
        <Lines answer={data} text={text} fresh={live.lines} isFirst={cursor === null} isFollowed={isFollowed} />
      )}
    </>
  );
}

interface SearchFormProps {
  readonly text: string;
  readonly isFollowed: boolean;
  readonly isAll: boolean;
  /** Why the search failed; null if it did not. */
  readonly invalid: string | null;
}

function SearchForm({ text, isFollowed, isAll, invalid }: SearchFormProps) {
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  const search = (q: string): void => setSearchParams({ q, cursor: null });
  const isChosen = withoutRoutine(text) === text;
  return (
    <form
      class="panel log-search"
      aria-label={t('Search')}
      onSubmit={(event) => {
        event.preventDefault();
        search(typed);
      }}
    >
      <input
        id="log-query"
        type="search"
        aria-label={t('Search of log lines')}
        maxLength={2000}
        value={typed}
        placeholder={'status:timeout level:error order.id:42 -retry'}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <select
        id="log-level"
        aria-label={t('Level')}
        value={levelOf(text) ?? ''}
        onChange={(event) => search(withLevel(typed, event.currentTarget.value))}
      >
        <option value="">{t('all levels')}</option>
        {LEVELS.map(([level, label]) => (
          <option value={level}>{translated(label)}</option>
        ))}
      </select>
      <label class="small" title={t('START, END and REPORT; those that state a failure are always shown')}>
        <input
          id="log-platform"
          type="checkbox"
          checked={isAll || isChosen}
          disabled={isChosen}
          onChange={(event) => {
            const platform = event.currentTarget.checked ? '1' : '0';
            localStorage.setItem(KEPT_PLATFORM, platform);
            setSearchParams({ platform, cursor: null });
          }}
        />{' '}
        {t('platform lines')}
      </label>
      <button type="submit" class="primary">
        {t('Search')}
      </button>
      <button
        type="button"
        aria-pressed={isFollowed}
        onClick={() => setSearchParams({ follow: isFollowed ? null : '1', cursor: null })}
      >
        {isFollowed ? t('Stop following') : t('Follow new lines')}
      </button>
      {invalid !== null && <Position text={text} invalid={invalid} />}
    </form>
  );
}

/** The search with the character at which it is not valid, where the API names one. */
function Position({ text, invalid }: { readonly text: string; readonly invalid: string }) {
  const at = Number(/\(at character (\d+)\)/.exec(invalid)?.[1] ?? 0) - 1;
  if (at < 0) return null;
  return (
    <pre class="position" title={t('Not valid from the marked character on')}>
      {visible(text.slice(0, at))}
      <mark>{visible(text.slice(at, at + 1) || ' ')}</mark>
      {visible(text.slice(at + 1))}
    </pre>
  );
}

const STATES: Readonly<Record<LiveLines['state'], Message>> = {
  connecting: message('connecting …'),
  open: message('[lines] following'),
  broken: message('connection lost, retrying …'),
};

/** Whether new lines come, and those that wait: lines do not move while they are read. */
function LiveState({ live }: { readonly live: LiveLines }) {
  const { state, waiting, notSent, problem } = live;
  return (
    <p class="live" role="status">
      <span class={`badge ${state === 'open' ? 'good' : state === 'broken' ? 'bad' : ''}`}>
        {translated(STATES[state])}
      </span>
      {waiting > 0 && (
        <button type="button" class="primary" onClick={live.show}>
          {t('{n} new', { n: count(waiting) })} ↑
        </button>
      )}
      {notSent > 0 && (
        <span class="soft small">
          {t('{n, plural, one {# line} other {# lines}} not listed: too many at once. All are stored.', { n: notSent })}
        </span>
      )}
      {problem !== null && <span class="soft small">{problem}</span>}
    </p>
  );
}

interface LinesProps {
  readonly answer: LogsAnswer;
  readonly text: string;
  /** Lines that came since. */
  readonly fresh: readonly LogLine[];
  readonly isFirst: boolean;
  readonly isFollowed: boolean;
}

function Lines({ answer, text, fresh, isFirst, isFollowed }: LinesProps) {
  const { nextCursor, search } = answer;
  const items = withFresh(answer.items, fresh);
  return (
    <>
      <Notes answer={answer} />
      {items.length === 0 && search.endedAt === null ? (
        <WhenDataExists what={t('log lines')}>
          <EmptyState title={t('No matching lines in this time range')}>
            <p>
              {isFollowed
                ? t('New lines are counted above as they arrive.')
                : t('Choose a longer range, or fewer conditions.')}
            </p>
            <Failures text={text} />
          </EmptyState>
        </WhenDataExists>
      ) : (
        <section class="panel" aria-label={t('Lines')}>
          <div class="lines found-lines">
            {items.map((line) => (
              <Line line={line} />
            ))}
          </div>
        </section>
      )}
      <p>
        {!isFirst && (
          <button type="button" onClick={() => setSearchParams({ cursor: null })}>
            {t('Newest lines')}
          </button>
        )}{' '}
        {nextCursor !== null && (
          <button type="button" onClick={() => setSearchParams({ cursor: nextCursor, follow: null })}>
            {t('Older lines')}
          </button>
        )}
      </p>
    </>
  );
}

/** What failed in the range, if the search may have been for it: lines say “timed out” where people say timeout. */
function Failures({ text }: { readonly text: string }) {
  const view = useView();
  const only = view.query.get('function');
  const found = useQuery('countLogs', {
    query: { ...view.rangeQuery, ...view.filters, q: TIMED_OUT, function: only ?? undefined },
  });
  const n = (found.data?.bins ?? []).reduce((sum, bin) => sum + (bin.errors ?? 0), 0);
  if (n === 0 || text === TIMED_OUT) return null;
  return (
    <p>
      <a href={hrefTo('/logs', { q: TIMED_OUT, ...(only === null ? {} : { function: only }) })}>
        {t('{n, plural, one {# line states} other {# lines state}} a timeout in this time range', { n })}
      </a>
    </p>
  );
}

const TIMED_OUT = 'status:timeout';

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

const DELETED: Readonly<Record<LogsAnswer['kept']['deleted'][number]['reason'], Message>> = {
  age: message(
    '{n, plural, one {{lines} line received} other {{lines} lines received}} until {until} were deleted because of their age.',
  ),
  budget: message(
    '{n, plural, one {{lines} line received} other {{lines} lines received}} until {until} were deleted because the budget is used up: raise THERMOCLINE_RAW_BUDGET_GB.',
  ),
};

/** What the answer does not contain, and why. */
function Notes({ answer }: { readonly answer: LogsAnswer }) {
  const { zone } = useView();
  const { search, kept } = answer;
  const notes = [
    search.endedAt !== null &&
      t('The search read {read} and ended at {at}: “Older lines” continues from there.', {
        read: byteSize(search.readBytes),
        at: time(search.endedAt, zone),
      }),
    search.rebuildingBlocks > 0 &&
      t('The index of {n, plural, one {# block} other {# blocks}} is being rebuilt: searches take longer meanwhile.', {
        n: search.rebuildingBlocks,
      }),
    search.damagedBlocks > 0 &&
      t(
        '{n, plural, one {# block is damaged and was} other {# blocks are damaged and were}} left out: restore a backup.',
        { n: search.damagedBlocks },
      ),
    kept.lines !== 'all' && translated(KEPT_LINES[kept.lines]),
    ...kept.deleted.map(({ reason, until, lines }) =>
      translated(DELETED[reason], { n: lines, lines: count(lines), until: time(until, zone) }),
    ),
  ].filter((note) => note !== false);
  if (notes.length === 0) return null;
  return (
    <section class="panel" aria-label={t('Not included')}>
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
    <div class={line.level ?? (line.source === 'platform' ? 'platform' : '')}>
      <span class="soft">{time(line.timestamp, zone, true)}</span>{' '}
      <span class="level">{line.level !== null && <LevelBadge level={line.level} />}</span>{' '}
      <a class="of" href={hrefTo('/logs', { function: line.function.id })} title={t('Only lines of this function')}>
        {line.function.name}
      </a>{' '}
      <span>
        <Clamped length={shown.length}>{visible(shown)}</Clamped>
        {text.length > shown.length && (
          <button type="button" class="plain small" onClick={() => setWhole(true)}>
            … {t('{n} more characters', { n: count(text.length - shown.length) })}
          </button>
        )}
        {cut > 0 && <span class="soft"> … {t('{n} more characters are not shown', { n: count(cut) })}</span>}{' '}
        <span class="soft small links">
          {line.requestId !== null && (
            <a href={hrefTo(`/invocations/${encodeURIComponent(line.requestId)}`)}>{t('[link] invocation')}</a>
          )}{' '}
          {line.traceId !== null && (
            <a href={hrefTo(`/traces/${encodeURIComponent(line.traceId)}`)}>{t('[link] trace')}</a>
          )}{' '}
          <a href={surroundings(line)}>{t('surrounding lines')}</a>
        </span>
      </span>
    </div>
  );
}

const BAD_LEVELS: ReadonlySet<string> = new Set(['error', 'fatal']);

function LevelBadge({ level }: { readonly level: string }) {
  const tone = BAD_LEVELS.has(level) ? 'bad' : level === 'warn' ? 'warning' : '';
  return (
    <span class={`badge ${tone}`} lang="en">
      {level}
    </span>
  );
}
