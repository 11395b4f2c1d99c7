/** Tabs of the page of a function. */
import type { Message } from '../i18n/translate.ts';
import { message } from '../i18n/translate.ts';

export const FUNCTION_TABS: readonly (readonly [key: string, label: Message])[] = [
  ['overview', message('Overview')],
  ['invocations', message('Invocations')],
  ['failures', message('Failures')],
  ['cold-starts', message('Cold starts')],
  ['memory', message('Memory')],
  ['changes', message('Changes')],
  ['network', message('Network')],
  ['provisioned', message('[tab] Provisioned')],
  ['environments', message('Environments')],
  ['keep-alive', message('Keep-alive')],
  ['metrics', message('Metrics')],
  ['load-tests', message('Load tests')],
];
