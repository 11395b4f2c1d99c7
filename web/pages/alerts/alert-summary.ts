/** What an alert says, in the language of the reader: its summary, and why it ended. */
import type { ReasonCodeView } from '../../../server/http/contract/reasons.ts';
import { visible } from '../../format.ts';
import { reasonText } from '../../i18n/reason.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, translated } from '../../i18n/translate.ts';

interface Summarised {
  readonly summary: string;
  readonly summaryCode?: ReasonCodeView | null | undefined;
}

export function summaryOf({ summary, summaryCode }: Summarised): string {
  return visible(reasonText(summary, summaryCode));
}

/** A summary without the names before it that stand elsewhere: `checkout: Errors: 12 %` is `12 %`. */
export function withoutLeads(summary: string, leads: readonly (string | undefined)[]): string {
  return leads.reduce<string>((rest, lead) => {
    const separator = [': ', '：'].find((one) => lead !== undefined && rest.startsWith(`${visible(lead)}${one}`));
    return separator === undefined ? rest : rest.slice(visible(lead ?? '').length + separator.length);
  }, summary);
}

const ENDED: Readonly<Record<string, Message>> = {
  'missing-data': message('no more data arrives'),
  'rule-deleted': message('its rule was deleted'),
  'rule-changed': message('its rule was changed'),
};

/** Why an alert ended; another reason as the API has it. */
export function endedText(reason: string): string {
  const known = ENDED[reason];
  return known === undefined ? reason : translated(known);
}
