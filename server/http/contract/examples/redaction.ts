/** Examples of the operations in ../redaction.ts. */

import type { redactionRoutes } from '../redaction.ts';
import type { ExamplesOf } from '../route.ts';

export const redactionExamples: ExamplesOf<typeof redactionRoutes> = {
  getRedaction: {
    answer: {
      patterns: [
        { name: 'email', finds: 'e-mail addresses', isOn: true },
        { name: 'phone', finds: 'telephone numbers that begin with +', isOn: false },
      ],
      keys: ['password'],
      expressions: [{ name: 'order', expression: 'ORD-[0-9]+' }],
      replaced: [
        { rule: 'email', n: 1204 },
        { rule: 'key:password', n: 17 },
      ],
    },
  },
  testRedaction: {
    body: { text: 'order ORD-17 of ada@example.com' },
    answer: {
      stored: 'order [redacted:order] of [redacted:email]',
      findings: [
        { rule: 'order', start: 6, end: 12 },
        { rule: 'email', start: 16, end: 31 },
      ],
      source: 'function',
      hasRules: true,
    },
  },
};
