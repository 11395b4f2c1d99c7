/** Copies text, and says whether it worked. */
import { useState } from 'preact/hooks';

const SAID_MS = 2000;

export interface Copying {
  /** What the button says: its usual words, then what came of it. */
  readonly words: string;
  copy(text: string): void;
}

export function useCopyButton(usual: string): Copying {
  const [words, setWords] = useState(usual);
  const say = (said: string): void => {
    setWords(said);
    setTimeout(() => setWords(usual), SAID_MS);
  };
  return {
    words,
    copy: (text) => {
      // Absent where the page is neither on HTTPS nor on this machine.
      const clipboard = navigator.clipboard as Clipboard | undefined;
      if (clipboard === undefined) say('Select and copy by hand');
      else
        clipboard.writeText(text).then(
          () => say('Copied'),
          () => say('Select and copy by hand'),
        );
    },
  };
}
