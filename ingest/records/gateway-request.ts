/** API Gateway access logs. */

/** One line of an API Gateway access log. */
export interface GatewayRequest {
  readonly kind: 'gateway-request';
  readonly requestId: string;
  /** null if the time is missing or unreadable. */
  readonly atMs: number | null;
  readonly route: string | null;
  readonly status: number | null;
  /** The request id of the invocation, which joins the two. */
  readonly lambdaRequestId: string | null;
  readonly integrationLatencyMs: number | null;
  readonly responseLatencyMs: number | null;
}
