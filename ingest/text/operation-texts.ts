/** Sentences about alerts, the completeness of data, prices and comparisons, by code: a part of `REASON_TEXTS`. */

/** Marks a text that catalogues of other languages have. */
const message = <const Text extends string>(text: Text): Text => text;

export const OPERATION_TEXTS = {
  'alert-summary': message(
    '{isAll, select, yes {all functions} other {{subject}}}: {rule}: {hasTitle, select, yes {{title}: } other {}}{hasValue, select, yes {{isLowerBound, select, yes {at least {valueQuantity}} other {{valueQuantity}}}} other {no data}}{hasEvidence, select, yes { ({hasInterval, select, yes {95 % CI {lowQuantity}–{highQuantity}, } other {}}n = {n, plural, other {#}})} other {}}, threshold {comparison} {thresholdQuantity}',
  ),
  'alert-receiver-gone': message(
    'Receiver {receiver} was disabled because it answered 410 Gone. It receives no alerts.',
  ),
  'alert-receiver-failing': message(
    'Receiver {receiver} was disabled because all deliveries failed for 24 hours. It receives no alerts.',
  ),
  'alert-rule-failing': message('Rule {rule} cannot be evaluated: {error}. Its alerts keep their last state.'),
  'errors-remedy': message(
    'Deliver the lines in which runtimes report failures: use the filter of "thermocline subscribe" (or of a deployment kit), or use an empty filter pattern. For a function that prints nothing, one line of any kind is enough. Deliveries state the names of their filters, never the patterns: the inventory reads those where logs:DescribeSubscriptionFilters is allowed (THERMOCLINE_INVENTORY). Elsewhere, if a filter with another name has the pattern ("thermocline subscribe --status" compares it), name it in THERMOCLINE_ERROR_FILTERS. The filter pattern: {pattern}',
  ),
  'coverage-start-lines-missing': message(
    'No START lines arrive: the subscription filter drops them. Attempts without a REPORT cannot be detected.',
  ),
  'coverage-starts-incomplete': message(
    'START lines are missing. Check that the subscription filter passes START and INIT_START',
  ),
  'coverage-deliveries-incomplete': message(
    'Some START lines are missing: deliveries were lost or are still in transit.',
  ),
  'coverage-init-lines-missing': message(
    'No INIT_START lines arrive: the subscription filter drops them, or the functions are container images. Proactive and unused inits cannot be detected.',
  ),
  'coverage-error-lines-missing': message(
    'Error rates are unknown beyond timeouts and crashes: no line of the application or its runtime arrives.',
  ),
  'coverage-reports-missing': message(
    'Attempts have a START line but no REPORT line: a filter dropped it, or it was lost.',
  ),
  'coverage-unreadable': message(
    'Some records could not be parsed. They are listed as dead letters, with the reasons.',
  ),
  'coverage-gone-quiet': message(
    'Functions logged regularly and have gone quiet, outside of their usual nights and days of rest: they are no longer invoked, or their logs no longer arrive.',
  ),
  'coverage-late': message(
    '1 % of events arrive more than {minutes} minutes late: the newest figures may still change.',
  ),
  'coverage-pull-failing': message(
    'Log groups could not be read in the last attempt. The table of pulled log groups says why.',
  ),
  'price-list': message('AWS list prices as read from {firstMonth} to {lastMonth}'),
  'price-unlisted': message(
    'No price is listed for {regions}{hasMore, select, yes { and {more, plural, one {# other region} other {# other regions}}} other {}}: the standard price is assumed',
  ),
  'price-region-unknown': message('The region of some invocations is unknown: the standard price is assumed'),
  'price-architectures': message(
    'Architectures of their time, from the inventory or CloudTrail; before the first known update, the first known one',
  ),
  'price-architecture-unknown': message(
    'The architecture of {invocations, plural, one {# invocation} other {# invocations}} is unknown: x86_64 is assumed',
  ),
  'price-both-at-list': message(
    'Both periods at list price and the first tier: a savings plan or tier that began in between is not a change of the function',
  ),
  'price-first-tier': message(
    'Duration at the first price tier (up to 6 billion GB-seconds a month on x86_64, 7.5 billion on arm64, per account and region)',
  ),
  'price-tier': message('Duration at price tier {tier}, as declared'),
  'price-no-plan': message('No savings plan is declared for this time'),
  'price-plan': message(
    'A declared savings plan takes {percent} % off duration and provisioned concurrency{isWhole, select, no {, averaged over the time that it covers} other {}}; requests, storage and logs are at list price',
  ),
  'price-of-function': message(
    'The cost of a function is that of its requests and billed duration; ephemeral storage, provisioned concurrency, SnapStart and logs are priced apart',
  ),
  'price-no-free-tier': message(
    'The monthly free tier of the account is not subtracted, and invocations on provisioned concurrency are priced as on demand',
  ),
  'price-billed-init': message(
    'An init is billed where its REPORT line contains it in Billed Duration; of a restore, its Billed Restore Duration is',
  ),
  'price-first-invocations-unknown': message(
    'What first invocations take longer than warm ones is unknown and not contained',
  ),
  'price-first-invocations': message(
    'What first invocations take longer than warm ones is spread over memory sizes in proportion to their invocations',
  ),
  'price-inits-without-size': message('Billed inits of an unknown memory size are not contained: {initMs}'),
  'price-cold-starts': message(
    'The monthly free tier of the account is not subtracted; restores and snapshots of SnapStart are priced apart',
  ),
  'compare-other-hours': message(
    'The periods have different hours of the day: what changes from hour to hour appears as a difference.',
  ),
  'compare-overlap': message('The periods overlap: shared invocations count on both sides.'),
  'compare-memory-differs': message('The memory sizes differ: {before} before, {after} after.'),
  'compare-versions-differ': message('The versions differ: {before} before, {after} after.'),
  'compare-traffic-differs': message('The traffic per day is {times} times as high: possibly different callers.'),
  'compare-error-rates': message('The error rates cannot be compared.'),
  'move-effect': message(
    'Moved from {hasFrom, select, yes {{from}} other {an unknown architecture}} to {hasTo, select, yes {{to}} other {an unknown architecture}}: cost per million invocations {costIs, select, unknown {not known, because one side has no invocations that can be priced or timed} plain {{costBeforeUsd} → {costAfterUsd}} few {{costBeforeUsd} → {costAfterUsd} ({costChange}, too few invocations for an interval)} certain {{costBeforeUsd} → {costAfterUsd} ({costChange}, 95 % CI {costLowChange} to {costHighChange})} other {{costBeforeUsd} → {costAfterUsd} ({costChange})}}; median duration {timeIs, select, unknown {not known, because one side has no invocations that can be priced or timed} plain {{timeBeforeMs} → {timeAfterMs}} few {{timeBeforeMs} → {timeAfterMs} ({timeChange}, too few invocations for an interval)} certain {{timeBeforeMs} → {timeAfterMs} ({timeChange}, 95 % CI {timeLowChange} to {timeHighChange})} other {{timeBeforeMs} → {timeAfterMs} ({timeChange})}}{hasOthers, select, yes {. {others} changed at the same time: the effect is of all together} other {}}',
  ),
  capacity: message(
    'Sized for {memoryBytes} of memory ({by, select, cgroup {by the control group} machine {by the machine} other {by THERMOCLINE_MEMORY_MB}}), {processors, plural, one {# processor} other {# processors}} and {hasLimit, select, yes {{files, plural, other {#}}} other {no limit of}} open files: threads: {decoders} decode, {readers} read, {analysts} analyse; request bodies {bodiesBytes} in total and {bodyBytes} each; page cache {cacheMb} MB; decode heap {heapMb} MB; one password hash of {hashBytes} at a time; {connections, plural, other {#}} connections',
  ),
  'connect-https': message(
    'Firehose only delivers to https on port 443. Use a TLS proxy and set THERMOCLINE_PUBLIC_URL (or --endpoint).',
  ),
  'connect-private': message(
    'Firehose only reaches public addresses. Use the forwarder inside the VPC (thermocline connect forwarder), or a public name.',
  ),
} as const;
