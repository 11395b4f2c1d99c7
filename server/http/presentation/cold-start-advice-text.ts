/** English sentences of the advice on cold starts. */
import { duration, integer, percent } from '../../../ingest/text/quantities.ts';
import type { AdviceParameters, ColdStartAdvice } from '../../analytics/cold-starts/advice.ts';
import type { ColdStartsAnswer } from '../contract/functions.ts';

type Code = NonNullable<ColdStartAdvice['advice'] | ColdStartAdvice['reason']>['code'];

/** Adds its sentence to the advice, or to the reason why there is none. */
export function adviceOf({ advice, reason }: ColdStartAdvice): Pick<ColdStartsAnswer, 'advice' | 'adviceReason'> {
  return {
    advice: advice === null ? null : { ...advice, sentence: adviceSentence(advice.code, advice.parameters) },
    adviceReason: reason === null ? null : { ...reason, sentence: adviceSentence(reason.code, reason.parameters) },
  };
}

/** The web UI has the same sentences in its languages (`web/pages/function/cold-start-advice.tsx`). */
export function adviceSentence(code: Code, { share, n, initMs, runtime }: AdviceParameters): string {
  const part = percent(share);
  const init = duration(initMs);
  switch (code) {
    case 'fix-failures':
      return `${part} of the cold starts that callers waited for followed a failure: mend what fails first, because each crash costs another init`;
    case 'shorten-init-timeout':
      return `${part} of the cold starts that callers waited for hit the time limit of the init phase and ran again inside the invocation: do less before the handler`;
    case 'quieter-releases':
      return `${part} of the cold starts that callers waited for followed a new version, code or configuration: release in hours with fewer calls`;
    case 'provisioned':
      return `${part} of the cold starts that callers waited for came although the function has provisioned concurrency: check that callers use its alias, and what more environments would cost`;
    case 'snap-start':
      return `${part} of the cold starts that callers waited for found no warm environment, and init takes ${init} at the median: try SnapStart, which ${runtime} supports in .zip packages without a file system`;
    case 'shorten-init':
      return `${part} of the cold starts that callers waited for found no warm environment, and init takes ${init} at the median: load fewer and smaller modules before the handler`;
    case 'no-cold-starts':
      return 'There were no cold starts';
    case 'few-attributed':
      return `Advice needs at least 10 cold starts that callers waited for and whose cause is determined (n=${integer(n)})`;
    case 'not-felt':
      return 'No caller waited for a cold start';
    case 'rare':
      return 'Fewer than one caller in a thousand waited for a cold start';
    case 'runtime-patches':
      return `${part} of the cold starts that callers waited for followed a new runtime version of AWS: they pass by themselves, and its patches are worth them`;
    case 'restores':
      return `${part} of the cold starts that callers waited for were restored from a SnapStart snapshot, which is what shortens them most`;
    case 'unknown-causes':
      return `The logs do not determine the cause of ${part} of the cold starts that callers waited for`;
    case 'init-unknown':
      return 'No init on demand has a known duration';
    case 'init-short':
      return `Init takes only ${init} at the median: shortening it would hardly be felt`;
  }
}
