/** The job that attributes cold starts to their causes, with its trouble. */
import type { Logger } from 'pino';
import type { AnalysisPool } from '../jobs/analysis/analysis-pool.ts';
import { attributionSentence, ColdStartAttribution } from '../jobs/attribution/attribution.ts';
import type { OnTrouble } from '../jobs/storage-watch.ts';
import type { Store } from '../storage/ports.ts';

interface Parts {
  readonly store: Store;
  readonly analysis: AnalysisPool;
  readonly now: () => number;
  readonly monotonicNow: () => number;
  readonly log: Logger;
  readonly onTrouble: OnTrouble;
}

export function composeAttribution({
  store,
  analysis,
  now,
  monotonicNow,
  log,
  onTrouble,
}: Parts): ColdStartAttribution {
  const attribution = new ColdStartAttribution({
    store,
    now,
    analyse: (name, ...args) => analysis.run(name, ...args),
    onFailed: (failed) => {
      if (failed !== null) log.warn({ failed }, 'cold starts of an hour could not be attributed');
      report();
    },
    onWaiting: () => report(),
    onError: (error) => log.warn({ err: error }, 'the attribution of a large function failed and will be retried'),
    monotonicNow,
  });
  let trouble: string | null = null;
  const report = (): void => {
    const sentence = attributionSentence(attribution.progress());
    if (sentence !== trouble) onTrouble('attribution', sentence);
    trouble = sentence;
  };
  return attribution;
}
