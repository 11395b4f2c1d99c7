import type { ErrorRate } from '../../server/http/contract/common.ts';

/** Says why an error rate is not known, and what would make it known. Nothing if it is. */
export function UnknownErrors({ rate }: { readonly rate: ErrorRate }) {
  if (rate.unknown === null) return null;
  return (
    <p class="soft small" role="note">
      {rate.unknown.reason} {rate.unknown.remedy}
    </p>
  );
}
