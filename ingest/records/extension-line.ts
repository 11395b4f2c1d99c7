/** Platform lines about extensions and their subscriptions. */

export interface ExtensionLine {
  readonly kind: 'extension';
  readonly name: string;
  readonly state: string;
  readonly events: readonly string[];
  readonly errorType: string | null;
}

export interface SubscriptionLine {
  readonly kind: 'telemetry-subscription' | 'logs-subscription';
  readonly name: string;
  readonly state: string;
  readonly types: readonly string[];
}
