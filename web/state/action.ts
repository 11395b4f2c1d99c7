/** Runs something that changes data on the server, and keeps its outcome for the page. */

import { useState } from 'preact/hooks';
import { ApiError, problemMessage } from '../api/client.ts';
import { t } from '../i18n/translate.ts';

export interface Action {
  readonly busy: boolean;
  /** Outcome of the last run, as a sentence; null before the first and while one runs. */
  readonly message: string | null;
  readonly failed: boolean;
  /** Runs `work`, which returns the message of success; the message of an error it throws is shown instead. */
  run(work: () => Promise<string>): void;
}

/** An action of a page: runs one piece of work at a time and keeps its outcome. */
export function useAction(): Action {
  const [state, setState] = useState<Omit<Action, 'run'>>({ busy: false, message: null, failed: false });
  return {
    ...state,
    run: (work) => {
      setState({ busy: true, message: null, failed: false });
      work().then(
        (message) => setState({ busy: false, message, failed: false }),
        (error: unknown) => setState({ busy: false, message: errorMessage(error), failed: true }),
      );
    },
  };
}

function errorMessage(error: unknown): string {
  if (error instanceof ApiError) return problemMessage(error);
  return error instanceof Error ? error.message : t('Request failed');
}
