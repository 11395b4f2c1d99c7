import { expect, test } from 'vitest';
import { isOptInRegion, partitionOf, partitionOfArn } from './aws-regions.ts';
import { iamPolicy } from './subscription-plan.ts';

/** Suffixes as the SDKs' partition metadata gives them. */
test.each([
  ['eu-west-1', 'aws', 'amazonaws.com', false],
  ['af-south-1', 'aws', 'amazonaws.com', true],
  ['cn-north-1', 'aws-cn', 'amazonaws.com.cn', false],
  ['us-gov-west-1', 'aws-us-gov', 'amazonaws.com', false],
  ['us-iso-east-1', 'aws-iso', 'c2s.ic.gov', false],
  ['us-isob-east-1', 'aws-iso-b', 'sc2s.sgov.gov', false],
  ['eusc-de-east-1', 'aws-eusc', 'amazonaws.eu', false],
])('%s', (region, name, suffix, optIn) => {
  expect(partitionOf(region)).toEqual({ name, suffix });
  expect(isOptInRegion(region)).toBe(optIn);
  expect(partitionOfArn(`arn:${name}:iam::123456789012:role/x`)).toEqual({ name, suffix });
  const text = JSON.stringify(iamPolicy(null, partitionOf(region)));
  expect(text).toContain(`"arn:${name}:iam::*:role/thermocline-*"`);
  expect(text).toContain(`"logs.*.${suffix}"`);
});

test('text that is no ARN', () => {
  for (const text of ['', 'x', 'arn:azure:x', 'arn:aws']) expect(partitionOfArn(text)).toBeNull();
});
