/** Places within pages that the command palette finds by their names, in the language of the reader and in English. */
import type { Message } from '../i18n/translate.ts';
import { message, t, translated } from '../i18n/translate.ts';
import { FUNCTION_TABS } from '../state/function-tabs.ts';
import type { KnownFunction } from '../state/known-functions.ts';
import { hrefTo } from '../state/location.ts';
import type { PaletteItem } from '../state/palette-search.ts';
import { SETTINGS_SECTIONS } from '../state/settings-sections.ts';

const ALERT_TABS: readonly (readonly [tab: string, label: Message])[] = [
  ['rules', message('Rules')],
  ['receivers', message('Receivers')],
  ['routes', message('Routes')],
  ['silences', message('Silences')],
  ['deliveries', message('Deliveries')],
];

/** `of`: the function whose tabs are offered: the one whose page is open, or was last. */
export function placeItems(of: KnownFunction | null): readonly PaletteItem[] {
  const place = (label: Message, note: string, href: string): PaletteItem => ({
    ...{ key: `${note} ${label}`, group: 'Pages', label: translated(label), note, words: label, run: { href } },
  });
  return [
    ...(of === null
      ? []
      : FUNCTION_TABS.map(([tab, label]) =>
          place(label, of.name, hrefTo(`/functions/${encodeURIComponent(of.id)}`, { tab })),
        )),
    ...ALERT_TABS.map(([tab, label]) => place(label, t('Alerts'), hrefTo('/alerts', { tab }))),
    place(message('New rule'), t('Alerts'), hrefTo('/alerts', { tab: 'rules', new: '1' })),
    place(message('Setup'), t('Settings'), hrefTo('/settings')),
    ...SETTINGS_SECTIONS.map(([section, label]) => place(label, t('Settings'), hrefTo('/settings', { section }))),
  ];
}
