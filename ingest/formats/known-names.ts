/** Names of members that a reader of JSON documents asks for. The test has every reader say which those are. */
import { ACCESS_LOG_NAMES } from '../documents/access-log.ts';
import { KnownNames } from '../text/known-members.ts';
import { BULK_NAMES } from './record-lists.ts';
import { LISTED_NAMES } from './record-shape.ts';
import { PLACE_NAMES, TIME_NAMES } from './wrapped-event.ts';

/** Members of events and of what holds them. */
const OF_EVENTS = [
  'events message timestamp timestampMs eventTime eventId id logGroup logGroupName logStream logStreamName level',
  'messageType owner subscriptionFilters logEvents extractedFields @aws.account @aws.region',
  'awslogs data kinesis Data PartitionKey Sns Message body Body MessageId Messages TopicArn Type',
  'requestId invocationId deliveryStreamArn records payload requestPayload requestContext functionArn KinesisBatchInfo detail',
  'LogResult StatusCode rawData errorCode',
  // Pages that were pulled, with the position after them.
  'checkpoint metrics account region mode watermarkMs scan wideMs state message events updatedMs',
  'fromMs toMs nextToken newestMs wide filtered',
  // Written by PowerShell.
  'Message Timestamp EventId Id LogGroupName LogStreamName IngestionTime EventTime',
];

/** Members of what log services, search engines and shippers write. */
const OF_SERVICES = [
  'results status field value @message @ptr @timestamp @log @logStream @log_group @log_stream @owner @id',
  'sessionUpdate sessionResults logGroupIdentifier streams stream values data result',
  'resourceLogs resource attributes key stringValue arrayValue scopeLogs logRecords timeUnixNano observedTimeUnixNano',
  'event content jsonPayload textPayload original text subsystemName common logs cloudwatch',
  'hits rawResponse response _source fields _index type messages map matches entries actor account nrql',
];

/** Members of traces, configurations, trails, results of measurements and metrics. */
const OF_DOCUMENTS = [
  'Traces Segments Document Id LimitExceeded trace_id id parent_id name origin start_time end_time aws http request_id',
  'resource_arn function_arn throttle fault error in_progress subsegments namespace annotations traceId spanId',
  'Functions FunctionName FunctionArn VpcConfig Timeout Version CapacityProviderConfig VpcId SubnetIds SecurityGroupIds',
  'LambdaManagedInstancesCapacityProviderConfig CapacityProviderArn PerExecutionEnvironmentMaxConcurrency MemorySize',
  'Runtime Architectures Layers Arn PackageType CodeSize EphemeralStorage Size ProvisionedConcurrency SnapStart ApplyOn',
  'State LoggingConfig LogGroup LastModified CodeSha256 TenancyConfig TenantIsolationMode DurableConfig',
  'SubscriptionFilters filterName filterPattern',
  'eventName eventSource errorCode requestParameters responseElements networkInterface description eventID eventTime',
  'recipientAccountId userIdentity accountId awsRegion subnetId networkInterfaceId dryRun functionName lastModified',
  'codeSha256 architectures sourceIPAddress userAgent invokedBy groupSet items groupId assignedPrivateIpAddressesSet',
  'assignedPrivateIpAddressSetType',
  'output input analysis power duration cost stats stateMachine visualization lambdaARN executionArn startDate num',
  'onlyColdStarts parallelInvocation averageDuration averagePrice',
  'metric_stream_name metric_name unit dimensions count sum min max account_id region',
];

export const KNOWN_NAMES = new KnownNames([
  ...[...OF_EVENTS, ...OF_SERVICES, ...OF_DOCUMENTS].flatMap((names) => names.split(' ')),
  ...Object.values(ACCESS_LOG_NAMES).flat(),
  ...BULK_NAMES,
  ...LISTED_NAMES,
  ...PLACE_NAMES,
  ...TIME_NAMES,
]);

/** Messages of events may be JSON themselves, of which nothing is left out. */
export const WHOLE_NAMES: ReadonlySet<string> = new Set(['message', 'Message', '@message']);
