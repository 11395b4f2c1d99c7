/** Addresses in the AWS console. Names come from log lines, so that only those that AWS accepts get a link. */
import { t } from '../i18n/translate.ts';

export interface ConsoleLink {
  readonly label: string;
  readonly href: string;
}

const REGION = /^[a-z]{2}(?:-[a-z]+){1,3}-\d{1,2}$/;
const ACCOUNT = /^\d{12}$/;
const FUNCTION = /^[\w-]{1,140}$/;
/** The demo's account. */
const SIMULATED = '000000000000';

/** Links of a function; none where AWS has no such function. */
export function consoleLinks({
  account,
  region,
  name,
}: {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}): readonly ConsoleLink[] {
  if (!REGION.test(region) || !ACCOUNT.test(account) || !FUNCTION.test(name) || account === SIMULATED) return [];
  const to = (service: string, fragment: string): string =>
    `https://${hostOf(region)}/${service}/home?region=${region}#${fragment}`;
  return [
    { label: t('Function'), href: to('lambda', `/functions/${name}`) },
    { label: t('Log group'), href: to('cloudwatch', `logsV2:log-groups/log-group/${twice(`/aws/lambda/${name}`)}`) },
    { label: 'X-Ray', href: to('xray', `/traces?filter=${encodeURIComponent(`service("${name}")`)}`) },
  ];
}

const CONSOLE = 'console';

/** Host of the console in the partition of the region: aws, aws-cn or aws-us-gov. */
function hostOf(region: string): string {
  if (region.startsWith('cn-')) return `${region}.console.amazonaws.cn`;
  if (region.startsWith('us-gov-')) return `${CONSOLE}.amazonaws-us-gov.com`;
  return `${region}.console.aws.amazon.com`;
}

/** The CloudWatch console encodes names twice, with `$` for `%`. */
function twice(text: string): string {
  return encodeURIComponent(encodeURIComponent(text)).replaceAll('%', '$');
}
