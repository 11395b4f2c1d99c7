/** Reads the buckets after those that were sent last, and has a thread write them as requests of remote write. */

import type { RemoteWriteBatch, RemoteWritePeriod } from '../../jobs/remote-write.ts';
import { readShapedAnswer } from '../answers/shape-answer.ts';
import type { Context } from '../context.ts';
import { baseOf, FINEST_MS, rangeQuestion, withBase } from './counter-base.ts';
import { familyContext } from './family-context.ts';

/** Samples of one request: some 500 kB before they are compressed. */
const MAX_SAMPLES = 5000;

/** Rejects as questions of the store do. */
export async function remoteWriteBatch(
  given: Pick<Context, 'store' | 'analysis' | 'config' | 'tags' | 'now'>,
  { fromMs, toMs, counters }: RemoteWritePeriod,
  labels: Readonly<Record<string, string>>,
): Promise<RemoteWriteBatch> {
  const terms = given.config.priceTerms;
  const nowMs = given.now();
  const { baseMs, ledger } = await withBase(counters, baseOf(fromMs), async (question, before) => {
    const form = { ledger: before, terms, nowMs };
    return (await readShapedAnswer(given, [question], 'moveCounterBase', form)).meta.ledger;
  });
  const context = await familyContext(given, true);
  const form = { ledger, context, afterMs: fromMs, nowMs, labels, maxSamples: MAX_SAMPLES };
  const question = rangeQuestion(fromMs, toMs, FINEST_MS);
  const { answer, meta } = await readShapedAnswer(given, [question], 'remoteWriteRequests', form);
  let at = 0;
  const requests = meta.requests.map(({ bytes, samples }) => {
    at += bytes;
    return { body: answer.bytes.slice(at - bytes, at), samples };
  });
  return { requests, counters: { baseMs, ledger: meta.ledger } };
}
