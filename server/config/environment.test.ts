import { expect, test } from 'vitest';
import { ConfigError, readConfig } from './environment.ts';

test('an empty environment is valid; the result is frozen', () => {
  const config = readConfig({});
  expect(config).toMatchObject({ host: '127.0.0.1', port: 8020, rawLines: 'all' });
  expect(Object.isFrozen(config)).toBe(true);
});

/** As the kubelet writes them (pkg/kubelet/envvars) for Services named thermocline and thermocline-ingest. */
const OF_SERVICES = {
  THERMOCLINE_SERVICE_HOST: '10.0.0.1',
  THERMOCLINE_SERVICE_PORT: '80',
  THERMOCLINE_SERVICE_PORT_HTTP: '80',
  THERMOCLINE_PORT: 'tcp://10.0.0.1:80',
  THERMOCLINE_PORT_80_TCP: 'tcp://10.0.0.1:80',
  THERMOCLINE_PORT_80_TCP_PROTO: 'tcp',
  THERMOCLINE_PORT_80_TCP_PORT: '80',
  THERMOCLINE_PORT_80_TCP_ADDR: '10.0.0.1',
  THERMOCLINE_INGEST_SERVICE_HOST: '10.0.0.2',
  THERMOCLINE_INGEST_PORT: 'tcp://10.0.0.2:80',
  THERMOCLINE_INGEST_PORT_80_TCP: 'tcp://10.0.0.2:80',
};

test('variables of Kubernetes for Services of that name are no settings', () => {
  expect(readConfig({ ...OF_SERVICES, THERMOCLINE_HOST: '0.0.0.0' })).toMatchObject({
    ...{ host: '0.0.0.0', port: 8020, serviceLinks: Object.keys(OF_SERVICES) },
  });
  expect(readConfig({ ...OF_SERVICES, THERMOCLINE_PORT: '9000' }).port).toBe(9000);
  for (const name of ['THERMOCLINE_SERVICE', 'THERMOCLINE_PORTS', 'THERMOCLINE_INGEST_PORT', 'THERMOCLINE_PORT_80'])
    expect(() => readConfig({ [name]: '80' })).toThrow(`${name}: unknown setting`);
  expect(() => readConfig({ THERMOCLINE_PORT: '10.0.0.1:80' })).toThrow('THERMOCLINE_PORT: expected a whole number');
});

test('address and token of a server elsewhere are no settings', () => {
  expect(readConfig({ THERMOCLINE_URL: 'https://t.example.com', THERMOCLINE_TOKEN: 'x' }).serviceLinks).toEqual([]);
});

test('all errors are reported at once, by name', () => {
  const read = () =>
    readConfig({
      THERMOCLINE_PORT: 'x',
      THERMOCLINE_RAW_LINES: 'some',
      THERMOCLINE_ADMIN_TOKEN: 'short',
      THERMOCLINE_TYPO: '1',
    });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/THERMOCLINE_TYPO[\s\S]*THERMOCLINE_ADMIN_TOKEN[\s\S]*THERMOCLINE_RAW_LINES|THERMOCLINE_PORT/);
  for (const name of ['THERMOCLINE_PORT', 'THERMOCLINE_RAW_LINES', 'THERMOCLINE_ADMIN_TOKEN', 'THERMOCLINE_TYPO'])
    expect(read).toThrow(name);
});
