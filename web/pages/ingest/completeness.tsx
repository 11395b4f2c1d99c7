import { useEffect, useState } from 'preact/hooks';
import type { IngestStatusAnswer } from '../../../server/http/contract/ingest.ts';
import { call } from '../../api/client.ts';
import type { AnswerOf } from '../../api/request.ts';
import { duration, percent, time, visible } from '../../format.ts';
import { rich, t } from '../../i18n/translate.ts';
import { hrefTo } from '../../state/location.ts';
import { useView } from '../../state/view.ts';

type Coverage = AnswerOf<'runQuery'>;
type Group = Coverage['groups'][number];

/** Below this share of invocations with START and REPORT, lines are missing. */
const COMPLETE = 0.99;
const MOST_FUNCTIONS = 200;

/** Is the data complete: an answer in a sentence, and for each function and time the share of invocations with START and REPORT. */
export function Completeness({
  status,
  updatedMs,
}: {
  readonly status: IngestStatusAnswer;
  readonly updatedMs: number | null;
}) {
  const { rangeQuery } = useView();
  const { from, to } = rangeQuery;
  const [answer, setAnswer] = useState<Coverage | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    const body = {
      from,
      to,
      metric: 'coverage' as const,
      groupBy: ['function' as const],
      interval: 'auto' as const,
      orderBy: { by: 'value', direction: 'asc' as const },
      limit: MOST_FUNCTIONS,
    };
    call('runQuery', { body }).then(
      (found) => {
        if (!current) return;
        setAnswer(found);
        setError(null);
      },
      (reason: unknown) => {
        if (current) setError(reason instanceof Error ? reason.message : t('Request failed'));
      },
    );
    return () => {
      current = false;
    };
  }, [from, to, updatedMs]);
  return (
    <section class="panel" aria-label={t('Completeness')}>
      <div class="head">
        <h2>{t('Is the data complete?')}</h2>
      </div>
      {error !== null && (
        <p role="alert">
          <strong>{t('Failed to load the coverage.')}</strong> {error}
        </p>
      )}
      {answer !== null && (
        <>
          <p class="headline">{verdictOf(status, answer)}</p>
          <p class="soft small">
            {status.rejected === 0
              ? t('Every record that arrived was read.')
              : t(
                  '{rejected, plural, one {# record} other {# records}} could not be read: see the dead letters below.',
                  { rejected: status.rejected },
                )}{' '}
            {status.lagMs.n > 0 && t('Lines arrive within {time} (p99).', { time: duration(status.lagMs.p99) })}
          </p>
          {answer.groups.length > 0 && <Strips answer={answer} />}
        </>
      )}
    </section>
  );
}

function verdictOf({ coverage }: IngestStatusAnswer, { groups }: Coverage): string {
  const poor = groups.filter((group) => (group.values['value'] ?? 1) < COMPLETE);
  if (groups.length === 0) return t('No invocations in this time range.');
  if (poor.length > 0)
    return t(
      'Lines are missing: {poor, number} of {n, plural, one {# function} other {# functions}} {poor, plural, one {is} other {are}} below {limit} coverage.',
      { poor: poor.length, n: groups.length, limit: percent(COMPLETE) },
    );
  return coverage === null
    ? t('Complete: all invocations have START and REPORT.')
    : t('Complete: {share} of invocations have START and REPORT.', { share: percent(coverage) });
}

const CELL_HEIGHT = 16;

function Strips({ answer }: { readonly answer: Coverage }) {
  const { zone } = useView();
  const { range, groups, total } = answer;
  const cellRange = { ...range, bucketMs: cellMsOf(answer) };
  return (
    <>
      <div class="scroll">
        <table class="cards" aria-label={t('Coverage by function and time')}>
          <thead>
            <tr>
              <th>{t('Function')}</th>
              <th class="number">{t('Coverage')}</th>
              <th>{t('Over time')}</th>
            </tr>
          </thead>
          <tbody>
            {groups.map((group) => (
              <Row key={String(group.group['function'])} group={group} range={cellRange} />
            ))}
          </tbody>
        </table>
      </div>
      <p class="soft small">
        {rich('{from} to {to}: {complete} complete {partial} lines missing {none} no invocations', {
          from: time(range.from, zone).slice(0, 16),
          to: time(range.to, zone).slice(0, 16),
          complete: <span class="strip-key complete" />,
          partial: <span class="strip-key partial" />,
          none: <span class="strip-key none" />,
        })}
        {total > groups.length && (
          <>
            {' '}
            {t(
              '({n, plural, one {the function with the lowest coverage} other {the # functions with the lowest coverage}} of {total, number})',
              { n: groups.length, total },
            )}
          </>
        )}
      </p>
    </>
  );
}

/** Stored sums of old times are wider than the cells that the range would have: a cell is as wide as what is known. */
function cellMsOf({ groups, range }: Coverage): number {
  const times = groups.map(({ series }) => series.map(({ at }) => Date.parse(at)));
  const gaps = times.flatMap((list) => list.slice(1).map((ms, at) => ms - (list[at] ?? ms)));
  return Math.max(range.bucketMs, gaps.length === 0 ? 0 : Math.min(...gaps));
}

function Row({ group, range }: { readonly group: Group; readonly range: Coverage['range'] }) {
  const { zone } = useView();
  const id = String(group.group['function']);
  const name = visible(id.split(':').slice(2).join(':'));
  const [fromMs, toMs] = [Date.parse(range.from), Date.parse(range.to)];
  const cells = Math.max(1, Math.round((toMs - fromMs) / range.bucketMs));
  const known = new Map(
    group.series.map((point) => [Math.round((Date.parse(point.at) - fromMs) / range.bucketMs), point]),
  );
  const missing = group.series.filter(({ n, values }) => n > 0 && (values['value'] ?? 1) < COMPLETE);
  const worst =
    missing.length === 0
      ? t('complete')
      : t('lines missing in {n, plural, one {# part} other {# parts}} of the range', { n: missing.length });
  return (
    <tr>
      <td>
        <a href={hrefTo(`/functions/${encodeURIComponent(id)}`)}>{name}</a>
      </td>
      <td class="number" data-label={t('Coverage')}>
        {percent(group.values['value'] ?? null)}
      </td>
      <td class="strip-cell">
        <svg
          class="strip"
          viewBox={`0 0 ${cells} ${CELL_HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${name}: ${worst}`}
        >
          {Array.from({ length: cells }, (_, at) => {
            const point = known.get(at);
            const value = point === undefined || point.n === 0 ? null : (point.values['value'] ?? null);
            const tone = value === null ? 'none' : value < COMPLETE ? 'partial' : 'complete';
            return (
              <rect class={tone} x={at} y={0} width={0.9} height={CELL_HEIGHT}>
                <title>
                  {time(fromMs + at * range.bucketMs, zone).slice(0, 16)}:{' '}
                  {value === null
                    ? t('no invocations')
                    : t('{share} of {n, number}', { share: percent(value), n: point?.n ?? 0 })}
                </title>
              </rect>
            );
          })}
        </svg>
      </td>
    </tr>
  );
}
