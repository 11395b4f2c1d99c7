/** The subscribe command against the test double of AWS. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ACCOUNT, AwsDouble, REGION } from '../support/aws.ts';
import { runCommand } from '../support/command.ts';
import { memoryFolder, removeFolder } from '../support/product.ts';

const DESTINATION = `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/thermocline`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/thermocline`;

let aws: AwsDouble;
let folder: string;

beforeEach(async () => {
  aws = await AwsDouble.start();
  folder = memoryFolder();
});

afterEach(async () => {
  await aws.stop();
  removeFolder(folder);
});

const run = (...args: string[]) => runCommand(folder, args, { environment: aws.environment });

describe('subscribe', () => {
  const subscribe = (...args: string[]) =>
    run('subscribe', '--destination', DESTINATION, '--role', ROLE, '--requests-per-second', '50', ...args);
  const filtersOf = (name: string) => aws.groups.get(name)?.filters.map((filter) => filter.filterName);
  const other = { filterName: 'datadog', filterPattern: '', destinationArn: 'arn:aws:lambda:eu-west-1:1:function:x' };

  test('subscribes to all lines of a group that may hold a telemetry feed, and to platform lines of a function’s group', async () => {
    aws.group('/aws/lambda/a');
    aws.group('aws/spans');
    const applied = await subscribe('--pattern', '*', '--apply', '--yes');
    expect(applied.stdout).toContain('2 subscribed, 0 failed');
    expect(applied.stdout).toMatch(/create aws\/spans \(every line is delivered: the group may hold other telemetry/);
    expect(aws.groups.get('aws/spans')?.filters[0]?.filterPattern).toBe('');
    const forwarder = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:forwarder`;
    const forwarded = await run(
      'subscribe',
      '--log-group',
      'aws/spans',
      '--destination',
      forwarder,
      '--filter-name',
      'f',
    );
    expect(forwarded.stdout).toContain('the forwarder drops only application lines');
    expect(aws.groups.get('/aws/lambda/a')?.filters[0]?.filterPattern).toContain('?"RequestId:"');
    expect((await subscribe('--pattern', '*')).stdout).toContain('0 to update, 2 unchanged');
    expect((await subscribe('--account-level', '--plan')).stdout).toContain('other telemetry require --everything');
  });

  test('plan, apply, apply again, status and remove touch only our own subscription filters', async () => {
    aws.group('/aws/lambda/fresh');
    aws.group('/aws/lambda/shared', [], { filters: [{ ...other }] });
    aws.group('/aws/lambda/full', [], { filters: [{ ...other }, { ...other, filterName: 'splunk' }] });
    aws.group('/aws/lambda/delivered', [], { logGroupClass: 'DELIVERY' });
    aws.group('/aws/kinesisfirehose/thermocline');
    const plan = await subscribe('--pattern', '/aws/*');
    expect(plan.stdout).toContain('3 to create, 0 to update, 0 unchanged, 2 skipped');
    expect(plan.stdout).toContain('skip   /aws/kinesisfirehose/thermocline (part of the delivery chain');
    expect(plan.stdout).toContain('Nothing was changed');
    expect(aws.of('PutSubscriptionFilter')).toEqual([]);
    expect((await subscribe('--all-lambda', '--apply')).stderr).toContain('Nothing was changed. Add --yes');
    expect(aws.of('PutSubscriptionFilter')).toEqual([]);

    const applied = await subscribe('--all-lambda', '--apply', '--yes');
    expect(applied.code).toBe(1);
    expect(applied.stdout).toContain('2 subscribed, 1 failed');
    expect(applied.stdout).toContain('FAILED /aws/lambda/full: The log group has no free subscription slot');
    expect(filtersOf('/aws/lambda/shared')).toEqual(['datadog', 'thermocline']);
    expect(filtersOf('/aws/lambda/full')).toEqual(['datadog', 'splunk']);
    expect(aws.groups.get('/aws/lambda/fresh')?.filters[0]).toMatchObject({
      destinationArn: DESTINATION,
      roleArn: ROLE,
    });

    const puts = aws.of('PutSubscriptionFilter').length;
    const again = await subscribe('--all-lambda', '--exclude', '*full', '--apply', '--yes');
    expect(again.stdout).toContain('0 to create, 0 to update, 2 unchanged');
    expect(aws.of('PutSubscriptionFilter')).toHaveLength(puts);

    const status = await run('subscribe', '--status', '--all-lambda');
    expect(status.stdout).toContain('2 of 4 log groups are subscribed');
    expect(status.stdout).toContain('(others: "datadog", "splunk")');

    const removed = await run('subscribe', '--remove', '--all-lambda', '--yes');
    expect(removed.stdout).toContain('2 removed, 0 failed');
    expect(filtersOf('/aws/lambda/shared')).toEqual(['datadog']);
    expect(filtersOf('/aws/lambda/fresh')).toEqual([]);
  });

  test('status says which of our filters have a pattern that may drop reported errors', async () => {
    aws.group('/aws/lambda/default');
    aws.group('/aws/lambda/edited', [], {
      filters: [{ ...other, filterName: 'thermocline', filterPattern: 'REPORT' }],
    });
    const own = { ...other, filterName: 'thermocline-own-pattern', filterPattern: '?"RequestId:" ?"Exception"' };
    aws.group('/aws/lambda/own', [], { filters: [own] });
    await subscribe('--log-group', '/aws/lambda/default', '--apply', '--yes');
    const declare = 'With its name in THERMOCLINE_ERROR_FILTERS of the server';
    const alone = await run('subscribe', '--status', '--log-group', '/aws/lambda/default');
    expect(alone.stdout).toContain(declare);
    const { stdout } = await run('subscribe', '--status', '--all-lambda');
    expect(stdout).not.toContain(declare);
    expect(stdout).toMatch(/✓ \/aws\/lambda\/default → \S+\n/);
    for (const name of ['edited', 'own'])
      expect(stdout).toMatch(
        new RegExp(`/aws/lambda/${name} → \\S+ \\(its pattern may drop lines with "Invoke Error"`),
      );
    // One filter is ours, which --apply changes; the other is that of a kit, which it leaves alone.
    expect(stdout).toMatch(/1 of them may drop errors that runtimes report, .* subscribe --apply gives/);
    expect(stdout).toMatch(/1 of them may drop errors that runtimes report, .* parameter FilterPattern of the kit/);
  });

  test('a group of another log class or without permission does not stop the others', async () => {
    aws.group('/aws/lambda/a', [], { filters: [{ ...other, filterName: 'thermocline' }] });
    aws.group('/aws/lambda/denied');
    aws.group('/aws/lambda/ia', [], { logGroupClass: 'INFREQUENT_ACCESS' });
    // The class is not in the listing of older endpoints: the service refuses then.
    aws.group('/aws/lambda/unlisted');
    aws.group('/aws/lambda/z', [], { filters: [{ ...other, filterName: 'thermocline' }] });
    aws.script = ({ target, input }) => {
      if (!/SubscriptionFilters/.test(target)) return undefined;
      if (input['logGroupName'] === '/aws/lambda/denied') return { type: 'AccessDeniedException', message: 'no' };
      return input['logGroupName'] === '/aws/lambda/unlisted'
        ? { type: 'ValidationException', message: 'This operation is only supported on the Standard log class.' }
        : undefined;
    };
    const plan = await subscribe('--all-lambda', '--plan');
    expect(plan.stdout).toContain('0 to create, 2 to update, 0 unchanged, 2 skipped, 1 could not be read');
    expect(plan.stdout).toMatch(/skip {3}\/aws\/lambda\/ia \(.*create a group of class STANDARD/);
    expect(plan.code).toBe(1);
    const shown = await run('subscribe', '--status', '--all-lambda');
    expect(shown.stdout).toContain('2 of 5 log groups are subscribed, 1 could not be read');
    expect(shown.stdout).toContain('! /aws/lambda/denied (The credentials lack a permission.');
    expect(shown.stdout).toContain('– /aws/lambda/ia (Log class INFREQUENT_ACCESS supports neither');
    const removed = await run('subscribe', '--remove', '--all-lambda', '--yes');
    expect(removed.stdout).toContain('2 removed, 0 failed');
    expect(removed.code).toBe(1);
    expect(filtersOf('/aws/lambda/a')).toEqual([]);
    expect(filtersOf('/aws/lambda/z')).toEqual([]);
  });

  test('selects by tag, updates a changed destination, and skips the forwarder’s own group', async () => {
    aws.group('/aws/lambda/a', [], { tags: { team: 'shop' } });
    aws.group('/aws/lambda/b', [], { tags: { team: 'other' } });
    aws.group('/aws/lambda/forwarder', [], { tags: { team: 'shop' } });
    const forwarder = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:forwarder`;
    const args = ['subscribe', '--all-lambda', '--tag', 'team=shop', '--apply', '--yes'];
    const first = await run(...args, '--destination', forwarder);
    expect(first.stdout).toContain('1 to create, 0 to update, 0 unchanged, 1 skipped');
    expect(filtersOf('/aws/lambda/a')).toEqual(['thermocline']);
    expect(filtersOf('/aws/lambda/forwarder')).toEqual([]);
    const moved = await run(...args, '--destination', DESTINATION, '--role', ROLE);
    expect(moved.stdout).toContain(`update /aws/lambda/a (destination was ${forwarder})`);
    expect(aws.groups.get('/aws/lambda/a')?.filters).toHaveLength(1);
  });

  test('explains permission and delivery errors', async () => {
    aws.group('/aws/lambda/a');
    aws.script = ({ target }) =>
      target === 'PutSubscriptionFilter'
        ? { type: 'InvalidParameterException', message: 'Could not deliver test message to specified Firehose stream.' }
        : undefined;
    expect((await subscribe('--all-lambda', '--apply', '--yes')).stdout).toContain(
      'The role must allow firehose:PutRecord',
    );
    aws.script = ({ target }) =>
      target === 'PutSubscriptionFilter'
        ? { type: 'AccessDeniedException', message: `User is not authorized to perform: iam:PassRole on ${ROLE}` }
        : undefined;
    expect((await subscribe('--all-lambda', '--apply', '--yes')).stdout).toContain('Allow iam:PassRole');
    aws.script = ({ target }, nth) =>
      target === 'PutSubscriptionFilter' && nth < 5
        ? { type: 'OperationAbortedException', message: 'busy' }
        : undefined;
    expect((await subscribe('--all-lambda', '--apply', '--yes')).stdout).toContain('1 subscribed, 0 failed');
    expect((await run('subscribe', '--all-lambda', '--destination', DESTINATION)).stderr).toContain('--role');
    expect((await run('subscribe', '--all-lambda', '--destination', 'x')).stderr).toContain('expected the ARN');
    const china = await runCommand(folder, ['subscribe', '--iam'], {
      environment: { ...aws.environment, AWS_REGION: 'cn-north-1' },
    });
    expect(china.stdout).toContain('arn:aws-cn:iam::*:role/thermocline-*');
    expect(china.stdout).toContain('logs.*.amazonaws.com.cn');
    const policy = JSON.parse((await run('subscribe', '--iam', '--role', ROLE)).stdout) as {
      Statement: { Resource: string }[];
    };
    expect(policy.Statement.at(-1)?.Resource).toBe(ROLE);
  });

  test('account level: uses the one policy slot and never replaces another product’s policy', async () => {
    aws.group('/aws/lambda/a');
    aws.group('/aws/kinesisfirehose/thermocline');
    const applied = await subscribe('--account-level', '--exclude', '*a', '--apply', '--yes');
    expect(applied.stdout).toContain('1 subscribed');
    expect(aws.accountPolicies[0]?.selectionCriteria).toBe(
      'LogGroupName NOT IN ["/aws/kinesisfirehose/thermocline","/aws/lambda/a"]',
    );
    expect(JSON.parse(aws.accountPolicies[0]?.policyDocument ?? '')).toMatchObject({
      DestinationArn: DESTINATION,
      RoleArn: ROLE,
    });
    expect((await subscribe('--account-level', '--exclude', '*a')).stdout).toContain('keep');
    expect((await run('subscribe', '--account-level', '--remove', '--yes')).stdout).toContain('1 removed');
    aws.accountPolicies.push({ policyName: 'siem', policyDocument: JSON.stringify({ DestinationArn: 'arn:x' }) });
    const taken = await subscribe('--account-level', '--apply', '--yes');
    expect(taken.code).toBe(1);
    expect(taken.stdout).toContain('only subscription policy is "siem"');
    expect(aws.accountPolicies).toHaveLength(1);
  });
});
