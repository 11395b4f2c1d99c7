import { expect, test } from 'vitest';
import { machineOf, privateBytes } from './machine.ts';

const MIB = 1_048_576;
const TOTAL = 16_384 * MIB;

/** A machine of 16 GB and 8 processors with these files. */
const machine = (files: Readonly<Record<string, string>>) => machineOf((path) => files[path] ?? null, TOTAL, 8);

test.each([
  ['no control groups', {}, TOTAL, 8],
  [
    'version 2 in a container',
    {
      '/proc/self/cgroup': '0::/\n',
      '/sys/fs/cgroup/memory.max': '268435456\n',
      '/sys/fs/cgroup/cpu.max': '50000 100000\n',
    },
    256 * MIB,
    1,
  ],
  [
    'version 2, the group around it is smaller',
    {
      '/proc/self/cgroup': '0::/system.slice/thermocline.service\n',
      '/sys/fs/cgroup/system.slice/thermocline.service/memory.max': 'max\n',
      '/sys/fs/cgroup/system.slice/memory.max': '536870912\n',
      '/sys/fs/cgroup/system.slice/thermocline.service/cpu.max': '150000 100000\n',
    },
    512 * MIB,
    2,
  ],
  [
    'version 2, memory.high is lower',
    {
      '/proc/self/cgroup': '0::/a\n',
      '/sys/fs/cgroup/a/memory.max': '536870912\n',
      '/sys/fs/cgroup/a/memory.high': '268435456\n',
    },
    256 * MIB,
    8,
  ],
  [
    'version 2 without a limit',
    { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/memory.max': 'max\n', '/sys/fs/cgroup/cpu.max': 'max 100000\n' },
    TOTAL,
    8,
  ],
  [
    'version 1',
    {
      '/proc/self/cgroup': '4:memory:/docker/abc\n1:cpu,cpuacct:/docker/abc\n',
      '/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes': '268435456\n',
      '/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us': '400000\n',
      '/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us': '100000\n',
    },
    256 * MIB,
    4,
  ],
  [
    'version 1 in a container, whose path is that of the host',
    { '/proc/self/cgroup': '4:memory:/docker/abc\n', '/sys/fs/cgroup/memory/memory.limit_in_bytes': '134217728\n' },
    128 * MIB,
    8,
  ],
  [
    'version 1 without a limit',
    {
      '/proc/self/cgroup': '4:memory:/\n1:cpu:/\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    },
    TOTAL,
    8,
  ],
  [
    'nonsense is no limit',
    { '/proc/self/cgroup': 'x\n0::/../..\n', '/sys/fs/cgroup/memory.max': 'much\n', '/sys/fs/cgroup/cpu.max': '1 0\n' },
    TOTAL,
    8,
  ],
])('%s', (_, files, memoryBytes, processors) => {
  expect(machine(files)).toMatchObject({ memoryBytes, processors });
});

test('open files are the soft limit of the process', () => {
  const line = 'Max open files            64                   1024                 files     \n';
  expect(machine({ '/proc/self/limits': line }).openFiles).toBe(64);
  expect(machine({ '/proc/self/limits': line.replace('64  ', 'unlimited') }).openFiles).toBeNull();
  expect(machine({}).openFiles).toBeNull();
});

test('private memory is a part of what is resident', () => {
  expect(privateBytes()).toBeGreaterThan(10 * MIB);
  expect(privateBytes()).toBeLessThanOrEqual(process.memoryUsage.rss() * 1.2);
});
