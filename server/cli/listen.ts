/** Opens the port, or says why it cannot be opened. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../config/environment.ts';
import { UserError } from './user-error.ts';

/** Resolves with the URL that the server is reached by here. @throws UserError */
export function listen(server: Server, config: Config): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? 'is taken: set THERMOCLINE_PORT to another one'
          : `cannot be used: ${error.message}`;
      reject(new UserError(`Port ${config.port} on ${config.host} ${reason}`));
    });
    server.listen(config.port, config.host, () => {
      const { port } = server.address() as AddressInfo;
      const host = config.host.includes(':') ? `[${config.host}]` : config.host;
      resolve(`http://${host}:${port}`);
    });
  });
}
