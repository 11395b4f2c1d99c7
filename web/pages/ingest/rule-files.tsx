/** Rule files that are not applied as they are now. */
import type { IngestStatusAnswer } from '../../../server/http/contract/ingest.ts';
import { DataTable } from '../../components/data-table.tsx';
import { Section } from '../../components/section.tsx';
import { visible } from '../../format.ts';
import { t } from '../../i18n/translate.ts';

export function RuleFiles({ of }: { readonly of: IngestStatusAnswer['ruleFiles'] }) {
  if (of === null || of.problems.length === 0) return null;
  return (
    <Section title={t('Rule files')}>
      <p class="soft small">
        {t('The files in {path} have errors and are not applied. The last valid ones stay in force.', {
          path: visible(of.path),
        })}
      </p>
      <DataTable
        label={t('Rule files')}
        columns={[{ title: t('File') }, { title: t('Line'), number: true }, { title: t('Error') }]}
        rows={of.problems.map(({ file, line, field, message }) => [
          <span class="mono">{visible(file)}</span>,
          line ?? '–',
          visible(field === '' ? message : `${field}: ${message}`),
        ])}
      />
    </Section>
  );
}
