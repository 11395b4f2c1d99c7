/** The delivery of a flushed group to its receiver. */
import type { NewDelivery } from '../../storage/questions/alerts/types.ts';
import { bodyOf } from './bodies.ts';
import type { FlushedGroup, OpenGroup } from './dispatch.ts';
import type { KnownReceiver } from './receiver.ts';

interface Sender {
  readonly publicUrl: string | null;
  readonly randomHex: (digits: number) => string;
  readonly nowMs: number;
}

/** Returns the delivery with its body; it is stored before it is sent. */
export function newDelivery(
  { id: groupId, groupKey }: OpenGroup,
  { receiver, secrets }: KnownReceiver,
  { alerts, total }: FlushedGroup,
  { publicUrl, randomHex, nowMs }: Sender,
): NewDelivery {
  const timestamp = new Date(nowMs).toISOString();
  const notification = { groupKey, receiver: receiver.name, alerts, total, timestamp, publicUrl };
  const { template, url } = receiver;
  const { routingKey } = secrets;
  const { type, body } = bodyOf(receiver.format, notification, { template, routingKey, url });
  return { id: `msg_${randomHex(24)}`, receiverId: receiver.id, groupId, type, body, createdMs: nowMs };
}
