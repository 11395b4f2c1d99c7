/** Opens the port of a server. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../config/environment.ts';
import { UserError } from './user-error.ts';

/** Resolves with the local URL of the server. @throws UserError if the port cannot be opened. */
export function listen(server: Server, config: Config): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? 'is in use. Set THERMOCLINE_PORT to another port.'
          : `cannot be opened: ${error.message}`;
      reject(new UserError(`Port ${config.port} on ${config.host} ${reason}`));
    });
    server.listen(config.port, config.host, () => {
      const { port } = server.address() as AddressInfo;
      const host = config.host.includes(':') ? `[${config.host}]` : config.host;
      resolve(`http://${host}:${port}`);
    });
  });
}
