/** Tags of a function as labels, named as exporters of AWS and Kubernetes name them. */
import { compareText } from '../../../../ingest/text/compare-text.ts';
import type { Tags } from '../../../storage/questions/tags/types.ts';

/**
 * Labels `tag_KEY` in the order of the keys. Characters that names of labels cannot have become `_`; keys that would then have the same
 * name get `_conflict1`, `_conflict2` and so on, as in kube-state-metrics.
 */
export function tagLabels(tags: Tags): readonly (readonly [name: string, value: string])[] {
  const byName = new Map<string, string[]>();
  for (const [key, value] of Object.entries(tags).toSorted(([a], [b]) => compareText(a, b))) {
    const name = `tag_${key.replaceAll(/[^A-Za-z0-9_]/g, '_')}`;
    byName.set(name, [...(byName.get(name) ?? []), value]);
  }
  return [...byName].flatMap(([name, values]) =>
    values.length === 1
      ? values.map((value) => [name, value] as const)
      : values.map((value, at) => [`${name}_conflict${at + 1}`, value] as const),
  );
}
