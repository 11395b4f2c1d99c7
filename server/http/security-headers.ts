/** Headers that tell browsers what they may do with an answer. */
import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

const YEAR_SECONDS = 31_536_000;

/** Only what today's browsers heed and the content security policy does not cover. */
const NONE = {
  crossOriginOpenerPolicy: false,
  crossOriginResourcePolicy: false,
  originAgentCluster: false,
  referrerPolicy: false,
  removePoweredBy: false,
  strictTransportSecurity: false,
  xContentTypeOptions: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xFrameOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
} as const;

/** Headers of every answer. `isHttps`: browsers reach the server by HTTPS, even if a proxy terminates TLS. */
export function headersOfAnswers(isHttps: boolean): MiddlewareHandler {
  return secureHeaders({
    ...NONE,
    referrerPolicy: 'no-referrer',
    strictTransportSecurity: isHttps ? `max-age=${YEAR_SECONDS}` : false,
    xContentTypeOptions: true,
  });
}

/** Headers of the web client's files, in addition to {@link headersOfAnswers}. */
export const headersOfPages: MiddlewareHandler = secureHeaders({
  ...NONE,
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:', 'blob:'],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
    // Text cannot become markup, even by a library's mistake.
    requireTrustedTypesFor: ["'script'"],
    trustedTypes: ["'none'"],
  },
  crossOriginOpenerPolicy: 'same-origin',
  crossOriginResourcePolicy: 'same-origin',
  permissionsPolicy: { camera: false, microphone: false, geolocation: false, payment: false, usb: false },
});
