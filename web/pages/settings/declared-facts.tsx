import { useState } from 'preact/hooks';
import { mb } from '../../../ingest/text/quantities.ts';
import { call } from '../../api/client.ts';
import { oneOf } from '../../api/one-of.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionForm } from '../../components/action-form.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { duration, time, visible } from '../../format.ts';
import { saidText } from '../../i18n/reason.ts';
import { rich, t } from '../../i18n/translate.ts';
import { useAction } from '../../state/action.ts';
import { hrefTo } from '../../state/location.ts';
import { useView } from '../../state/view.ts';

const MAX_SHOWN = 50;

/** Known configuration of functions, and a form to declare what logs do not contain. */
export function DeclaredFacts() {
  const { zone } = useView();
  const answer = useQuery('listInventory', { query: { limit: MAX_SHOWN } });
  const action = useAction();
  const [id, setId] = useState('');
  const [architecture, setArchitecture] = useState<'' | 'x86_64' | 'arm64'>('');
  const [timeout, setTimeoutText] = useState('');
  const [subnets, setSubnets] = useState('');
  const declare = (): void =>
    action.run(async () => {
      const facts = {
        id,
        ...(architecture === '' ? {} : { architecture }),
        ...(timeout === '' ? {} : { timeoutSeconds: Number(timeout) }),
        ...(subnets === '' ? {} : { subnetIds: idsOf(subnets) }),
      };
      await call('updateInventory', { body: { functions: [facts] } });
      answer.reload();
      return t('Saved for {id}. Declared values override those from other sources from now on.', { id });
    });
  return (
    <Section title={t('Function configuration')}>
      <p class="soft small">
        {rich(
          'Logs do not contain architecture, timeout or VPC. Read them from AWS with {command}, or declare them here.',
          { command: <code>thermocline inventory</code> },
        )}
      </p>
      <ActionForm action={action} submit={t('Save configuration')} onSubmit={declare}>
        <label class="small">
          {t('function')} <input required value={id} onInput={(event) => setId(event.currentTarget.value)} />
        </label>
        <label class="small">
          {t('architecture')}{' '}
          <select
            value={architecture}
            onChange={(event) => setArchitecture(oneOf(['x86_64', 'arm64'], event.currentTarget.value) ?? '')}
          >
            <option value="">{t('[option] unchanged')}</option>
            <option value="x86_64">x86_64</option>
            <option value="arm64">arm64</option>
          </select>
        </label>
        <label class="small">
          {t('timeout, s')}{' '}
          <input
            type="number"
            min="1"
            max="86400"
            size={6}
            value={timeout}
            onInput={(event) => setTimeoutText(event.currentTarget.value)}
          />
        </label>
        <label class="small">
          {t('subnets')}{' '}
          <input
            placeholder={t('subnet-…, or none')}
            value={subnets}
            onInput={(event) => setSubnets(event.currentTarget.value)}
          />
        </label>
      </ActionForm>
      <ErrorBanner result={answer} what={t('the inventory')} />
      {answer.data !== null && answer.data.items.length > 0 && (
        <DataTable
          label={t('Function configuration')}
          columns={[
            { title: t('Function') },
            { title: t('Memory'), number: true },
            { title: t('Timeout'), number: true },
            { title: t('Architecture') },
            { title: t('VPC') },
            { title: t('Source') },
            { title: t('Since') },
          ]}
          rows={answer.data.items.map((one) => [
            <a href={hrefTo(`/functions/${encodeURIComponent(one.id)}`)}>
              {visible(one.id.split(':').at(-1) ?? one.id)}
            </a>,
            mb(one.memoryMb),
            duration(one.timeoutMs),
            one.architecture ?? '–',
            one.subnetIds === null ? '–' : one.subnetIds.length > 0 ? t('yes') : t('[network] no'),
            visible(saidText(one.source)),
            <span class="mono">{time(one.since, zone).slice(0, 10)}</span>,
          ])}
        />
      )}
      {answer.data !== null && answer.data.nextCursor !== null && (
        <p class="soft small">{t('The first {n} are listed; use the API to get all.', { n: MAX_SHOWN })}</p>
      )}
    </Section>
  );
}

/** Subnet IDs of a comma-separated list; `none` means not in a VPC. */
function idsOf(text: string): string[] {
  if (text.trim() === 'none') return [];
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
