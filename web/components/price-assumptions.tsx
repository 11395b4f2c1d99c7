/** What prices assume, folded away. */

import type { ReasonCodeView } from '../../server/http/contract/reasons.ts';
import { sentenceText } from '../i18n/lists.ts';
import { reasonTexts } from '../i18n/reason.ts';
import { t } from '../i18n/translate.ts';

interface Priced {
  readonly priceAssumptions: readonly string[];
  readonly priceAssumptionCodes?: readonly ReasonCodeView[] | undefined;
}

export function PriceAssumptions({ of }: { readonly of: Priced }) {
  const sentences = reasonTexts(of.priceAssumptions, of.priceAssumptionCodes);
  if (sentences.length === 0) return null;
  return (
    <details class="small assumptions">
      <summary>{t('What these prices assume')}</summary>
      <ul>
        {sentences.map((sentence) => (
          <li key={sentence}>{sentenceText(sentence)}</li>
        ))}
      </ul>
    </details>
  );
}
