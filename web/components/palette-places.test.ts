/** Tabs, sections and actions are found by their names in the language of the reader and in English. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalogue as ja } from '../i18n/ja.ts';
import { setCatalogue } from '../i18n/translate.ts';
import { search } from '../state/palette-search.ts';
import { placeItems } from './palette-places.ts';

beforeEach(() => vi.stubGlobal('window', { location: { pathname: '/', search: '' } }));
afterEach(() => {
  setCatalogue('en', {});
  vi.unstubAllGlobals();
});

const checkout = { id: '1:eu-west-1:checkout', name: 'checkout' };
const found = (text: string, of: typeof checkout | null = checkout) =>
  search(placeItems(of), text).map(({ label, note, run }) => [label, note, typeof run === 'function' ? '' : run.href]);

test('a tab of the function that is open', () => {
  const cold = ['Cold starts', 'checkout', '/functions/1%3Aeu-west-1%3Acheckout?tab=cold-starts'];
  expect(found('cold')).toEqual([cold]);
  expect(found('cold', null)).toEqual([]);
});

test('in Japanese, by its name in both languages', () => {
  setCatalogue('ja', ja);
  const [byEnglish] = found('cold');
  expect(byEnglish?.[0]).toBe('コールドスタート');
  expect(found('コールド')).toEqual([byEnglish]);
});

test('actions and tabs of alerts, and sections of the settings', () => {
  expect(found('new rule')).toEqual([['New rule', 'Alerts', '/alerts?tab=rules&new=1']]);
  expect(found('retention')).toEqual([['Data retention', 'Settings', '/settings?section=retention']]);
});
