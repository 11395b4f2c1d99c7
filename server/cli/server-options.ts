/** Options of commands that ask a server, here or elsewhere. */
import { Option } from 'commander';

/** Address of the server, by default from `THERMOCLINE_URL`. */
export function urlOption(): Option {
  return new Option('--url <url>', 'address of the server; without it, that of this data folder').env(
    'THERMOCLINE_URL',
  );
}

/** Token of that server, by default from `THERMOCLINE_TOKEN`; `scope` names what it must permit. */
export function tokenOption(scope: string): Option {
  return new Option('--token <token>', `token with the scope ${scope}`).env('THERMOCLINE_TOKEN');
}
