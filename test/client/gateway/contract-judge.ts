import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { JsonSchema } from './arbitrary-of.ts';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: JsonSchema;
}
type Content = Readonly<Record<string, { readonly schema?: JsonSchema }>>;

/** What the document says of a route. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

interface Answer {
  readonly statusCode: number;
  readonly headers: { readonly 'content-type'?: string | undefined };
  readonly body: string;
}

/** Judges answers by the OpenAPI document of the gateway. */
export function createContractJudge(document: object) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addFormat('binary', true);
  ajv.addSchema(document, 'document');
  const compiled = new Map<string, ValidateFunction>();
  const schemaAt = (...place: readonly string[]): ValidateFunction => {
    const pointer = place
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const known = compiled.get(pointer) ?? ajv.compile({ $ref: `document#/${pointer}` });
    compiled.set(pointer, known);
    return known;
  };
  const { paths } = document as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Omit<Operation, 'path'>>>>>;
  };
  return {
    operations: Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): Operation => ({
        ...operation,
        path,
        method: method.toUpperCase() as Operation['method'],
      })),
    ),

    /** What is wrong with an answer; null: nothing. */
    faultOf: (
      { method, path, responses }: Operation,
      { statusCode, headers, body }: Answer,
    ): string | null => {
      const status = String(statusCode);
      if (statusCode >= 500) return `a fault of ours: ${status}`;
      const described = responses[status];
      if (described === undefined) return `the status ${status} is not described`;
      const type = (headers['content-type'] ?? '').replace(/;.*$/, '');
      if (described.content === undefined) {
        return body === '' ? null : `${status} has a body, and should have none`;
      }
      const media = Object.keys(described.content).find((one) => one.replace(/;.*$/, '') === type);
      if (media === undefined) return `${status} comes as ${type}, which is not described`;
      if (!type.endsWith('json')) return null;
      const place = ['paths', path, method.toLowerCase(), 'responses', status, 'content', media];
      const fits = schemaAt(...place, 'schema');
      return fits(JSON.parse(body)) ? null : `${status}: ${ajv.errorsText(fits.errors)}`;
    },
  };
}
