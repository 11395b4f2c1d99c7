import type { AnswerOf } from '../../api/request.ts';
import { useQuery } from '../../api/use-query.ts';
import { ErrorBanner } from '../../components/query-states.tsx';
import { t } from '../../i18n/translate.ts';

type Operation = AnswerOf<'getOpenApi'>['paths'][string][string];

/** The API reference, rendered from the server's OpenAPI document. */
export function Docs() {
  const answer = useQuery('getOpenApi');
  const document_ = answer.data;
  return (
    <>
      <div class="title">
        <h1>{t('API')}</h1>
        <a href="/openapi.json">openapi.json</a>
      </div>
      <ErrorBanner result={answer} what={t('the API document')} />
      {document_ !== null && (
        <>
          <p lang="en">{document_.info.description}</p>
          {Object.entries(document_.paths).flatMap(([path, methods]) =>
            Object.entries(methods).map(([method, operation]) => (
              <Route path={path} method={method} operation={operation} schemas={document_.components.schemas} />
            )),
          )}
        </>
      )}
    </>
  );
}

function Route({
  path,
  method,
  operation,
  schemas,
}: {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
  /** Named schemas, to show the answer's instead of a reference to it. */
  readonly schemas: Readonly<Record<string, unknown>>;
}) {
  const answer = operation.responses['200']?.content?.['application/json']?.schema;
  const name = String(answer?.['$ref'] ?? '').replace('#/components/schemas/', '');
  const schema = schemas[name] ?? answer;
  return (
    <details class="panel">
      <summary>
        <code>
          {method.toUpperCase()} {path}
        </code>{' '}
        <span lang="en">{operation.summary}</span>{' '}
        <span class="badge" translate={false}>
          {operation['x-scope']}
        </span>
      </summary>
      {operation.parameters !== undefined && operation.parameters.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>{t('Parameter')}</th>
              <th>{t('[column] Default')}</th>
              <th>{t('Description')}</th>
            </tr>
          </thead>
          <tbody>
            {operation.parameters.map((parameter) => (
              <tr>
                <td class="mono" translate={false}>
                  {parameter.name} <span class="soft">{parameter.in}</span>
                </td>
                <td class="mono">
                  {parameter.schema.default === undefined ? (
                    parameter.required ? (
                      t('required')
                    ) : (
                      '–'
                    )
                  ) : (
                    <span translate={false}>{String(parameter.schema.default)}</span>
                  )}
                </td>
                <td lang="en">{parameter.description ?? parameter.schema.enum?.join(', ') ?? ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <pre class="code">{`curl -H "Authorization: Bearer $THERMOCLINE_TOKEN"${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} '${window.location.origin}${path}'`}</pre>
      {schema !== undefined && <pre class="code">{JSON.stringify(schema, null, 1)}</pre>}
    </details>
  );
}
