import { useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';

const FEEDBACK_MS = 2000;

export interface CopyButton {
  /** Label of the button: the given one, or for two seconds after a click whether copying worked. */
  readonly label: string;
  copy(text: string): void;
}

/** State of a button that copies text to the clipboard. */
export function useCopyButton(initial: string): CopyButton {
  const [label, setLabel] = useState(initial);
  const showFeedback = (feedback: string): void => {
    setLabel(feedback);
    setTimeout(() => setLabel(initial), FEEDBACK_MS);
  };
  return {
    label,
    copy: (text) => {
      // Browsers provide it only on HTTPS and on localhost.
      const clipboard = navigator.clipboard as Clipboard | undefined;
      const failed = (): void => showFeedback(t('Copy failed: select the text'));
      if (clipboard === undefined) failed();
      else clipboard.writeText(text).then(() => showFeedback(t('Copied')), failed);
    },
  };
}
