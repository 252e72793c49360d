import { z } from 'zod';
import { taskRefusal } from './refusal.ts';
import type { RouteRequest } from './route.ts';
import { readContentKind, type ContentKind } from './toolkit-content.ts';

/** A task's request as the toolkit understands it. */
export interface TaskInput {
  readonly kind: ContentKind;
  /** Bytes for a raw body, else what JSON had under `inputs`. */
  readonly inputs: Uint8Array | string;
  /** Null: none were given, which is not the same as an empty object. */
  readonly parameters: Readonly<Record<string, unknown>> | null;
}

const jsonSchema = z.looseObject({
  inputs: z.string(),
  parameters: z.record(z.string(), z.unknown()).optional(),
});

/** Raw bytes take their parameters from the query string; JSON needs `inputs`. */
export function readTaskInput({ headers, body, url }: RouteRequest): TaskInput {
  const kind = readContentKind(headers);
  if (kind !== 'json') {
    if (body.length === 0) throw taskRefusal(400, 'The request has no body');
    const query = [...url.searchParams].map(([name, value]) => [name, readQueryValue(value)]);
    return { kind, inputs: body, parameters: query.length > 0 ? Object.fromEntries(query) : null };
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw taskRefusal(400, 'The body is not valid JSON');
  }
  const keys = typeof json === 'object' && json !== null ? Object.keys(json) : [];
  if (!keys.includes('inputs')) {
    // The toolkit repeats the whole body here; its keys say enough.
    throw taskRefusal(400, `Body needs to provide a inputs key, received: ${JSON.stringify(keys)}`);
  }
  const parsed = jsonSchema.safeParse(json);
  if (!parsed.success) throw taskRefusal(400, z.prettifyError(parsed.error));
  const strange = keys.find((key) => key !== 'inputs' && key !== 'parameters');
  if (strange !== undefined) {
    throw taskRefusal(400, `__call__() got an unexpected keyword argument '${strange}'`);
  }
  return { kind, inputs: parsed.data.inputs, parameters: parsed.data.parameters ?? null };
}

/** Whole numbers and booleans only, as the toolkit converts them; the rest stays text. */
function readQueryValue(value: string): unknown {
  if (/^\d+$/.test(value)) return Number(value);
  if (/^true$/i.test(value)) return true;
  if (/^false$/i.test(value)) return false;
  return value;
}

/** Base64 with padding, without white space and without the URL alphabet: Python's `validate=True`. */
export function decodeBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw taskRefusal(400, 'Incorrect padding');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw taskRefusal(400, 'Only base64 data is allowed');
  }
  return Buffer.from(text, 'base64');
}

/** Parses `parameters`; a name that the pipeline does not know is refused in the pipeline's own words. */
export function readParameters<T>(
  schema: z.ZodType<T>,
  parameters: TaskInput['parameters'],
  pipeline: string,
): T {
  const parsed = schema.safeParse(parameters ?? {});
  if (parsed.success) return parsed.data;
  const unknown = parsed.error.issues.find((issue) => issue.code === 'unrecognized_keys');
  if (unknown === undefined) throw taskRefusal(400, z.prettifyError(parsed.error));
  const key = unknown.keys[0] ?? '';
  throw taskRefusal(
    400,
    unknown.path.length === 0
      ? `${pipeline}._sanitize_parameters() got an unexpected keyword argument '${key}'`
      : `The following \`model_kwargs\` are not used by the model: ['${key}']`,
  );
}
