/** Sections of the page of settings, in its order: the index above it and the command palette lead to them. */
import type { Message } from '../i18n/translate.ts';
import { message } from '../i18n/translate.ts';

export const SETTINGS_SECTIONS: readonly (readonly [key: string, title: Message])[] = [
  ['storage', message('Storage')],
  ['retention', message('Data retention')],
  ['redaction', message('Redaction')],
  ['lines', message('Delete log lines')],
  ['backups', message('Backups')],
  ['functions', message('Function configuration')],
  ['prices', message('Prices')],
  ['users', message('Users')],
  ['tokens', message('Tokens')],
  ['password', message('Web password')],
  ['audit', message('Audit log')],
];
