/** Forms of receivers as people choose them. */
import type { ReceiversAnswer } from '../../../server/http/contract/receivers.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, translated } from '../../i18n/translate.ts';

export type Receiver = ReceiversAnswer['items'][number];
export type Format = Receiver['format'];

export interface ReceiverForm {
  readonly format: Format;
  readonly label: Message;
  readonly placeholder: string;
  /** Where its address comes from. */
  readonly help: Message;
}

const MAIL_EXAMPLE = 'team@example.com';

export const RECEIVER_FORMS: readonly [ReceiverForm, ...ReceiverForm[]] = [
  {
    format: 'slack',
    label: message('Slack'),
    placeholder: 'https://hooks.slack.com/services/…',
    help: message('In Slack: an app with “Incoming Webhooks”, then “Add New Webhook to Workspace”.'),
  },
  {
    format: 'teams',
    label: message('Microsoft Teams'),
    placeholder: 'https://….logic.azure.com/workflows/…',
    help: message('In Teams: the app Workflows, “Post to a channel when a webhook request is received”.'),
  },
  {
    format: 'discord',
    label: message('Discord'),
    placeholder: 'https://discord.com/api/webhooks/…',
    help: message('In Discord: channel settings, Integrations, Webhooks.'),
  },
  {
    format: 'email',
    label: message('E-mail'),
    placeholder: MAIL_EXAMPLE,
    help: message('Addresses with commas between them.'),
  },
  {
    format: 'pagerduty',
    label: message('PagerDuty'),
    placeholder: 'https://events.pagerduty.com/v2/enqueue',
    help: message('The address of the Events API, and the integration key of a service.'),
  },
  {
    format: 'opsgenie',
    label: message('Opsgenie'),
    placeholder: 'https://api.opsgenie.com/v2/alerts',
    help: message('The address of the Alert API, of your region, and the key of an API integration.'),
  },
  {
    format: 'native',
    label: message('Webhook'),
    placeholder: 'https://example.com/hook',
    help: message('Signed JSON with evidence, as in Standard Webhooks.'),
  },
  {
    format: 'alertmanager',
    label: message('Alertmanager webhook'),
    placeholder: 'https://example.com/alertmanager',
    help: message('For what already reads webhooks of Alertmanager, version 4.'),
  },
  {
    format: 'template',
    label: message('Own template'),
    placeholder: 'https://example.com/hook',
    help: message('JSON of your own, with fields that are replaced.'),
  },
];

export function formLabel(format: Format): string {
  const form = RECEIVER_FORMS.find((one) => one.format === format);
  return form === undefined ? format : translated(form.label);
}
