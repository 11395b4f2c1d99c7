import type { NetworkAnswer } from '../../../server/http/contract/network.ts';
import { useQuery } from '../../api/use-query.ts';
import { EniEvents } from '../../components/eni-events.tsx';
import { FirstAnswer } from '../../components/first-answer.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { Term } from '../../components/term.tsx';
import { count, duration, interval, percent, quantileBasis, quantileInterval, visible } from '../../format.ts';
import { clausesText, listText } from '../../i18n/lists.ts';
import { reasonText } from '../../i18n/reason.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, rich, t, translated } from '../../i18n/translate.ts';
import { hrefTo } from '../../state/location.ts';
import { useView } from '../../state/view.ts';

const DATABASE: Readonly<Record<NonNullable<NonNullable<NetworkAnswer['capacity']>['database']>['verdict'], Message>> =
  { fits: message('fits'), 'near-limit': message('near limit'), exceeded: message('exceeded') };
/** With fewer traces a share says nothing. */
const FEWEST = 10;
const PRE_INIT = ['p50', 'p95'] as const;

const TRACED = { tab: 'invocations', traced: 'true', cold: 'true', sort: '-initDurationMs' };

/** The Network tab: time that platform and VPC add to cold starts, and ENI capacity. */
export function NetworkTab({ id }: { readonly id: string }) {
  const view = useView();
  const answer = useQuery('getFunctionNetwork', { params: { id }, query: view.rangeQuery });
  const data = answer.data;
  if (data === null) return <FirstAnswer result={answer} what={t('network')} tiles={5} />;
  const created = data.eniEvents.byName.find(({ name }) => name === 'CreateNetworkInterface');
  const { eniLatencyMs: eni, firstConnectionMs: first, preInitMs: preInit } = data;
  return (
    <>
      <ErrorBanner result={answer} what={t('network')} />
      <Section title={t('Network latency')}>
        <p>
          <span class="badge">
            {data.vpc === null ? t('VPC unknown') : data.vpc ? t('in a VPC') : t('not in a VPC')}
          </span>{' '}
          <strong>{reasonText(data.summary, data.summaryCode)}</strong>
        </p>
        {created !== undefined && created.failed > 0 && (
          <p>
            <strong>
              {t('{failed} of {n} requests to create a network interface failed: {codes}.', {
                failed: count(created.failed),
                n: count(created.n),
                codes: visible(listText(data.eniEvents.failures.map(({ errorCode }) => errorCode))),
              })}
            </strong>
          </p>
        )}
        {data.edge !== null && (
          <p>
            {t(
              'Measured at API Gateway, cold starts took {p50} longer than Lambda reported at the median, {p95} at the 95th percentile (n={n}).',
              {
                p50: duration(data.edge.excessMs.p50),
                p95: duration(data.edge.excessMs.p95),
                n: count(data.edge.cold),
              },
            )}
          </p>
        )}
        {data.reason !== null && <p>{reasonText(data.reason, data.reasonCode)}</p>}
        <p class="soft small">{reasonText(data.method, data.methodCode)}</p>
        {preInit !== null && (
          <p>
            <a href={hrefTo(`/functions/${encodeURIComponent(id)}`, TRACED)}>
              {t('Traced cold starts, the longest init first')}
            </a>
          </p>
        )}
        {data.truncated && <p class="soft small">{t('Only the newest traces of the time range were analysed.')}</p>}
      </Section>
      <div class="tiles">
        <StatTile
          label={t('Before init, p50 / p95')}
          value={preInit === null ? '–' : `${duration(preInit.p50)} / ${duration(preInit.p95)}`}
          note={preInit === null ? t('requires traces of cold starts') : t('traced cold starts')}
          {...(preInit === null
            ? {}
            : {
                detail: clausesText([
                  PRE_INIT.map((name) => quantileInterval(preInit, name)).join(' / '),
                  quantileBasis(preInit, PRE_INIT),
                ]),
              })}
        />
        {data.placementMs !== null && (
          <StatTile
            label={t('Placement and download')}
            value={duration(data.placementMs.value)}
            note={t(
              'mean of {n, plural, one {# similar function} other {# similar functions}} outside of a VPC; 95 % interval {low} – {high}',
              {
                n: data.cohort.functions,
                low: duration(data.placementMs.low),
                high: duration(data.placementMs.high),
              },
            )}
          />
        )}
        {eni !== null && (
          <StatTile
            label={t('Added by the VPC')}
            value={duration(eni.value)}
            note={t(
              '95 % interval {low} – {high}; {n, plural, one {# function} other {# functions}} in a VPC (n={inside}), {others} not (n={outside})',
              {
                low: duration(eni.low),
                high: duration(eni.high),
                n: eni.functionsVpc,
                inside: count(eni.nVpc),
                others: count(eni.functionsOther),
                outside: count(eni.nOther),
              },
            )}
          />
        )}
        <StatTile
          label={t('Platform, p50 / p95')}
          value={`${duration(data.platformMs.p50)} / ${duration(data.platformMs.p95)}`}
          note={t('end of init to START (a bound), n={n}', { n: count(data.platformMs.n) })}
        />
        <StatTile
          label={t('First invocation')}
          value={first.excess === null ? '–' : `${first.excess < 0 ? '' : '+'}${duration(first.excess)}`}
          note={
            first.excess === null
              ? `n=${count(first.n)}`
              : t('above the warm median of {median}: DNS, TLS, connections, JIT; n={n}', {
                  median: duration(first.warmMedian),
                  n: count(first.n),
                })
          }
        />
      </div>
      <div class="two">
        <Section title={t('Long waits before init')}>
          {data.over2s === null ? (
            <p class="soft">{t('Unknown without traces.')}</p>
          ) : data.over2s.n < FEWEST ? (
            <p class="soft">
              {t(
                '{n, plural, one {# traced cold start} other {# traced cold starts}}: a share needs at least {fewest}.',
                {
                  n: data.over2s.n,
                  fewest: FEWEST,
                },
              )}
            </p>
          ) : (
            <ul class="reasons">
              {(
                [
                  ['2 s', data.over2s],
                  ['10 s', data.over10s],
                ] as const
              ).map(
                ([limit, rate]) =>
                  rate !== null && (
                    <li key={limit}>
                      {t('longer than {limit}: {share} ({interval})', {
                        limit,
                        share: percent(rate.value),
                        interval: interval(rate),
                      })}
                    </li>
                  ),
              )}
              <li>
                {rich('{n, plural, one {# init} other {# inits}} started <term>proactively</term>', {
                  n: data.proactive,
                  term: (content) => <Term name="proactive">{content}</Term>,
                })}
              </li>
            </ul>
          )}
          <p>
            {data.missingRoute.suspected
              ? t(
                  '{n, plural, one {# timeout suggests} other {# timeouts suggest}} a missing route to the internet: {reason}',
                  {
                    n: data.missingRoute.timeouts,
                    reason: reasonText(data.missingRoute.reason, data.missingRoute.reasonCode) ?? '',
                  },
                )
              : t('No sign of a missing route to the internet.')}
          </p>
        </Section>
        <Capacity data={data} />
      </div>
      <EniEvents events={data.eniEvents} />
    </>
  );
}

function Capacity({ data }: { readonly data: NetworkAnswer }) {
  const { capacity } = data;
  return (
    <Section title={t('Capacity')}>
      {capacity === null ? (
        <p class="soft">
          {t('Available for functions in a VPC whose subnets and security groups are in the inventory.')}
        </p>
      ) : (
        <ul class="reasons">
          <li>
            {t(
              '{subnets, plural, one {# subnet} other {# subnets}}, {groups, plural, one {# security group} other {# security groups}}, peak concurrency {peak}',
              {
                subnets: capacity.subnets,
                groups: capacity.securityGroups,
                peak: count(capacity.peakConcurrency),
              },
            )}
          </li>
          {capacity.interfaces !== null && (
            <li>
              {t('{n, plural, one {# network interface} other {# network interfaces}} needed', {
                n: capacity.interfaces,
              })}
            </li>
          )}
          {capacity.interfaceUse !== null && (
            <li>
              {t('{share} of the connections of a shared interface in use', {
                share: percent(capacity.interfaceUse),
              })}
            </li>
          )}
          {capacity.database !== null && (
            <li>
              {t('{needed} of {max} database connections needed at the peak: {verdict}', {
                needed: count(capacity.database.needed),
                max: count(capacity.database.max),
                verdict: translated(DATABASE[capacity.database.verdict]),
              })}
              {capacity.database.daysLeft !== null &&
                `, ${t('{n, plural, one {# day} other {# days}} left at the current trend', {
                  n: Math.round(capacity.database.daysLeft),
                })}`}
            </li>
          )}
        </ul>
      )}
    </Section>
  );
}
