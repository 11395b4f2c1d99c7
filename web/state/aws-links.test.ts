import { expect, test } from 'vitest';
import { consoleLinks } from './aws-links.ts';

const linksIn = (region: string, name = 'checkout', account = '111122223333') =>
  consoleLinks({ account, region, name }).map(({ label, href }) => [label, href]);

test('a function, its log group and its traces, in the console of its region', () => {
  expect(linksIn('eu-west-1')).toEqual([
    ['Function', 'https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/checkout'],
    [
      'Log group',
      'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fcheckout',
    ],
    [
      'X-Ray',
      'https://eu-west-1.console.aws.amazon.com/xray/home?region=eu-west-1#/traces?filter=service(%22checkout%22)',
    ],
  ]);
});

test.each([
  ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn/'],
  ['us-gov-west-1', 'https://console.amazonaws-us-gov.com/'],
  ['ap-southeast-2', 'https://ap-southeast-2.console.aws.amazon.com/'],
])('the partition of %s has a console of its own', (region, start) => {
  for (const [, href] of linksIn(region)) expect(href?.startsWith(start)).toBe(true);
});

test.each([
  ['eu-west-1', 'a/../b', '111122223333'],
  ['eu-west-1', '"><img src=x>', '111122223333'],
  ['evil.example/', 'checkout', '111122223333'],
  ['', 'checkout', '111122223333'],
  ['eu-west-1', 'checkout', ''],
  ['eu-west-1', 'checkout', '000000000000'],
])('what AWS would not accept gets no link: %s %s %s', (region, name, account) => {
  expect(linksIn(region, name, account)).toEqual([]);
});
