/** Forms of receivers as people choose them. */
import type { ReceiversAnswer } from '../../../server/http/contract/receivers.ts';

export type Receiver = ReceiversAnswer['items'][number];
export type Format = Receiver['format'];

export interface ReceiverForm {
  readonly format: Format;
  readonly label: string;
  readonly placeholder: string;
  /** Where its address comes from. */
  readonly help: string;
}

export const RECEIVER_FORMS: readonly [ReceiverForm, ...ReceiverForm[]] = [
  {
    format: 'slack',
    label: 'Slack',
    placeholder: 'https://hooks.slack.com/services/…',
    help: 'In Slack: an app with “Incoming Webhooks”, then “Add New Webhook to Workspace”.',
  },
  {
    format: 'teams',
    label: 'Microsoft Teams',
    placeholder: 'https://….logic.azure.com/workflows/…',
    help: 'In Teams: the app Workflows, “Post to a channel when a webhook request is received”.',
  },
  {
    format: 'discord',
    label: 'Discord',
    placeholder: 'https://discord.com/api/webhooks/…',
    help: 'In Discord: channel settings, Integrations, Webhooks.',
  },
  {
    format: 'pagerduty',
    label: 'PagerDuty',
    placeholder: 'https://events.pagerduty.com/v2/enqueue',
    help: 'The address of the Events API, and the integration key of a service.',
  },
  {
    format: 'native',
    label: 'Webhook',
    placeholder: 'https://example.com/hook',
    help: 'Signed JSON with evidence, as in Standard Webhooks.',
  },
  {
    format: 'alertmanager',
    label: 'Alertmanager webhook',
    placeholder: 'https://example.com/alertmanager',
    help: 'For what already reads webhooks of Alertmanager, version 4.',
  },
  {
    format: 'template',
    label: 'Own template',
    placeholder: 'https://example.com/hook',
    help: 'JSON of your own, with fields that are replaced. Set it on the Receivers tab.',
  },
];

export function formLabel(format: Format): string {
  return RECEIVER_FORMS.find((one) => one.format === format)?.label ?? format;
}
