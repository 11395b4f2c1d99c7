import { expect, test } from 'vitest';
import { escapeHtml } from './html.ts';

test('markup becomes text, and what a reader would not see is shown', () => {
  expect(escapeHtml(`<a href="x" title='y'>&amp;</a>`)).toBe(
    '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;',
  );
  expect(escapeHtml('a\u202eb\u0007')).toBe('a\ufffdb\ufffd');
});
