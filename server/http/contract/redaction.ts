/** Rules of redaction, and what they do to a line. */
import * as z from 'zod';
import { declareRoutes } from './route.ts';

const MOST_CHARS = 65_536;

const patternName = z.enum(['email', 'aws-keys', 'jwt', 'bearer', 'card', 'iban', 'phone', 'ipv4']);

export const redactionAnswer = z
  .object({
    patterns: z.array(
      z.object({
        name: patternName,
        finds: z.string(),
        isOn: z.boolean().describe('Whether THERMOCLINE_REDACT names it'),
      }),
    ),
    keys: z.array(z.string()).describe('THERMOCLINE_REDACT_KEYS'),
    expressions: z
      .array(z.object({ name: z.string(), expression: z.string() }))
      .describe('THERMOCLINE_REDACT_EXPRESSIONS'),
    replaced: z
      .array(
        z.object({
          rule: z.string().describe('Name of the pattern or expression, or key: and the rule'),
          n: z.number().int(),
        }),
      )
      .describe('Parts that were replaced so far, most first'),
  })
  .meta({ id: 'Redaction' });
export type RedactionAnswer = z.infer<typeof redactionAnswer>;

export const redactionTest = z
  .strictObject({
    text: z.string().min(1).max(MOST_CHARS).describe('A log line as the function writes it, or any text'),
    rules: z
      .strictObject({
        patterns: z.array(patternName).max(100).default([]),
        keys: z.array(z.string().max(128)).max(100).default([]),
        expressions: z.record(z.string(), z.string().max(2000)).default({}),
      })
      .optional()
      .describe('Rules to try; those of the settings if absent'),
  })
  .meta({ id: 'RedactionTest' });

export const redactionTestAnswer = z
  .object({
    stored: z.string().describe('What would be stored of the text'),
    findings: z.array(
      z.object({
        rule: z.string(),
        start: z.number().int().describe('Offset of the first character (UTF-16) that is replaced'),
        end: z.number().int(),
      }),
    ),
    source: z
      .enum(['platform', 'function'])
      .describe('platform: the Lambda service wrote the line. What would change its meaning is not replaced'),
    hasRules: z.boolean().describe('Whether there are any rules: without them lines are stored as they are sent'),
  })
  .meta({ id: 'RedactionTestResult' });
export type RedactionTestAnswer = z.infer<typeof redactionTestAnswer>;

export const redactionRoutes = declareRoutes({
  getRedaction: {
    method: 'get',
    path: '/api/v1/redaction',
    scope: 'admin',
    tag: 'Settings',
    summary: 'Get the rules of redaction, and how often each replaced something',
    answer: redactionAnswer,
  },
  testRedaction: {
    method: 'post',
    path: '/api/v1/redaction/test',
    scope: 'read',
    tag: 'Settings',
    summary: 'Show what would be stored of a line, by the rules of the settings or by others; nothing is stored',
    body: redactionTest,
    answer: redactionTestAnswer,
  },
});
