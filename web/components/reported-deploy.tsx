import type { ComponentChildren } from 'preact';
import type { ReportedDeploy as Deploy } from '../../server/http/contract/markers.ts';
import { time, visible } from '../format.ts';
import { rich, t } from '../i18n/translate.ts';
import { useView } from '../state/view.ts';

/** Characters by which people know a commit. */
const SHORT_COMMIT = 7;

/** What a pipeline or a person reported of a deployment, in a line. */
export function ReportedDeploy({ deploy }: { readonly deploy: Deploy }) {
  const { zone } = useView();
  const { commit, author, label, url } = deploy;
  const named = label ?? (commit === null ? null : commit.slice(0, SHORT_COMMIT));
  const what = named === null ? t('a deployment') : visible(named);
  const values = {
    what,
    when: <time dateTime={deploy.at}>{time(deploy.at, zone)}</time>,
    author: visible(author ?? deploy.sender),
    // Reported addresses are of https or http (the contract says so).
    link: (content: ComponentChildren) =>
      url === null ? (
        <span class="mono">{content}</span>
      ) : (
        <a href={url} rel="noreferrer noopener" target="_blank">
          {content}
        </a>
      ),
  };
  return <p class="soft">{rich('<link>{what}</link>, reported by {author} at {when}', values)}</p>;
}
