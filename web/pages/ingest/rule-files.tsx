/** Rule files that are not applied as they are now. */
import type { IngestStatusAnswer } from '../../../server/http/contract/ingest.ts';
import { visible } from '../../format.ts';
import { t } from '../../i18n/translate.ts';

export function RuleFiles({ of }: { readonly of: IngestStatusAnswer['ruleFiles'] }) {
  if (of === null || of.problems.length === 0) return null;
  return (
    <section class="panel" aria-label={t('Rule files')}>
      <h2>{t('Rule files')}</h2>
      <p class="soft small">
        {t('The files in {path} have errors and are not applied. The last valid ones stay in force.', {
          path: visible(of.path),
        })}
      </p>
      <table>
        <thead>
          <tr>
            <th>{t('File')}</th>
            <th class="number">{t('Line')}</th>
            <th>{t('Error')}</th>
          </tr>
        </thead>
        <tbody>
          {of.problems.map(({ file, line, field, message }) => (
            <tr>
              <td class="mono">{visible(file)}</td>
              <td class="number">{line ?? '–'}</td>
              <td>{visible(field === '' ? message : `${field}: ${message}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
