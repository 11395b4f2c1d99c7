/** States and severities of alerts, their rules, silences and deliveries in words. */
import type { DeliveriesAnswer } from '../../../server/http/contract/deliveries.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, translated } from '../../i18n/translate.ts';
import type { Rule } from './signals.ts';

type Severity = Rule['severity'];

const SEVERITIES: Readonly<Record<Severity, Message>> = {
  critical: message('critical'),
  warning: message('warning'),
  info: message('info'),
};

export const RULE_STATES: Readonly<Record<Rule['state'], Message>> = {
  firing: message('firing'),
  pending: message('pending'),
  error: message('error'),
  inactive: message('OK'),
  disabled: message('[rule] disabled'),
};

export const ALERT_STATUSES: Readonly<Record<'firing' | 'resolved', Message>> = {
  firing: message('firing'),
  resolved: message('resolved'),
};

export const SILENCE_STATES: Readonly<Record<'active' | 'pending' | 'expired', Message>> = {
  active: message('active'),
  pending: message('[silence] pending'),
  expired: message('expired'),
};

export const DELIVERY_STATES: Readonly<Record<DeliveriesAnswer['items'][number]['state'], Message>> = {
  delivered: message('delivered'),
  pending: message('[delivery] pending'),
  refused: message('refused'),
  exhausted: message('exhausted'),
  gone: message('gone'),
  cancelled: message('cancelled'),
  superseded: message('superseded'),
};

/** The severity of an alert in words; labels of alerts may have another one. */
export function severityName(severity: string): string {
  const known = Object.hasOwn(SEVERITIES, severity) ? SEVERITIES[severity as Severity] : undefined;
  return known === undefined ? severity : translated(known);
}
