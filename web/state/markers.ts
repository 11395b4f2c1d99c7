/** Events in the page's time range, for its time charts. */
import { useMemo } from 'preact/hooks';
import { useQuery } from '../api/use-query.ts';
import type { ChartMarker } from '../charts/markers.ts';
import { visible } from '../format.ts';
import { markerLabel } from '../i18n/change.ts';
import { t } from '../i18n/translate.ts';
import { useView } from './view.ts';

export interface Marker extends ChartMarker {
  readonly function: { readonly id: string; readonly name: string } | null;
  /** What was reported of the deployment is at this address; null for others. */
  readonly url: string | null;
}

/** Markers of one function, or of all (null); then labels name the function. Empty while loading and after an error. */
export function useMarkers(functionId: string | null): readonly Marker[] {
  const { rangeQuery } = useView();
  const { data } = useQuery('listMarkers', { query: { ...rangeQuery, function: functionId ?? undefined } });
  return useMemo(
    () =>
      (data?.items ?? []).map((item) => ({
        x: Date.parse(item.at),
        until: item.until === null ? null : Date.parse(item.until),
        kind: item.kind,
        label: visible(
          functionId === null && item.function !== null
            ? t('{name}: {label}', { name: item.function.name, label: markerLabel(item) })
            : markerLabel(item),
        ),
        function: item.function,
        url: item.deploy?.url ?? null,
      })),
    [data, functionId],
  );
}
