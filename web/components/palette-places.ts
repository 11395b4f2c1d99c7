/** Places within pages that the command palette finds by their names, in the language of the reader and in English. */
import type { Message } from '../i18n/translate.ts';
import { message, t, translated } from '../i18n/translate.ts';
import { FUNCTION_TABS } from '../state/function-tabs.ts';
import type { KnownFunction } from '../state/known-functions.ts';
import { hrefTo } from '../state/location.ts';
import type { PaletteItem } from '../state/palette-search.ts';

const ALERT_TABS: readonly (readonly [tab: string, label: Message])[] = [
  ['rules', message('Rules')],
  ['receivers', message('Receivers')],
  ['routes', message('Routes')],
  ['silences', message('Silences')],
  ['deliveries', message('Deliveries')],
];

const SETTINGS: readonly Message[] = [
  message('Setup'),
  message('Data retention'),
  message('Storage'),
  message('Backups'),
  message('Prices'),
  message('Redaction'),
  message('Delete log lines'),
  message('Function configuration'),
  message('Audit log'),
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
    ...SETTINGS.map((label) => place(label, t('Settings'), hrefTo('/settings'))),
  ];
}
