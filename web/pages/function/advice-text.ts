/** Advice on cold starts in the language of the reader. */
import { integer } from '../../../ingest/text/quantities.ts';
import type { ColdStartsAnswer } from '../../../server/http/contract/functions.ts';
import { duration, percent } from '../../format.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, translated } from '../../i18n/translate.ts';

type Advice = NonNullable<ColdStartsAnswer['advice']>;
type Reason = NonNullable<ColdStartsAnswer['adviceReason']>;

/** As the API writes them in English. */
export const ADVICE: Readonly<Record<Advice['code'] | Reason['code'], Message>> = {
  'fix-failures': message(
    '{share} of the cold starts that callers waited for followed a failure: mend what fails first, because each crash costs another init',
  ),
  'shorten-init-timeout': message(
    '{share} of the cold starts that callers waited for hit the time limit of the init phase and ran again inside the invocation: do less before the handler',
  ),
  'quieter-releases': message(
    '{share} of the cold starts that callers waited for followed a new version, code or configuration: release in hours with fewer calls',
  ),
  provisioned: message(
    '{share} of the cold starts that callers waited for came although the function has provisioned concurrency: check that callers use its alias, and what more environments would cost',
  ),
  'snap-start': message(
    '{share} of the cold starts that callers waited for found no warm environment, and init takes {init} at the median: try SnapStart, which {runtime} supports in .zip packages without a file system',
  ),
  'shorten-init': message(
    '{share} of the cold starts that callers waited for found no warm environment, and init takes {init} at the median: load fewer and smaller modules before the handler',
  ),
  'no-cold-starts': message('There were no cold starts'),
  'few-attributed': message(
    'Advice needs at least 10 cold starts that callers waited for and whose cause is determined (n={n})',
  ),
  'not-felt': message('No caller waited for a cold start'),
  rare: message('Fewer than one caller in a thousand waited for a cold start'),
  'runtime-patches': message(
    '{share} of the cold starts that callers waited for followed a new runtime version of AWS: they pass by themselves, and its patches are worth them',
  ),
  restores: message(
    '{share} of the cold starts that callers waited for were restored from a SnapStart snapshot, which is what shortens them most',
  ),
  'unknown-causes': message(
    'The logs do not determine the cause of {share} of the cold starts that callers waited for',
  ),
  'init-unknown': message('No init on demand has a known duration'),
  'init-short': message('Init takes only {init} at the median: shortening it would hardly be felt'),
};

export function adviceText({ code, parameters }: Pick<Advice | Reason, 'code' | 'parameters'>): string {
  return translated(ADVICE[code], {
    share: percent(parameters.share),
    init: duration(parameters.initMs),
    runtime: parameters.runtime ?? '',
    n: integer(parameters.n),
  });
}
