/** Examples of the operations in ../prometheus.ts, as a server with the demo fleet answered them; lists are cut to one entry. */
import type { prometheusRoutes } from '../prometheus.ts';
import type { ExamplesOf } from '../route.ts';

const labels = {
  account: '123456789012',
  architecture: 'arm64',
  function: 'checkout',
  memory_mb: '512',
  region: 'eu-west-1',
  version: '42',
};
const query = 'sum by (function) (rate(thermocline_invocations_total[15m]))';
type Answer<K extends keyof typeof prometheusRoutes> = ExamplesOf<typeof prometheusRoutes>[K]['answer'];
const instant: Answer<'prometheusQuery'> = {
  status: 'success',
  data: { resultType: 'vector', result: [{ metric: { function: 'checkout' }, value: [1795852620, '1.25'] }] },
};
const overTime: Answer<'prometheusQueryRange'> = {
  status: 'success',
  data: { resultType: 'matrix', result: [{ metric: { function: 'checkout' }, values: [[1795852500, '1.25']] }] },
};
const names: Answer<'prometheusLabels'> = { status: 'success', data: ['__name__', 'account', 'function'] };
const series: Answer<'prometheusSeries'> = {
  status: 'success',
  data: [{ __name__: 'thermocline_invocations_total', ...labels }],
};
const range = { start: '1795852500', end: '1795856100', step: '5m' };
const match = { 'match[]': 'thermocline_invocations_total{function="checkout"}' };

export const prometheusExamples: ExamplesOf<typeof prometheusRoutes> = {
  prometheusQuery: { query: { query }, answer: instant },
  prometheusQueryForm: { body: `query=${encodeURIComponent(query)}`, answer: instant },
  prometheusQueryRange: { query: { query, ...range }, answer: overTime },
  prometheusQueryRangeForm: {
    body: `query=${encodeURIComponent(query)}&start=1795852500&end=1795856100&step=5m`,
    answer: overTime,
  },
  prometheusLabels: { query: match, answer: names },
  prometheusLabelsForm: { body: 'start=1795852500', answer: names },
  prometheusLabelValues: {
    params: { label: 'function' },
    query: match,
    answer: { status: 'success', data: ['checkout'] },
  },
  prometheusSeries: { query: match, answer: series },
  prometheusSeriesForm: { body: 'match[]=thermocline_invocations_total', answer: series },
  functionMetrics: {
    query: match,
    answer:
      '# HELP thermocline_invocations_total Invocations\n# TYPE thermocline_invocations_total counter\nthermocline_invocations_total{function="checkout",account="123456789012",region="eu-west-1",version="7",memory_mb="512",architecture="arm64"} 1027\n',
  },
  prometheusMetadata: {
    query: { metric: 'thermocline_invocations_total' },
    answer: {
      status: 'success',
      data: { thermocline_invocations_total: [{ type: 'counter', help: 'Invocations', unit: '' }] },
    },
  },
  prometheusBuildInfo: {
    answer: {
      status: 'success',
      data: {
        application: 'Thermocline',
        version: '2.42.0',
        revision: '0.1.0',
        branch: '',
        buildUser: '',
        buildDate: '',
        goVersion: '',
      },
    },
  },
};
