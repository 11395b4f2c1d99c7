/** Parts of Amazon resource names. */

/** Of every partition: `eu-west-1`, `us-gov-west-1`, `cn-northwest-1`, `eusc-de-east-1`, `us-isob-east-1`. */
export const REGION = /^[a-z]{2,4}(?:-[a-z]{2,9}){1,2}-\d$/;

/** The region of an ARN, or null. */
export function arnRegion(arn: string | null): string | null {
  const region = arn?.split(':', 5)[3];
  return region === undefined || !REGION.test(region) ? null : region;
}

/** Account, region and name of a Lambda function's ARN (qualified or not), or null. */
export function functionOfArn(arn: string | null): { account: string; region: string; name: string } | null {
  const match = /^arn:aws[a-z-]*:lambda:([a-z0-9-]{5,20}):(\d{12}):function:([\w-]{1,140})(?::|$)/.exec(arn ?? '');
  return match === null ? null : { region: match[1] ?? '', account: match[2] ?? '', name: match[3] ?? '' };
}

/** The ARN of a Lambda function; null if one of its parts is missing or has another form. */
export function functionArn(account: string | null, region: string | null, name: string | null): string | null {
  if (!/^\d{12}$/.test(account ?? '') || !REGION.test(region ?? '') || !/^[\w-]{1,140}$/.test(name ?? '')) return null;
  const partition = region?.startsWith('cn-') ? 'aws-cn' : region?.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return `arn:${partition}:lambda:${region}:${account}:function:${name}`;
}
