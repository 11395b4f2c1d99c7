/** Redacts secrets in shown notification bodies. */

/** Replaces the routing key in a notification body. */
export function hideRoutingKey(body: string, routingKey: string | null): string {
  return routingKey === null ? body : body.replaceAll(routingKey, '(hidden)');
}
