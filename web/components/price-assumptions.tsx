/** What prices assume, folded away. */
import { t } from '../i18n/translate.ts';
export function PriceAssumptions({ sentences }: { readonly sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <details class="small assumptions">
      <summary>{t('What these prices assume')}</summary>
      <ul>
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}.</li>
        ))}
      </ul>
    </details>
  );
}
