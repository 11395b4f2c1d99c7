/** The setting that maps fields of JSON access logs. */
import * as z from 'zod';

const names = z.array(z.string().min(1), { error: 'expected lists of names, such as {"time":["when"]}' }).optional();
/** JSON with lists of names for the fields of an access log. */
export const accessLogFields = z
  .string()
  .transform((text, issue) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      issue.addIssue({ code: 'custom', message: 'expected JSON' });
      return z.NEVER;
    }
  })
  .pipe(
    z.strictObject(
      {
        requestId: names,
        time: names,
        route: names,
        status: names,
        lambdaRequestId: names,
        integrationLatency: names,
        responseLatency: names,
      },
      {
        error:
          'expected an object with lists of names for requestId, time, route, status, lambdaRequestId, integrationLatency or responseLatency',
      },
    ),
  );
