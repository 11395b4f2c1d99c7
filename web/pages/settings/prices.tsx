import { fixed } from '../../../ingest/text/quantities.ts';
import type { SettingsAnswer } from '../../../server/http/contract/settings.ts';
import { DataTable } from '../../components/data-table.tsx';
import { Section } from '../../components/section.tsx';
import { t } from '../../i18n/translate.ts';

/** The list prices that costs are computed with. */
export function Prices({ data: { prices } }: { readonly data: SettingsAnswer }) {
  return (
    <Section title={t('Prices')}>
      <p class="soft small">
        {t(
          'AWS list prices as of {asOf}, first tier. Savings plans and another tier are declared in the environment; the free tier is not deducted.',
          { asOf: prices.asOf },
        )}
      </p>
      <details>
        <summary>{t('{n, plural, one {# region} other {# regions}}', { n: prices.regions.length })}</summary>
        <DataTable
          label={t('Prices')}
          columns={[
            { title: t('Region') },
            { title: 'x86, GB-s', number: true },
            { title: 'arm64, GB-s', number: true },
            { title: t('1 M requests'), number: true },
            { title: t('Currency') },
          ]}
          rows={prices.regions.map((one) => [
            one.region,
            one.x86PerGbS,
            one.arm64PerGbS,
            fixed(one.perRequest * 1e6, 2),
            one.currency,
          ])}
        />
      </details>
    </Section>
  );
}
