import { useEffect, useRef, useState } from 'preact/hooks';
import { DAY_MS } from '../../../ingest/records/time.ts';
import type { Problem } from '../../../server/http/contract/problem.ts';
import { ApiError, call } from '../../api/client.ts';
import type { AnswerOf } from '../../api/request.ts';
import { Chart } from '../../charts/chart.tsx';
import { shortTime } from '../../components/time-series-panel.tsx';
import { quantity, time, visible } from '../../format.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, rich, t, translated } from '../../i18n/translate.ts';
import { useView } from '../../state/view.ts';
import { zoneOffsetMs } from '../../state/zone.ts';
import { summaryOf } from './alert-summary.ts';
import type { RuleDocument } from './signals.ts';
import { labelOf, spanText } from './signals.ts';

export type RulePreviewAnswer = AnswerOf<'previewAlertRule'>;
type Notice = RulePreviewAnswer['notices'][number];
export type FieldErrors = NonNullable<Problem['errors']>;

const DEBOUNCE_MS = 400;
const PREVIEW_DAYS = 7;
const MOST_NAMES = 12;
const MOST_FIRED = 5;
/** Alerts a day of which a draft is told. */
const MOST_A_DAY = 2;
/** The rule may have no name yet. */
const DRAFT_NAME = 'Draft';
/** Its name in a summary, which readers do not know. */
const DRAFT = new RegExp(`[:：] ?${DRAFT_NAME}([:：])`);

export interface LivePreview {
  readonly answer: RulePreviewAnswer | null;
  /** What the server refuses of the draft, by field. */
  readonly refused: FieldErrors;
  readonly failed: string | null;
  readonly loading: boolean;
}

/** Asks what the draft would do, some time after it last changed. The last answer stays until the next one. */
export function useRulePreview(draft: RuleDocument): LivePreview {
  const [state, setState] = useState<LivePreview>({ answer: null, refused: [], failed: null, loading: true });
  const rule = { ...draft, id: 'draft', name: DRAFT_NAME, receivers: [] };
  const latest = useRef(rule);
  latest.current = rule;
  const key = JSON.stringify(rule);
  useEffect(() => {
    let current = true;
    setState((old) => ({ ...old, loading: true }));
    const timer = setTimeout(() => {
      call('previewAlertRule', { body: { rule: latest.current, days: PREVIEW_DAYS } }).then(
        (answer) => {
          if (current) setState({ answer, refused: [], failed: null, loading: false });
        },
        (error: unknown) => {
          if (!current) return;
          const refused = error instanceof ApiError ? fieldsOf(error.problem.errors ?? []) : [];
          const failed = refused.length > 0 ? null : error instanceof Error ? error.message : t('Request failed');
          setState((old) => ({ answer: old.answer, refused, failed, loading: false }));
        },
      );
    }, DEBOUNCE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [key]);
  return state;
}

/** Fields as the form names them: the draft is a part of the request. */
function fieldsOf(errors: FieldErrors): FieldErrors {
  return errors.map(({ field, message }) => ({ field: field.replace(/^rule\./, ''), message }));
}

/** Which functions a draft matches, what it measured, and when it would have fired. */
export function RulePreview({ draft, preview }: { readonly draft: RuleDocument; readonly preview: LivePreview }) {
  const { answer, failed, loading, refused } = preview;
  return (
    <section class="panel preview" aria-label={t('Preview')} aria-busy={loading}>
      <div class="head">
        <h2>{t('Preview')}</h2>
        <div class="grow" />
        <span class="soft small">{t('last {days} days', { days: PREVIEW_DAYS })}</span>
      </div>
      {failed !== null && (
        <p role="alert">
          <strong>{t('The preview failed: {failed}.', { failed })}</strong>
        </p>
      )}
      {refused.length > 0 && <p class="soft">{t('The preview waits for the marked fields.')}</p>}
      {answer === null && failed === null && refused.length === 0 && (
        <p class="soft">{t('Asking the stored data …')}</p>
      )}
      {answer !== null && <Answer draft={draft} answer={answer} />}
    </section>
  );
}

function Answer({ draft, answer }: { readonly draft: RuleDocument; readonly answer: RulePreviewAnswer }) {
  const { zone } = useView();
  const [isWhole, setWhole] = useState(false);
  const { matches, fired, notices, points, unit } = answer;
  const hasPast = !notices.some(({ code }) => code === 'no-history');
  return (
    <>
      {matches !== null && (
        <p class="headline">
          {t('Matches {total, plural, one {# function} other {# functions}}', { total: matches.total })}
        </p>
      )}
      {hasPast && (
        <p role="status">
          {rich(
            'Would have fired <b>{n, plural, =0 {never} one {once} =2 {twice} other {# times}}</b> in {days} days.',
            {
              n: fired.length,
              days: PREVIEW_DAYS,
              b: (content) => <strong>{content}</strong>,
            },
          )}
        </p>
      )}
      {notices.map((notice) => (
        <p key={notice.code} class="notice">
          {noticeText(notice)}
        </p>
      ))}
      {hasPast && points.length > 0 && (
        <Chart
          kind="line"
          axis="time"
          label={t('Signal and threshold')}
          span={answer}
          yTitle={labelOf(draft)}
          formatY={(value) => quantity(value, unit)}
          formatX={(value) => shortTime(value, zone)}
          utcOffsetMs={zoneOffsetMs(Date.parse(answer.to), zone)}
          series={[
            {
              label: t('Highest of the functions'),
              colour: 'chart-1',
              points: points.map(({ at, value }) => ({ x: Date.parse(at), y: value })),
            },
            {
              label: t('Threshold'),
              colour: 'chart-bad',
              dashed: true,
              points: [answer.from, answer.to].map((at) => ({ x: Date.parse(at), y: draft.threshold })),
            },
          ]}
        />
      )}
      {matches !== null && matches.total > 0 && (
        <ul class="chips" aria-label={t('Matching functions')}>
          {matches.functions.slice(0, MOST_NAMES).map((id) => (
            <li key={id}>{visible(id.split(':').slice(2).join(':'))}</li>
          ))}
          {matches.total > MOST_NAMES && <li>{t('and {n, number} more', { n: matches.total - MOST_NAMES })}</li>}
        </ul>
      )}
      {hasPast && fired.length > MOST_A_DAY * coveredDays(answer) && <Quieter draft={draft} answer={answer} />}
      {fired.length > 0 && (
        <ul class="plain small" aria-label={t('Would have fired')}>
          {fired
            .toReversed()
            .slice(0, isWhole ? fired.length : MOST_FIRED)
            .map((one) => (
              <li>
                <span class="mono">
                  {time(one.from, zone).slice(0, 16)} –{' '}
                  {one.to === null ? t('not resolved') : time(one.to, zone).slice(11, 16)}
                </span>{' '}
                {summaryOf(one).replace(DRAFT, '$1')}
              </li>
            ))}
          {fired.length > MOST_FIRED && !isWhole && (
            <li>
              <button type="button" class="plain small" onClick={() => setWhole(true)}>
                {t('and {n, number} more before', { n: fired.length - MOST_FIRED })}
              </button>
            </li>
          )}
        </ul>
      )}
    </>
  );
}

/** How often the rule would have fired with a threshold that the signal passed in few evaluations. */
function Quieter({ draft, answer }: { readonly draft: RuleDocument; readonly answer: RulePreviewAnswer }) {
  const threshold = rarePoint(draft, answer);
  const [found, setFound] = useState<{ readonly threshold: number; readonly n: number } | null>(null);
  const rule = { ...draft, id: 'draft', name: DRAFT_NAME, receivers: [], threshold: threshold ?? draft.threshold };
  const key = JSON.stringify(rule);
  useEffect(() => {
    let current = true;
    setFound(null);
    if (threshold !== null)
      call('previewAlertRule', { body: { rule, days: PREVIEW_DAYS } }).then(
        ({ fired }) => {
          if (current) setFound({ threshold, n: fired.length });
        },
        // The preview itself says what is wrong.
        () => undefined,
      );
    return () => {
      current = false;
    };
  }, [key]);
  const perDay = Math.round(answer.fired.length / coveredDays(answer));
  return (
    <p class="notice">
      {t('About {n, number} a day: people stop reading alerts that come so often.', { n: perDay })}{' '}
      {found !== null &&
        t('With a threshold of {threshold} it would have been {n, number} in {days} days.', {
          threshold: quantity(found.threshold, answer.unit),
          n: found.n,
          days: PREVIEW_DAYS,
        })}
    </p>
  );
}

/** Days of the preview that have data, at least one. */
function coveredDays({ from, to, dataFrom }: RulePreviewAnswer): number {
  return Math.max(1, (Date.parse(to) - Math.max(Date.parse(from), Date.parse(dataFrom ?? from))) / DAY_MS);
}

/** A value, of two digits, that the signal passed in about one of a hundred evaluations; null if the draft's is one. */
function rarePoint({ comparison, threshold }: RuleDocument, { points }: RulePreviewAnswer): number | null {
  const isUpper = comparison?.startsWith('<') !== true;
  const values = points.flatMap(({ value }) => value ?? []).toSorted((a, b) => (isUpper ? b - a : a - b));
  const value = values[Math.floor(values.length / 100)];
  if (value === undefined) return null;
  const rounded = Number(value.toPrecision(2));
  return (isUpper ? rounded > threshold : rounded < threshold) ? rounded : null;
}

const NOTICES: Readonly<Record<Notice['code'], Message>> = {
  'no-history': message('What this signal measures is not kept, so there is no preview of the past.'),
  'no-function': message('No function with invocations in this time matches.'),
  'short-history': message('Data covers {covered} of {asked}: the count is that of the covered part.'),
  'coarse-steps': message(
    'Evaluated every {step} with a window of {window}: shorter episodes in between are not counted.',
  ),
};

/** `7 days`, `20 hours` and `11m` in the language of the reader. */
const spansOf = (parameters: NonNullable<Notice['parameters']>) =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, span]) => [name, spanText(span.replace(/^(\d+) ([dh]).*$/, '$1$2'))]),
  );

function noticeText({ code, text, parameters: given = {} }: Notice): string {
  const parameters = spansOf(given);
  if (code !== 'short-history' || parameters['covered'] !== undefined) return translated(NOTICES[code], parameters);
  return parameters['asked'] === undefined ? text : t('No data is stored yet: {asked} are empty.', parameters);
}
