/**
 * Texts of reports in the language that their schedule names. The English text is the key of the catalogues, as on pages; reasons have
 * the key of `web/i18n/api-texts.json`. A language is loaded when it is first used.
 */
import { englishMessage } from '../../../../ingest/text/english-message.ts';
import type { FindingWriter } from '../../../../ingest/text/finding-sentences.ts';
import { findingText } from '../../../../ingest/text/finding-sentences.ts';
import { localUnits } from '../../../../ingest/text/local-units.ts';
import { duration } from '../../../../ingest/text/quantities.ts';
import { reasonValues } from '../../../../ingest/text/reason-values.ts';
import type { FunctionFinding } from '../../../http/contract/findings.ts';
import type { ReasonCodeView } from '../../../http/contract/reasons.ts';
import type { ReportLanguage } from '../../../http/contract/reports.ts';

export type Catalogue = Readonly<Record<string, string>>;
type Values = Readonly<Record<string, string | number | null>>;
type Finding = Pick<FunctionFinding, 'code' | 'parameters' | 'sentence'>;

export interface ReportTexts {
  readonly language: ReportLanguage;
  /** A number with its unit, written in English. */
  readonly units: (text: string) => string;
  readonly t: (text: string, values?: Values) => string;
  /** `sentence`: in English, as the API has it. */
  readonly reason: (sentence: string, code: Pick<ReasonCodeView, 'code' | 'parameters'> | null | undefined) => string;
  readonly finding: (finding: Finding) => string;
}

const LOADERS: { readonly [Language in ReportLanguage]: () => Promise<Catalogue> } = {
  en: async () => ({}),
  ja: () => import('./report-ja.ts').then(({ catalogue }) => catalogue),
  ko: () => import('./report-ko.ts').then(({ catalogue }) => catalogue),
};

/** Plain data, which may go to a thread. */
export function reportCatalogue(language: ReportLanguage): Promise<Catalogue> {
  return LOADERS[language]();
}

/** As in web/i18n/translate.ts. */
const MEANING = /^\[[a-z ]+\] /;

export function textsOf(language: ReportLanguage, catalogue: Catalogue): ReportTexts {
  const units = (text: string): string => (language === 'en' ? text : localUnits(text, language));
  const written = (text: string, values: Values): string =>
    englishMessage(
      text,
      Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? units(value) : (value ?? '')]),
      ),
    );
  const translated = (text: string, values: Values = {}): string =>
    written(catalogue[text] ?? text.replace(MEANING, ''), values);
  const reason: ReportTexts['reason'] = (sentence, code) => {
    const own = code == null ? undefined : catalogue[`reason:${code.code}`];
    return own === undefined || code == null ? sentence : written(own, reasonValues(code.parameters));
  };
  const writer: FindingWriter = {
    ...{ t: translated, translated },
    duration,
    reason: (sentence, code, parameters) =>
      reason(sentence, code === null ? null : { code: code as ReasonCodeView['code'], parameters }),
  };
  return {
    language,
    units,
    t: translated,
    reason,
    finding: ({ code, parameters, sentence }) => (language === 'en' ? sentence : findingText(writer, code, parameters)),
  };
}

/** Only English is at hand without loading anything. */
export const ENGLISH = textsOf('en', {});
