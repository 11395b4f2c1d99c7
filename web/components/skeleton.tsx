/** Grey shapes in the place of tiles and panels whose first data loads. */
import { t } from '../i18n/translate.ts';
export function Skeleton({ tiles = 0, panels = 1 }: { readonly tiles?: number; readonly panels?: number }) {
  return (
    <div role="status" aria-label={t('Loading')}>
      {tiles > 0 && (
        <div class="tiles">
          {Array.from({ length: tiles }, () => (
            <div class="tile">
              <span class="skeleton" style={{ width: '55%', height: '0.9rem' }} />
              <span class="skeleton" style={{ width: '75%', height: '1.6rem' }} />
            </div>
          ))}
        </div>
      )}
      {Array.from({ length: panels }, () => (
        <div class="panel">
          <span class="skeleton" style={{ width: '30%', height: '1rem', marginBottom: '1rem' }} />
          <span class="skeleton" style={{ height: '12rem' }} />
        </div>
      ))}
    </div>
  );
}
