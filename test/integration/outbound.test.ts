/** Where webhooks of a whole product connect to: redirects are not followed, and no setting allows the cloud's own services. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { callAlerts, OUTBOUND, putReceiver } from '../support/alert-routes.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';
import type { ReceiverDouble } from '../support/receiver.ts';
import { startReceiver } from '../support/receiver.ts';

let product: TestProduct;
let receiver: ReceiverDouble;
let canary: ReceiverDouble;

beforeEach(async () => {
  [receiver, canary] = await Promise.all([startReceiver(), startReceiver()]);
  product = await startProduct({ environment: { ...OUTBOUND, THERMOCLINE_OUTBOUND_ALLOW: '0.0.0.0/0,::/0' } });
});
afterEach(async () => {
  await product.close();
  await Promise.all([receiver.close(), canary.close()]);
  removeFolder(product.folder);
});

interface Exchange {
  readonly delivered: boolean;
  readonly status: number | null;
  readonly error: string | null;
}

const sendTest = (id: string): Promise<Exchange> => callAlerts<Exchange>(product, 'POST', `receivers/${id}/test`);

test('a redirect is an answer, wherever it points', async () => {
  await putReceiver(product, 'pager', receiver.url);
  const targets = [canary.url, 'http://169.254.169.254/latest/meta-data/', 'http://168.63.129.16/machine', '//[::1]/'];
  for (const status of [301, 302, 303, 307, 308]) {
    for (const location of targets) {
      receiver.answer = (response) => response.writeHead(status, { location }).end();
      expect(await sendTest('pager')).toMatchObject({ delivered: false, status });
    }
  }
  expect(receiver.received).toHaveLength(20);
  expect(canary.received).toEqual([]);
});

test('services of the cloud are refused when an address is saved, although every network is allowed', async () => {
  for (const host of [
    '168.63.129.16',
    '0xa83f8110',
    '169.254.169.254',
    '[fd20:ce::254]',
    '[fd00:c1::a9fe:a9fe]',
    '[::ffff:168.63.129.16]',
    '[64:ff9b::a9fe:a9fe]',
    '[64:ff9b:1::a9fe:a9fe]',
    '[2a00:1450:1:2:0:5efe:a9fe:a9fe]',
    '[2002:a9fe:a9fe::1]',
  ]) {
    const response = await product.fetch('/api/v1/alerts/receivers/pager', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: 'pager', name: 'Pager', url: `http://${host}/` }),
    });
    expect([host, response.status, await response.text()]).toEqual([
      host,
      400,
      expect.stringContaining('is never allowed'),
    ]);
  }
});
