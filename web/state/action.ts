/** Something a person does that changes things: runs once at a time, and says what came of it. */
import { useState } from 'preact/hooks';
import { ApiError, wordsOf } from '../api/client.ts';

export interface Action {
  readonly busy: boolean;
  /** What came of it, in words; null before anything did. */
  readonly said: string | null;
  readonly failed: boolean;
  /** `work` answers with what to say. */
  run(work: () => Promise<string>): void;
}

export function useAction(): Action {
  const [state, setState] = useState<Omit<Action, 'run'>>({ busy: false, said: null, failed: false });
  return {
    ...state,
    run: (work) => {
      setState({ busy: true, said: null, failed: false });
      work().then(
        (said) => setState({ busy: false, said, failed: false }),
        (error: unknown) => setState({ busy: false, said: reasonOf(error), failed: true }),
      );
    },
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof ApiError) return wordsOf(error);
  return error instanceof Error ? error.message : 'It did not work';
}
