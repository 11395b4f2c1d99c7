/** Examples of the operations in ../receivers.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { receiverRoutes } from '../receivers.ts';
import type { ExamplesOf } from '../route.ts';

export const receiverExamples: ExamplesOf<typeof receiverRoutes> = {
  listReceivers: {
    answer: {
      items: [
        {
          id: 'team-pager',
          name: 'Team pager',
          url: 'https://hooks.example.com/thermocline',
          to: [],
          format: 'native',
          template: null,
          sendResolved: true,
          headers: [],
          enabled: true,
          disabled: null,
          revision: 'xYzB7n0Q2kVfRw3A',
          managed: null,
        },
      ],
      nextCursor: null,
      canSendMail: true,
    },
  },
  saveReceiver: {
    params: { id: 'team-pager' },
    body: {
      id: 'team-pager',
      name: 'Team pager',
      url: 'https://hooks.example.com/thermocline',
      format: 'native',
      sendResolved: true,
    },
    answer: {
      id: 'team-pager',
      name: 'Team pager',
      url: 'https://hooks.example.com/thermocline',
      to: [],
      format: 'native',
      template: null,
      sendResolved: true,
      headers: [],
      enabled: true,
      disabled: null,
      revision: 'xYzB7n0Q2kVfRw3A',
      managed: null,
      secret: 'whsec_EXAMPLE',
    },
  },
  deleteReceiver: { params: { id: 'team-pager' }, answer: {} },
  rotateReceiverSecret: {
    params: { id: 'team-pager' },
    answer: {
      id: 'team-pager',
      name: 'Team pager',
      url: 'https://hooks.example.com/thermocline',
      to: [],
      format: 'native',
      template: null,
      sendResolved: true,
      headers: [],
      enabled: true,
      disabled: null,
      revision: 'xYzB7n0Q2kVfRw3A',
      managed: null,
      secret: 'whsec_EXAMPLE',
    },
  },
  testReceiver: {
    params: { id: 'team-pager' },
    answer: {
      requestHeaders: {
        'content-type': 'application/json',
        'user-agent': 'thermocline',
        'webhook-id': 'msg_b9ffd922e388dabc80146406',
        'webhook-timestamp': '1795852621',
        'webhook-signature': 'v1,EXAMPLE v1,EXAMPLE',
      },
      status: null,
      error: 'the host name could not be resolved',
      answer: null,
      tookMs: 559,
      delivered: false,
      body: '{"type":"webhook.test","timestamp":"2026-11-28T07:57:01.250Z","data":{"schema":1,"status":"firing","id":"al_test","sequence":1,"fingerprint":"f7af9d30f6fd76b...',
    },
  },
  previewNotification: {
    body: { format: 'template', template: '{"text": "{{summary}}"}' },
    answer: {
      type: 'alert.firing',
      body: '{"text": "This is a test, no action is needed. checkout: 7.1 % (95 % CI 5.9 %–8.5 %, n = 2,310), threshold > 3 %"}',
      problem: null,
    },
  },
};
