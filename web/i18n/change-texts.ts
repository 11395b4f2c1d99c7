/** What changes are and did, from their values. In English each text is that of the API, which a test compares. */
import { comparedChange } from '../../ingest/text/compared-text.ts';
import type { ChangesAnswer } from '../../server/http/contract/changes.ts';
import type { MonthCostAnswer } from '../../server/http/contract/month-cost.ts';
import { listText } from './lists.ts';
import type { Message } from './translate.ts';
import { message, t, translated, withUnits } from './translate.ts';

export type ChangeItem = ChangesAnswer['items'][number];
type Difference = ChangeItem['differences'][number];
type Metric = Difference['metric'];

const NAMES: Readonly<Record<Metric, Message>> = {
  p95: message('[changed] p95'),
  errorRate: message('[changed] errors'),
  coldStartRate: message('[changed] cold starts'),
  initP50: message('[changed] init'),
  costPer1k: message('[changed] cost'),
  p50: message('[changed] p50'),
  p99: message('[changed] p99'),
};
const ORDER: readonly Metric[] = ['p95', 'p50', 'p99', 'errorRate', 'coldStartRate', 'initP50', 'costPer1k'];
/** Listed also when they did not change. */
const ALWAYS: ReadonlySet<Metric> = new Set(['p95', 'costPer1k']);
/** As in the verdicts. */
const SIGNIFICANT = 0.05;
/** Relative changes below this are not stated. */
const NOTHING = 0.0005;

/** What a change did, or why that is not known yet. */
export function summaryText({ differences, verdict, reason, hours, isJudged }: ChangeItem): string {
  if (!isJudged) return t('Not compared');
  if (hours !== null) return t('Not enough data yet: {compared} of {required} comparable hours', hoursOf(hours));
  if (reason !== null) return t('Not enough data yet, because nothing ran before the change');
  const parts = ORDER.flatMap((metric) => {
    const found = differences.find((one) => one.metric === metric);
    return found === undefined ? [] : partOf(found);
  });
  const isUnknown = verdict === 'insufficient-data' && parts.every(({ isKnown }) => !isKnown);
  return isUnknown
    ? t('Not enough data yet, because too few invocations ran before or after it')
    : listText(parts.map(({ text }) => text));
}

function hoursOf({ compared, required }: NonNullable<ChangeItem['hours']>) {
  return { compared: String(compared), required: String(required) };
}

/** Why a change is not judged, where its values tell; null where they do not. */
export function reasonText({ hours }: ChangeItem): string | null {
  if (hours === null) return null;
  return t(
    'Not yet: only {compared} of the {required} required hours since the change can be compared with the same hour of a day before it.',
    hoursOf(hours),
  );
}

function partOf({
  metric,
  unit,
  change,
  p,
  verdict,
}: Difference): readonly { readonly text: string; readonly isKnown: boolean }[] {
  const name = translated(NAMES[metric]);
  if (verdict === 'worse' || verdict === 'improved')
    return [{ text: t('{metric} {change}', { metric: name, change: changeText(change ?? 0, unit) }), isKnown: true }];
  if (!ALWAYS.has(metric)) return [];
  if (verdict === 'insufficient-data' || change === null)
    return [{ text: t('{metric}: not enough data', { metric: name }), isKnown: false }];
  const values = { metric: name, change: changeText(change, unit) };
  const text =
    Math.abs(change) < NOTHING
      ? t('{metric} unchanged', values)
      : (p ?? 1) > SIGNIFICANT
        ? t('{metric} unchanged ({change}, not significant)', values)
        : t('{metric} unchanged ({change}, too little to matter)', values);
  return [{ text, isKnown: true }];
}

/** `+12 %`; of ratios `−3.4 points`. */
function changeText(change: number, unit: Difference['unit']): string {
  const text = withUnits(comparedChange(change, unit));
  return unit === 'ratio' ? t('{change} points', { change: text.replace(' points', '') }) : text;
}

const KINDS: Readonly<Record<string, Message>> = {
  deploy: message('[kind of change] deploy'),
  extensions: message('[kind of change] extensions'),
  'runtime-patch': message('[kind of change] runtime patch'),
  vpc: message('[kind of change] vpc'),
  timeout: message('[kind of change] timeout'),
  layers: message('[kind of change] layers'),
  'ephemeral-storage': message('[kind of change] ephemeral storage'),
};

/** What changed, in a few words. */
export function labelText({ kinds, before, after }: ChangeItem): string {
  return listText(kinds.map((kind) => kindText(kind, before, after)));
}

type Side = ChangeItem['before'];

function kindText(kind: string, before: Side, after: Side): string {
  const of = (side: Side, name: string): string => String(side[name] ?? '?');
  if (kind === 'memory') return memoryText(of(before, 'memoryMb'), of(after, 'memoryMb'));
  if (kind === 'architecture') return `${of(before, kind)} → ${of(after, kind)}`;
  if (kind === 'version') return versionText(of(after, kind));
  const known = KINDS[kind];
  return known === undefined ? kind.replace('-', ' ') : translated(known);
}

const memoryText = (before: string, after: string): string => t('memory {before} → {after} MB', { before, after });
const versionText = (version: string): string => t('version {version}', { version });

/** A label as the API gives it, where the values are not given: `version 43, memory 1024 → 512 MB`. */
export function wordedLabel(label: string): string {
  return listText(label.split(', ').map(wordedPart));
}

function wordedPart(part: string): string {
  const [, before, after] = /^memory (\S+) → (\S+) MB$/.exec(part) ?? [];
  if (before !== undefined && after !== undefined) return memoryText(before, after);
  const [, version, commit = ''] = /^version (\S+)( \(\S+\))?$/.exec(part) ?? [];
  if (version !== undefined) return versionText(version) + commit;
  const known = KINDS[part.replace(' ', '-')];
  return known === undefined ? part : translated(known);
}

/** As the API says it where the values do not tell. */
export function forecastText({ forecastReason, forecastDays: days, costUsd }: MonthCostAnswer): string | null {
  if (forecastReason === null) return null;
  if (days !== null)
    return t('Not known, because data covers {known} whole days before today: {required} are required', {
      known: String(days.known),
      required: String(days.required),
    });
  return costUsd === null ? t('The cost of this month is not known') : forecastReason;
}
