/** Reasons about memory sizes and timeouts, by code, in English and ICU MessageFormat. Option texts of several words only. */

/** Marks a text that catalogues of other languages have. */
const message = <const Text extends string>(text: Text): Text => text;

export const MEMORY_REASON_TEXTS = {
  'memory-size-unknown': message('The current memory size is not known.'),
  'memory-few-long-lived': message(
    'Fewer than 5 environments of the current size ran at least 20 invocations whose memory use is known.',
  ),
  'memory-nothing-billed': message('Nothing was billed at this size.'),
  'memory-few-hours': message(
    '{environments, plural, one {# environment} other {# environments}} in {hours, plural, one {# hour} other {# hours}}: {required} hours are required to know how much they differ.',
  ),
  'memory-leaking': message('Memory use grows with each invocation, so no smaller size is recommended.'),
  'memory-ran-out': message('Ran out of memory at {worstMb} MB in the last 30 days.'),
  'memory-headroom': message(
    'At most {usedMb} MB were used; with {headroomShare} headroom that is {neededMb} MB. Used memory at one size does not bound the need at another.',
  ),
  'memory-ran-out-larger': message('Ran out of memory at {worstMb} MB in the last 30 days: a larger size is required.'),
  'memory-nearly-full': message('{usedMb} of {currentMb} MB were used: a larger size is required, whatever its cost.'),
  'memory-largest': message('{largestMb} MB is the largest size: the function has to use less memory.'),
  'memory-too-few': message(
    '{invocations} warm, successful invocations in {environments} environments at {currentMb} MB: {requiredInvocations} in {requiredEnvironments} are required.',
  ),
  'memory-one-size': message(
    'One size was observed: these are bounds, not a prediction. Running another size would give a clear answer.',
  ),
  'memory-confounded': message('Confounded: the sizes differ in more than memory.'),
  'memory-sizes-left-out': message('Sizes that differ in more than memory are left out.'),
  'memory-no-model': message('No model: its leave-one-out error is {errorShare}. Only observed sizes are compared.'),
  'memory-fails-more': message(
    '{otherMb} MB is not recommended, because more invocations failed: {otherShare} against {currentShare}.',
  ),
  'memory-nothing-allowed': message('No observed or modelled size meets the memory floor and the maximum duration.'),
  'memory-uncertain-saving': message('{otherMb} MB may save up to {savingShare}, but it is not certain that it saves.'),
  'memory-tested-no-gain': message(
    'None of the sizes that Power Tuning tested promises a material gain within the limits.',
  ),
  'memory-tested-inconclusive': message(
    'Power Tuning results without a known spread are not conclusive: they show which size to try.',
  ),
  'memory-not-all-compared': message(
    'No compared size is better for "{goal}", but not every observed size could be compared.',
  ),
  'memory-optimized': message('No compared size is better for "{goal}".'),
  'memory-errors-differ': message(
    'The error rates differ: {currentShare} at {currentMb} MB, {otherShare} at {otherMb} MB.',
  ),
  'memory-timeout-differs': message(
    'The timeout differs: invocations ended after {limitMs} at {limitedMb} MB, and some ran longer at {otherMb} MB.',
  ),
  'memory-load-differs': message(
    'The load differs: {currentUsedMb} MB were used at {currentMb} MB, {otherUsedMb} MB at {otherMb} MB.',
  ),
  'memory-tenants-differ': message(
    'The tenants differ: the sizes served the same ones in {sharedShare} of their invocations.',
  ),
  'memory-responses-differ': message(
    'The responses differ: {currentBytes} on average at {currentMb} MB, {otherBytes} at {otherMb} MB, so the requests may have differed as well.',
  ),
  'memory-routes-differ': message(
    'The routes differ: {differingShare} of the requests in the access log were for other routes at {otherMb} MB than at {currentMb} MB{isCut, select, yes {, in the first {lines, plural, one {# line} other {# lines}} of an access log in each hour: there were more} other {}}.',
  ),
  'memory-weekends-differ': message('One of the sizes ran mostly at weekends, the other mostly on other days.'),
  'memory-other-hours': message('{otherMb} MB and {currentMb} MB ran at different hours of the day.'),
  'memory-other-weekdays': message(
    '{otherMb} MB and {currentMb} MB ran on different days of the week, and share too few hours of working days and of weekends.',
  ),
  'memory-versions-differ': message(
    'Different versions ran at the sizes: the intervals contain the spread between versions.',
  ),
  'memory-code-unknown': message(
    'It is not known whether the code changed together with the size: no inventory or CloudTrail covers it.',
  ),
  'memory-times-traced': message(
    'The sizes ran at different times: calls to other services are taken as those at the current size, and nothing else is assumed to have changed.',
  ),
  'memory-times-uncontrolled': message(
    'The sizes ran at different times, and there are no controls (at least three functions of the account and region that did not change): it is assumed that conditions were the same.',
  ),
  'memory-times-controlled': message(
    '{otherMb} MB and {currentMb} MB ran at different times: {controls} functions that did not change were {changeShare}{isFaster, select, yes { faster} other { slower}} at the times of {otherMb} MB, which is subtracted.',
  ),
  'memory-code-changed': message(
    'The code changed together with the size: no code ran at both {currentMb} MB and {otherMb} MB.',
  ),
  'memory-no-shared-version': message(
    'No version ran at both sizes: {currentVersions} at {currentMb} MB, {otherVersions} at {otherMb} MB. An inventory with all versions would show which of them are the same code.',
  ),
  'memory-smaller-faster': message(
    '{smallMb} MB was faster than {largeMb} MB, which less memory cannot be: something else changed.',
  ),
  'memory-gain-unexplained': message(
    '{largeMb} MB was {gainFactor} times as fast as {smallMb} MB, more than its memory explains: something else changed.',
  ),
  'tuning-nothing-to-compare': message('Production has too few invocations at the current size to compare it with.'),
  'tuning-unexplained': message(
    '{otherMb} MB took {ratioFactor} times as long as {currentMb} MB in Power Tuning, which memory alone does not explain: left out.',
  ),
  'tuning-promise': message(
    'In Power Tuning {otherMb} MB was {speedShare}{isFaster, select, yes { faster} other { slower}} than {currentMb} MB and {costShare}{isCheaper, select, yes { cheaper} other { more expensive}}.',
  ),
  'tuning-same-run': message('It is the same run as another one.'),
  'tuning-other-size': message('It did not test the current size, {currentMb} MB.'),
  'tuning-cold-starts': message('Most of its invocations were cold starts, so that its durations contain inits.'),
  'tuning-code-updated': message('The code was updated after it, on {day}.'),
  'tuning-other-payload': message(
    'Its payload is not that of production: {testedMs} at {currentMb} MB, where nine of ten production invocations take {lowMs} to {highMs}.',
  ),
  'tuning-contradicted': message(
    'Production contradicts it: {otherMb} MB took {testedFactor} times as long as {currentMb} MB in the run, and {observedFactor} times as long in production.',
  ),
  'tuning-basis': message(
    '{sizes} MB: from {runs, plural, one {one Power Tuning run} other {# Power Tuning runs}} {when, select, unknown {at a time that is not known} day {on {firstDay}} other {from {firstDay} to {lastDay}}} with its own payload and {invocations, plural, one {# invocation} other {# invocations}} at each size, not from production.{isParallelKnown, select, no { It is not known whether its invocations ran at once, which would add inits.} other {}}{isSpreadKnown, select, no { It states no spread, so the certainty is not known: {required} runs would show it.} other {}}',
  ),
  'tuning-basis-unknown-size': message(
    '{sizes} MB: from {runs, plural, one {one Power Tuning run} other {# Power Tuning runs}} {when, select, unknown {at a time that is not known} day {on {firstDay}} other {from {firstDay} to {lastDay}}} with its own payload and an unknown number of invocations at each size, not from production.{isParallelKnown, select, no { It is not known whether its invocations ran at once, which would add inits.} other {}}{isSpreadKnown, select, no { It states no spread, so the certainty is not known: {required} runs would show it.} other {}}',
  ),
  'timeout-unknown': message(
    'the timeout is unknown: the inventory does not contain it, and too few attempts timed out to infer it',
  ),
  'timeout-few': message('{invocations} invocations: at least {required} are required'),
  'timeout-tight': message('0.1 % of attempts take {p999Ms} or more; the timeout is {timeoutMs}'),
  'timeout-loose': message('{timedOut} attempts timed out after {timeoutMs}; 99 % of attempts end within {p99Ms}'),
  'timeout-no-evidence': message(
    '{timedOut} of {invocations} attempts timed out after {timeoutMs}; 99 % of attempts end within {p99Ms}: no evidence that a longer timeout would help',
  ),
  'timeout-fits': message('99.9 % of attempts end within {p999Ms}; the timeout is {timeoutMs}'),
} as const;
