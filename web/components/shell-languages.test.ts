/** The frame, empty states and shared components in the languages of the catalogues. */
import type { ComponentChild } from 'preact';
import { h } from 'preact';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { examples } from '../../server/http/contract/examples/examples.generated.ts';
import type { Answers, ShownPage } from '../../test/support/show-page.ts';
import { restore, showPage } from '../../test/support/show-page.ts';
import { untranslated } from '../../test/support/untranslated.ts';
import { catalogue as ja } from '../i18n/ja.ts';
import { catalogue as ko } from '../i18n/ko.ts';
import { loadReasonTexts } from '../i18n/reason.ts';
import { setCatalogue } from '../i18n/translate.ts';
import { WarningBadges } from './badges.tsx';
import { CommandPalette } from './command-palette.tsx';
import { DifferenceTable, differenceSentence } from './comparison.tsx';
import { FirstRecord } from './first-record.tsx';
import { InvocationTable } from './invocation-table.tsx';
import { NoDataState } from './query-states.tsx';
import { Shell } from './shell.tsx';
import { TimePicker } from './time-picker.tsx';

beforeAll(loadReasonTexts);
afterEach(restore);

const ANY = () => undefined;
const { comparePeriods, getIngestStatus, listInvocations } = examples;
const nothing = { ...getIngestStatus.answer, lastEventAt: null };

const SHOWN: readonly (readonly [name: string, view: () => ComponentChild, answers: Answers])[] = [
  ['the frame', () => h(Shell, { children: h(NoDataState, { what: '関数' }) }), {}],
  ['what waits', () => h(NoDataState, { what: '' }), { getIngestStatus: nothing }],
  ['the first run', () => h(NoDataState, { what: '' }), { getIngestStatus: { ...nothing, sources: [] } }],
  ['the first record', () => h(FirstRecord, {}), {}],
  ['the palette', () => h(CommandPalette, { close: ANY, showHelp: ANY }), {}],
  ['the time picker', () => h(TimePicker, { query: new URLSearchParams('from=now-90m'), close: ANY }), {}],
  ['invocations', () => h(InvocationTable, { rows: listInvocations.answer.items }), {}],
  ['differences', () => h(DifferenceTable, { rows: comparePeriods.answer.differences }), {}],
  ['a sentence', () => h('p', {}, differenceSentence(comparePeriods.answer.differences)), {}],
  ['warnings', () => h(WarningBadges, { warnings: ['out-of-memory', 'errors-unknown', 'starts-missing'] }), {}],
];

describe.each([
  ['ja', ja],
  ['ko', ko],
])('%s', (language, catalogue) => {
  test.each(SHOWN)('%s', async (_, view, answers) => {
    setCatalogue(language, catalogue);
    const page: ShownPage = await showPage(view(), { answers });
    expect(page.text).not.toBe('');
    expect(untranslated(page.readable, catalogue, examples)).toEqual([]);
  });
});
