/** What changed, and what it did, in the language of the reader: in English as the API says it, and else from its values. */
import type { ChangesAnswer } from '../../server/http/contract/changes.ts';
import type { MarkersAnswer } from '../../server/http/contract/markers.ts';
import type { MonthCostAnswer } from '../../server/http/contract/month-cost.ts';
import { ruleNameText } from './reason.ts';
import { shownLanguage } from './translate.ts';

type ChangeItem = ChangesAnswer['items'][number];
type MarkerItem = MarkersAnswer['items'][number];
type Texts = typeof import('./change-texts.ts');

/** Null until a language needs them. */
let texts: Texts | null = null;
const written = (): Texts | null => (shownLanguage() === 'en' ? null : texts);

/** Loads the texts of changes for a language that is not English. */
export async function loadChangeTexts(): Promise<void> {
  texts = await import('./change-texts.ts');
}

/** `version 43`. */
export function changeLabel(item: ChangeItem): string {
  return written()?.labelText(item) ?? item.label;
}

/** Why there is no verdict yet, in a sentence; null if there is one, or where the summary says it. */
export function changeReason(item: ChangeItem): string | null {
  const shown = written();
  return item.hours === null ? null : shown === null ? item.reason : shown.reasonText(item);
}

/** `p95 unchanged (+15 %, not significant), cost −8.0 %`. */
export function changeSummary(item: ChangeItem): string {
  return written()?.summaryText(item) ?? item.summary;
}

/** Why there is no forecast of the month's cost; null if there is one. */
export function forecastReason(month: MonthCostAnswer): string | null {
  return written()?.forecastText(month) ?? month.forecastReason;
}

/** The label of a marker: of changes in words, and what people named as they named it. */
export function markerLabel({ kind, deploy, label }: MarkerItem): string {
  if (kind === 'alert') return ruleNameText(label);
  const isNamed = kind === 'ingest-gap' || (deploy !== null && deploy.label !== null);
  return isNamed ? label : (written()?.wordedLabel(label) ?? label);
}
