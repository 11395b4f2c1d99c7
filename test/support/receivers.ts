import type { Receiver } from '../../server/alerts/notify/receiver.ts';

/** A receiver of webhooks in the native format, named after its id. */
export function testReceiver(id: string, change: Partial<Receiver> = {}): Receiver {
  return {
    id,
    name: id,
    url: `https://${id}.example/`,
    to: [],
    format: 'native',
    template: null,
    headers: {},
    sendResolved: true,
    disabled: null,
    ...change,
  };
}
