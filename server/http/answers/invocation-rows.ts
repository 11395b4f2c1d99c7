/**
 * Writes a page of exported invocations as text. Cells that rows share are written once: those of an environment, and those of
 * all warm successes.
 */
import { iso } from '../../../ingest/records/time.ts';
import { costOf } from '../../analytics/cost/cost.ts';
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { factorsAt } from '../../analytics/cost/terms.ts';
import type { InvocationColumns, InvocationDetails, InvocationPlace, Tags } from '../../storage/ports.ts';
import { WARM_SUCCESS } from '../../storage/questions/invocations/columns.ts';
import type { Cell } from '../contract/csv.ts';
import { csvCell } from '../contract/csv.ts';
import { csvHead, NO_TAGS, ndjsonCell, tagsText } from '../presentation/export-text.ts';
import { streamReasonOf } from '../presentation/present.ts';

/** How each column of a place, and of details, is read. */
const PLACE = {
  version: (place) => place.version,
  logGroup: (place) => place.logGroup,
  logStream: (place) => place.logStream,
  logStreamReason: (place) => streamReasonOf(place),
  memorySizeMb: (place) => place.memorySizeMb,
  tenantId: (place) => place.tenantId,
  function: (place) => place.functionName,
  account: (place) => place.account,
  region: (place) => place.region,
} satisfies Record<string, (place: InvocationPlace) => Cell>;

const DETAILS = {
  attempt: (details) => details.attempt,
  initDurationMs: (details) => details.initDurationMs,
  restoreDurationMs: (details) => details.restoreDurationMs,
  hiddenInitDurationMs: (details) => details.hiddenInitDurationMs,
  status: (details) => details.status,
  errorType: (details) => details.errorType,
  errorMessage: (details) => details.errorMessage,
  errorStack: (details) => details.errorStack.join('\n'),
  coldStart: ({ coldStart }) => coldStart?.kind ?? null,
  userFelt: ({ coldStart }) => coldStart?.userFelt ?? null,
  cause: ({ coldStart }) => coldStart?.cause ?? null,
  evidence: ({ coldStart }) => coldStart?.evidence ?? null,
} satisfies Record<string, (details: InvocationDetails) => Cell>;

/** The columns whose cells are written for each row. */
const OWN = [
  'requestId',
  'startedAt',
  'endedAt',
  'durationMs',
  'billedDurationMs',
  'maxMemoryUsedMb',
  'traceId',
  'costUsd',
] as const;

type OwnColumn = (typeof OWN)[number];
type Column = OwnColumn | keyof typeof PLACE | keyof typeof DETAILS | 'tags';

const CSV_COLUMNS = [
  'endedAt',
  'startedAt',
  'function',
  'account',
  'region',
  'version',
  'requestId',
  'attempt',
  'status',
  'errorType',
  'errorMessage',
  'errorStack',
  'durationMs',
  'billedDurationMs',
  'memorySizeMb',
  'maxMemoryUsedMb',
  'initDurationMs',
  'restoreDurationMs',
  'hiddenInitDurationMs',
  'coldStart',
  'userFelt',
  'cause',
  'evidence',
  'traceId',
  'tenantId',
  'costUsd',
  'logGroup',
  'logStream',
  'tags',
] as const satisfies readonly Column[];

const NDJSON_COLUMNS = [
  'requestId',
  'attempt',
  'version',
  'logGroup',
  'logStream',
  'logStreamReason',
  'startedAt',
  'endedAt',
  'durationMs',
  'billedDurationMs',
  'memorySizeMb',
  'maxMemoryUsedMb',
  'initDurationMs',
  'restoreDurationMs',
  'hiddenInitDurationMs',
  'status',
  'errorType',
  'errorMessage',
  'traceId',
  'tenantId',
  'costUsd',
  'function',
  'errorStack',
  'account',
  'region',
  'coldStart',
  'userFelt',
  'cause',
  'evidence',
  'tags',
] as const satisfies readonly Column[];

/** Neighbouring columns with one source: their cells are one text. */
type Segment =
  | { readonly of: 'row'; readonly before: string; readonly column: OwnColumn }
  | { readonly of: 'place'; readonly textOf: (place: InvocationPlace, tags: Tags) => string }
  | { readonly of: 'details'; readonly textOf: (details: InvocationDetails) => string };

interface RowForm {
  readonly head: string;
  readonly segments: readonly Segment[];
  readonly cell: (value: Cell) => string;
  readonly end: string;
}

const CSV = formOf(CSV_COLUMNS, csvCell, (_, at) => (at === 0 ? '' : ','), {
  head: csvHead(CSV_COLUMNS),
  end: '\r\n',
  tagsCell: (tags) => csvCell(tagsText(tags)),
});
const NDJSON = formOf(NDJSON_COLUMNS, ndjsonCell, (name, at) => `${at === 0 ? '{' : ','}"${name}":`, {
  head: '',
  end: '}\n',
  tagsCell: (tags) => JSON.stringify(tags),
});

function formOf(
  columns: readonly Column[],
  cell: RowForm['cell'],
  before: (name: Column, at: number) => string,
  rest: Pick<RowForm, 'head' | 'end'> & { readonly tagsCell: (tags: Tags) => string },
): RowForm {
  const segments: Segment[] = [];
  columns.forEach((name, at) => {
    const prefix = before(name, at);
    const last = segments.at(-1);
    if (name === 'tags' || name in PLACE) {
      const read: (place: InvocationPlace) => Cell = PLACE[name as keyof typeof PLACE];
      const textOf = (place: InvocationPlace, tags: Tags) =>
        prefix + (name === 'tags' ? rest.tagsCell(tags) : cell(read(place)));
      if (last?.of !== 'place') segments.push({ of: 'place', textOf });
      else
        segments.splice(-1, 1, {
          of: 'place',
          textOf: (place, tags) => last.textOf(place, tags) + textOf(place, tags),
        });
    } else if (name in DETAILS) {
      const read: (details: InvocationDetails) => Cell = DETAILS[name as keyof typeof DETAILS];
      const textOf = (details: InvocationDetails) => prefix + cell(read(details));
      if (last?.of !== 'details') segments.push({ of: 'details', textOf });
      else segments.splice(-1, 1, { of: 'details', textOf: (details) => last.textOf(details) + textOf(details) });
    } else segments.push({ of: 'row', before: prefix, column: name as OwnColumn });
  });
  return { ...rest, segments, cell };
}

export function invocationRows(
  page: InvocationColumns,
  { csv, isFirst }: { readonly csv: boolean; readonly isFirst: boolean },
  terms: PriceTerms,
  /** Of functions that have any, by account:region:name. */
  tags: ReadonlyMap<string, Tags>,
): string {
  const form = csv ? CSV : NDJSON;
  const { segments, cell, end } = form;
  const placeTexts = page.places.map((place) => {
    const own = tags.get(`${place.account}:${place.region}:${place.functionName}`) ?? NO_TAGS;
    return segments.map((segment) => (segment.of === 'place' ? segment.textOf(place, own) : ''));
  });
  const textsOf = (details: InvocationDetails) =>
    segments.map((segment) => (segment.of === 'details' ? segment.textOf(details) : ''));
  const usual = textsOf(WARM_SUCCESS);
  const own = ownCells(page, terms);
  let text = isFirst ? form.head : '';
  for (let at = 0; at < page.requestIds.length; at += 1) {
    const place = placeTexts[page.placeOf[at] ?? 0] ?? [];
    const details = page.details.get(at);
    const detailTexts = details === undefined ? usual : textsOf(details);
    for (let index = 0; index < segments.length; index += 1) {
      const segment = segments[index];
      if (segment?.of === 'row') text += segment.before + cell(own[segment.column](at));
      else text += segment?.of === 'place' ? place[index] : detailTexts[index];
    }
    text += end;
  }
  return text;
}

function ownCells(page: InvocationColumns, terms: PriceTerms): Record<OwnColumn, (at: number) => Cell> {
  const number = (column: Float64Array) => (at: number) => known(column[at]);
  const time = (column: Float64Array) => (at: number) => {
    const ms = known(column[at]);
    return ms === null ? null : iso(ms);
  };
  const always = terms.plans.length === 0 ? factorsAt(terms, 0) : null;
  return {
    requestId: (at) => page.requestIds[at] ?? '',
    startedAt: time(page.startMs),
    endedAt: time(page.endMs),
    durationMs: number(page.durationMs),
    billedDurationMs: number(page.billedDurationMs),
    maxMemoryUsedMb: number(page.maxMemoryUsedMb),
    traceId: (at) => page.traceIds[at] ?? null,
    costUsd: (at) => {
      const billedMs = known(page.billedDurationMs[at]);
      const place = page.places[page.placeOf[at] ?? 0];
      if (billedMs === null || place === undefined) return null;
      const { region, memorySizeMb: memoryMb, architecture } = place;
      const usage = { region, memoryMb, architecture, invocations: 1, billedMs };
      return costOf(usage, always ?? factorsAt(terms, page.endMs[at] ?? 0))?.usd ?? null;
    },
  };
}

/** Null for NaN. */
function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
