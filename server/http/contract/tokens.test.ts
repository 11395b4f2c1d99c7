import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../../test/support/law.ts';
import { isEntry } from '../../storage/restriction.ts';
import { restriction as schema } from './tokens.ts';

test('the API takes exactly the entries that are ones', () => {
  const entry = fc.oneof(
    fc.stringMatching(/^(?:account|region|function|tag|Function)?:?[\w.*?$ '[-]{0,9}$/),
    fc.stringMatching(/^tag:[\w =\u{a0}\n\u{200b}:;/*?-]{0,9}$/u),
    fc.constantFrom(`function:${'x'.repeat(191)}`, `function:${'x'.repeat(192)}`, 'function:a\n', 'function:ü'),
  );
  law(
    fc.property(entry, (text) => {
      expect(schema.safeParse([text]).success).toBe(isEntry(text));
    }),
  );
});
