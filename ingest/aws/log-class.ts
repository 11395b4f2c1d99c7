/** What log classes other than STANDARD cannot do, and what to do instead. The class of a log group cannot be changed. */

const NEW_GROUP =
  'The class of a log group is fixed: create a group of class STANDARD and set it as the log group of the function (Lambda → Configuration → Monitoring tools → Logging configuration)';

const ADVICE: Readonly<Record<string, string>> = {
  INFREQUENT_ACCESS: `${NEW_GROUP}, or import the results of a Logs Insights query, which this class supports (fields @timestamp, @message, @logStream, @log).`,
  DELIVERY: `${NEW_GROUP}, or let Lambda deliver this group to S3 and run thermocline import on the objects.`,
};

/** Why the group can neither be subscribed nor read, with advice; null for class STANDARD. */
export function logClassProblem(logClass: string): string | null {
  if (logClass === 'STANDARD') return null;
  const advice = ADVICE[logClass] ?? `${NEW_GROUP}.`;
  return `Log class ${logClass} supports neither subscription filters nor FilterLogEvents. ${advice}`;
}

/** Whether an error of CloudWatch Logs says that the class of the group does not support the operation. */
export function isLogClassError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    /^(?:InvalidOperationException|ValidationException|InvalidParameterException)$/.test(error.name) &&
    /log[- ](?:group[- ])?class/i.test(error.message)
  );
}

/** The class that such an error names, or UNKNOWN. */
export function classInError(error: unknown): string {
  const text = error instanceof Error ? error.message : '';
  return /INFREQUENT_ACCESS|DELIVERY/.exec(text)?.[0] ?? 'UNKNOWN';
}
