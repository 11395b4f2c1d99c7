/** Which alerts a caller may read. */
import type { Alert } from '../../alerts/evaluate/alert.ts';
import type { Restriction } from '../../storage/restriction.ts';
import type { PermittedFunctions } from '../../tags/permitted-functions.ts';

/** Whether the alert is of a function that may be read. Those of the whole fleet are of none. */
export function mayReadAlert(
  permitted: Pick<PermittedFunctions, 'permits'>,
  restriction: Restriction | null,
  { labels }: Pick<Alert, 'labels'>,
): boolean {
  const { function: name, account = '', region = '' } = labels;
  return restriction === null || (name !== undefined && permitted.permits(restriction, { account, region, name }));
}
