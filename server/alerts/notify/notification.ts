/** The content of notifications, whatever their form. Pure. */
import type { Alert } from '../evaluate/alert.ts';
import type { AlertStatus } from './marks.ts';

export interface NotifiedAlert {
  readonly status: AlertStatus;
  readonly alert: Alert;
}

/** The content of one notification about a group of alerts. */
export interface Notification {
  /** JSON `[[name, value], …]` of the labels that the group is grouped by. */
  readonly groupKey: string;
  readonly receiver: string;
  /** Listed alerts; `total` also counts those left out. */
  readonly alerts: readonly NotifiedAlert[];
  readonly total: number;
  /** ISO 8601. */
  readonly timestamp: string;
  /** Base URL for links; null if not configured. */
  readonly publicUrl: string | null;
}

/** Where the buttons of a message lead; null where there is no such button. */
export interface MessageLinks {
  /** The page of the alerts. */
  readonly open: string | null;
  /** The form that silences the first alert that fires. */
  readonly silence: string | null;
  /** What the rule says to do. */
  readonly runbook: string | null;
}

/** Links of a notification. Only the runbook where the address of the product is not configured. */
export function linksOf({ alerts, publicUrl }: Notification): MessageLinks {
  const firing = alerts.find(({ status }) => status === 'firing');
  const runbook = alerts.find(({ alert }) => alert.runbookUrl !== null)?.alert.runbookUrl ?? null;
  return {
    open: publicUrl === null ? null : `${publicUrl}/alerts`,
    silence:
      publicUrl === null || firing === undefined
        ? null
        : `${publicUrl}/alerts?silence=${encodeURIComponent(firing.alert.id)}`,
    // Rules of older versions were stored before addresses were checked.
    runbook: runbook !== null && /^https?:\/\//i.test(runbook) && URL.canParse(runbook) ? new URL(runbook).href : null,
  };
}

/** The buttons in the order in which they are shown. */
export function buttonsOf(links: MessageLinks): readonly { readonly label: string; readonly url: string }[] {
  const all = [
    { label: 'Open', url: links.open },
    { label: 'Silence', url: links.silence },
    { label: 'Runbook', url: links.runbook },
  ];
  return all.flatMap(({ label, url }) => (url === null ? [] : [{ label, url }]));
}
