/**
 * Sentences of reasons and methods by code, in English and ICU MessageFormat: the API writes them from here, and pages in the language
 * of the reader. Names of placeholders end with their unit (`reason-values.ts`). Option texts of several words only.
 */
import { CAUSE_TEXTS } from './cause-texts.ts';
import { MEMORY_REASON_TEXTS } from './memory-reason-texts.ts';
import { OPERATION_TEXTS } from './operation-texts.ts';

/** Marks a text that catalogues of other languages have. */
const message = <const Text extends string>(text: Text): Text => text;

export const REASON_TEXTS = {
  ...MEMORY_REASON_TEXTS,
  ...OPERATION_TEXTS,
  ...CAUSE_TEXTS,
  'interval-no-values': message('No values in this time range.'),
  'interval-few-blocks': message(
    'The values are in {blocks, plural, one {# block} other {# blocks}} of time; {required} are required to know how much they differ.',
  ),
  'interval-few-values': message('The {values} values are worth {worth} independent ones; {required} are required.'),
  'interval-few-values-above': message(
    'The {values} values are worth {worth} independent ones; {required} are required to know the upper end.',
  ),
  'stream-unknown': message(
    'The log stream of {unknown, plural, other {#}} of {invocations, plural, one {# invocation} other {# invocations}} is unknown, {coldStarts, plural, one {# cold start} other {# cold starts}} among them: environments, user-felt cold starts, causes, keep-alive and concurrency exclude them. Deliver the same events with their log streams to complete them',
  ),
  'stream-unknown-of-one': message(
    'The source did not contain the log stream, so the environment, its concurrency and idle times, and whether a caller waited for a cold start are unknown. Deliver the same events with their log streams to complete it.',
  ),
  'errors-unknown': message(
    'For {isAll, select, yes {these invocations} other {{unknown} of {invocations} invocations}}, only timeouts, crashes and other faults that Lambda itself reports are known: no line of the application or its runtime was received with them, so a handler that throws looks like a success.',
  ),
  'cost-unknown': message(
    'No REPORT line states billed duration and memory size, or the region has no price in dollars. REPORT lines of Managed Instances have no billed duration: declare the number of EC2 instances and the price of one per hour in the inventory',
  ),
  'cost-unknown-of-some': message(
    'Unknown for {unknown} of {functions} functions, which no sum includes: No REPORT line states billed duration and memory size, or the region has no price in dollars. REPORT lines of Managed Instances have no billed duration: declare the number of EC2 instances and the price of one per hour in the inventory',
  ),
  'cost-not-billed': message(
    'No REPORT line states billed duration and memory size, or the region has no price in dollars. REPORT lines of Managed Instances have no billed duration: the list of functions states their cost, once the inventory declares the EC2 instances and their price',
  ),
  'cost-gap': message(
    'The cost leaves out {unpriced} of {invocations} invocations. No REPORT line states billed duration and memory size, or the region has no price in dollars. REPORT lines of Managed Instances have no billed duration: the list of functions states their cost, once the inventory declares the EC2 instances and their price',
  ),
  'cost-no-instance-price': message(
    'REPORT lines of Managed Instances have no billed duration. Declare the number of EC2 instances and the price of one per hour in the inventory',
  ),
  'cost-no-invocations': message('No invocations in this period.'),
  'cost-no-invocations-in-month': message('No invocations in this month'),
  'cost-by-instances': message(
    'Declared EC2 instances cost the same whether they are invoked or not: their cost is stated for the whole range, not for each bucket',
  ),
  'compare-few': message(
    '{noun, select, inits {Too few: {before, plural, one {# init} other {# inits}} before} other {Too few: {before, plural, one {# invocation} other {# invocations}} before}} and {after, plural, other {#}} after{isPart, select, yes { in the hours of the day that both periods have} other {}}; at least {required, plural, other {#}} are required on each side.',
  ),
  'compare-few-bursts': message(
    'The {noun, select, inits {inits came} other {invocations came}} in too few bursts: those of the same {blockLengthMs} resemble each other, so that they are worth fewer independent ones than are required. Compare longer periods.',
  ),
  'compare-few-blocks': message(
    'The {noun, select, inits {inits come} other {invocations come}} from too few blocks of {blockLengthMs} to know how much they vary from one to the next. Compare longer periods.',
  ),
  'compare-not-positive': message('A value is 0, and a change relative to 0 is not defined.'),
  'compare-errors-unknown': message(
    'Of {unknown, plural, other {#}} invocations it is not known whether the handler threw.',
  ),
  'compare-no-price': message(
    '{side, select, both {The cost of either period} before {The cost of the period before} other {The cost of the period after}} is not known: its price or its memory size is not known.',
  ),
  'change-nothing-before': message('Nothing ran before the change.'),
  'change-too-early': message(
    'Not yet: only {compared} of the {required} required hours since the change can be compared with the same hour of a day before it.',
  ),
  'keep-alive-method': message(
    'interval-censored survival (Turnbull), band from 200 resamples of hours; median: {shape, select, window {log-logistic window with evictions} steps {steps of a fixed period} other {mean over the resamples}}; its interval: likelihood ratio',
  ),
  'keep-alive-hidden': message(
    'Median not known within 10 %: provisioned environments, or ones initialised ahead of demand, served {elsewhereShare} of the invocations, and {n} idle periods of the others leave a shorter or longer window possible.{hasInterval, select, yes { It lies between {lowMs} and {highMs} (95 % interval).} other {}}',
  ),
  'keep-alive-median-beyond': message(
    'Median not known: fewer than half of the environments end within {longestMs}, the longest idle time that was inspected.',
  ),
  'keep-alive-interval-beyond': message(
    'Interval not known: it reaches beyond {longestMs}, the longest idle time that was inspected.',
  ),
  'keep-alive-no-idle': message('Insufficient data: no environment was idle between two requests.'),
  'keep-alive-few-deaths': message(
    'Insufficient data: {deaths} environments are known to have ended while idle; {required} are required.',
  ),
  'provisioned-method': message(
    'replay of observed requests against provisioned environments and simulated on-demand ones, kept as long as the function shows',
  ),
  'provisioned-no-invocations': message('Insufficient data: no invocations in this time range.'),
  'provisioned-no-memory': message('The memory size is unknown, and with it all costs.'),
  'provisioned-few-deaths': message(
    'Where invocations spill over, avoided cold starts are unknown: {deaths} environments are known to have ended while idle; {required} are required to know how long idle ones are kept.',
  ),
  'network-method': message(
    'X-Ray: from the start of the service segment to that of Initialization, without Dwell Time; means of functions in and outside of a VPC, 95 % interval',
  ),
  'network-outside-vpc': message('The function is not in a VPC: no network interface adds latency.'),
  'network-own-interfaces': message('Environments waited for a network interface of their own, as until autumn 2019.'),
  'network-unknown': message('It is unknown whether the VPC makes cold starts longer.'),
  'network-longer': message(
    'The VPC makes cold starts of functions like this {latencyMs} longer (95 % interval {lowMs} to {highMs}).',
  ),
  'network-sooner': message(
    'Functions like this start sooner in the VPC than outside of one: something other than the network differs.',
  ),
  'network-no-evidence': message('No evidence that the VPC makes cold starts longer: at most {highMs}.'),
  'network-no-parents': message(
    "The time before init is unknown: the segment of the Lambda service (AWS::Lambda) that the function's segment names as parent is not stored, or not finished, for any of the traced cold starts (n={n}). Import or fetch whole traces.",
  ),
  'network-not-traced': message(
    'Not observable in logs: REPORT begins after the network is attached. Enable active tracing (X-Ray).',
  ),
  'network-vpc-unknown': message(
    'It is not known whether the function is in a VPC. Import its configuration (thermocline inventory).',
  ),
  'network-few-traced': message('Insufficient data: {n} traced cold starts; {required} are required.'),
  'network-few-functions': message(
    'Insufficient data: of functions like this, {inside} in a VPC ({insideStarts, plural, one {# traced cold start} other {# traced cold starts}}) and {outside} outside of one ({outsideStarts}) have traces; {required} on each side are required, each with {requiredOfEach} traced cold starts and together with {requiredStarts}. With fewer, the VPC cannot be told from the function.',
  ),
  'network-fields-unknown': message(
    'Not comparable: {fields} of the function {isOne, select, yes {is unknown, so} other {are unknown, so}} placement and download cannot be told apart from the network. Import its configuration (thermocline inventory).',
  ),
  'network-none-outside': message(
    'Not comparable: no function outside of a VPC is known in this region; placement, download and network cannot be separated.',
  ),
  'network-unmatched': message(
    'Not comparable: none of {functions, plural, one {# function} other {# functions}} outside of a VPC matches this function ({description}). They differ, or are unknown, in {fields}; placement, download and network cannot be separated.',
  ),
  'network-vpcs-unknown': message(
    'It is not known which functions are in a VPC. Import their configuration (thermocline inventory).',
  ),
  'network-missing-route': message(
    '{timeouts} of {coldStarts} cold starts timed out after the same {limitMs}: check the route to a NAT gateway or a VPC endpoint',
  ),
  'load-tests-method': message('distributional: shares above thresholds, Newcombe interval; no request is matched'),
  'load-tests-no-histogram': message('A run has no histogram.'),
  'load-tests-few': message('{requests} requests in a run: at least {required} are required.'),
  'managed-no-reports': message('Invocations on Managed Instances have no billed duration on their REPORT line'),
  'managed-not-billed': message('No REPORT lines with a billed duration in this range'),
  'managed-no-price': message(
    'Declare the number of instances and the EC2 price of one per hour (PUT /api/v1/inventory), or pass instances and instanceHourUsd',
  ),
  'durable-unknown': message(
    'The function is not known to be durable: none of its lines names a durable execution, and no inventory says whether it is durable',
  ),
  'durable-no-line': message(
    'No stored line names a durable execution with this request ID. Lambda’s own lines never do; the SDK’s logger does, if it wrote a line and the subscription filter passes it (add ?"durable-execution" to the pattern)',
  ),
  'durable-not': message('The inventory says that the function is not durable'),
  'map-no-traces': message(
    'No trace is stored in this time range. Import X-Ray documents or spans, or fetch traces with thermocline traces.',
  ),
} as const;
