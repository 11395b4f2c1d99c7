/** Opens the port of a server. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { Config } from '../config/environment.ts';
import { UserError } from './user-error.ts';

/**
 * Connections that wait to be accepted; the kernel may allow fewer (`net.core.somaxconn`). Node's 511 overflow when thousands connect
 * at once: the kernel then drops their first packets, and clients, those of others too, try again after 1, 3, 7 and 15 seconds.
 */
const BACKLOG = 4096;

/** Checks that this machine has the configured address, before anything is opened. @throws UserError */
export function assertAddress({ host }: Pick<Config, 'host'>): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) =>
      reject(new UserError(`THERMOCLINE_HOST: expected an address of this machine, got ${host} (${error.message})`)),
    );
    probe.listen(0, host, () => probe.close(() => resolve()));
  });
}

/** Resolves with the local URL of the server. @throws UserError if the port cannot be opened. */
export function listen(server: Server, config: Config): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? 'is in use. Set THERMOCLINE_PORT to another port.'
          : `cannot be opened: ${error.message}. Check THERMOCLINE_HOST and THERMOCLINE_PORT.`;
      reject(new UserError(`Port ${config.port} on ${config.host} ${reason}`));
    });
    server.listen({ port: config.port, host: config.host, backlog: BACKLOG }, () => {
      const { port } = server.address() as AddressInfo;
      const host = config.host.includes(':') ? `[${config.host}]` : config.host;
      resolve(`http://${host}:${port}`);
    });
  });
}
