/** Shows a tab of the page of a function. */
import type { ComponentType } from 'preact';
import { h } from 'preact';
import { examples } from '../../server/http/contract/examples/examples.generated.ts';
import type { Answers, Failures, ShownPage } from './show-page.ts';
import { showPage } from './show-page.ts';

export const FUNCTION_ID = '111122223333:eu-west-1:checkout';
/** Address of the page, and of the API's answers about the function. */
export const FUNCTION_PATH = '/functions/111122223333%3Aeu-west-1%3Acheckout';
/** Range that every link and question keeps. */
export const RANGE = 'from=now-7d&to=now-1d';

export interface TabOptions {
  readonly answers?: Answers;
  readonly failures?: Failures;
  /** Further parameters of the page's address, such as `&live=1`. */
  readonly chosen?: string;
  readonly facts?: Partial<NonNullable<Answers['getFunction']>>;
}

export type ShowTab = (tab: string, options?: TabOptions) => Promise<ShownPage>;

/** Shows tabs of `page`, the page of a function, for the last week but for its last day. */
export function showTabOf(page: ComponentType<{ readonly id: string }>): ShowTab {
  return (tab, { answers = {}, failures = {}, chosen = '', facts = {} } = {}) =>
    showPage(h(page, { id: FUNCTION_ID }), {
      path: FUNCTION_PATH,
      search: `?${RANGE}&tab=${tab}${chosen}`,
      answers: {
        getFunction: {
          ...examples.getFunction.answer,
          id: FUNCTION_ID,
          account: '111122223333',
          name: 'checkout',
          warnings: [],
          ...facts,
        },
        ...answers,
      },
      failures,
    });
}
