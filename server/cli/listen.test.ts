/** The socket of a server: README promises that nobody else's machine reaches it. */
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { readConfig } from '../config/environment.ts';
import { listen } from './listen.ts';
import { UserError } from './user-error.ts';

const config = { ...readConfig({}), port: 0 };

test('without settings the server listens on 127.0.0.1 only; a port in use is named', async () => {
  const [first, second] = [createServer(), createServer()];
  try {
    const url = await listen(first, config);
    const address = first.address();
    if (address === null || typeof address === 'string') throw new Error('no address');
    expect(address.address).toBe('127.0.0.1');
    expect(url).toBe(`http://127.0.0.1:${address.port}`);
    const error = await listen(second, { ...config, port: address.port }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain(
      `Port ${address.port} on 127.0.0.1 is in use. Set THERMOCLINE_PORT to another port.`,
    );
  } finally {
    first.close();
    second.close();
  }
});

test('an address of another machine is named with the reason', async () => {
  // 192.0.2.1 is for documentation (RFC 5737): no machine has it.
  await expect(listen(createServer(), { ...config, host: '192.0.2.1' })).rejects.toThrow(
    /^Port 0 on 192\.0\.2\.1 cannot be opened: /,
  );
});
