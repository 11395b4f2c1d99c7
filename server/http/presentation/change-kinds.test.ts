/** Names of the kinds of a change. Expected values follow from the definitions. */
import { expect, test } from 'vitest';
import { isPatch, kindsOf } from './change-kinds.ts';

const before = {
  version: '7',
  memoryMb: 512,
  extensions: ['a', 'b'],
  runtimeVersionArn: 'arn:1',
  deployedAtMs: 1000,
};
const kinds = (change: Partial<typeof before>): readonly string[] =>
  kindsOf({ source: 'logs', from: before, to: { ...before, ...change } }).kinds;

test('log lines show version, deployment, memory, extensions and patches of the runtime', () => {
  expect(kinds({})).toEqual([]);
  expect(kinds({ memoryMb: 1024 })).toEqual(['memory']);
  expect(kinds({ extensions: ['a'] })).toEqual(['extensions']);
  expect(kinds({ extensions: ['b', 'a'] })).toEqual(['extensions']);
  expect(kinds({ extensions: ['a', 'b'] })).toEqual([]);
  expect(kinds({ runtimeVersionArn: 'arn:2' })).toEqual(['runtime-patch']);
  expect(kinds({ deployedAtMs: 2000 })).toEqual(['deploy']);
  // A new version is a deployment by itself.
  expect(kinds({ version: '8', deployedAtMs: 2000 })).toEqual(['version']);
  expect(kinds({ version: '8', memoryMb: 1024, extensions: [], runtimeVersionArn: 'arn:2' })).toEqual([
    'version',
    'memory',
    'extensions',
    'runtime-patch',
  ]);
});

test('both sides are given', () => {
  const to = { ...before, memoryMb: 1024 };
  expect(kindsOf({ source: 'logs', from: before, to })).toMatchObject({ before, after: to });
});

test('the inventory shows each fact by its name; subnets and security groups are the VPC', () => {
  const names = ['timeoutMs', 'subnetIds', 'securityGroupIds', 'ephemeralStorageMb', 'layers'];
  const facts = names.map((name, at) => ({ name, from: at, to: at + 10 }));
  const found = kindsOf({ source: 'inventory', facts });
  expect(found.kinds).toEqual(['timeout', 'vpc', 'ephemeral-storage', 'layers']);
  expect(found.before).toEqual({
    timeoutMs: 0,
    subnetIds: 1,
    securityGroupIds: 2,
    ephemeralStorageMb: 3,
    layers: 4,
  });
  expect(found.after).toMatchObject({ timeoutMs: 10, layers: 14 });
});

test('a patch is a change of the runtime alone', () => {
  const of = (...all: string[]) => isPatch({ kinds: all, before: {}, after: {} });
  expect([of('runtime-patch'), of('runtime-patch', 'memory'), of('memory'), of()]).toEqual([true, false, false, false]);
});
