import { CustomMetrics } from './custom-metrics.tsx';
import { PlatformMetrics } from './platform-metrics.tsx';

/** The Metrics tab: what CloudWatch counts of the function, and metrics that its log lines carry. */
export function Metrics({ id }: { readonly id: string }) {
  return (
    <>
      <PlatformMetrics id={id} />
      <CustomMetrics id={id} />
    </>
  );
}
