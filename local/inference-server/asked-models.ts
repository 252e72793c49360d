import type { IncomingHttpHeaders } from 'node:http';

/** The names by which a request may call the model that it wants: in its path, and as `model` of its body. */
export async function askedModels(
  path: readonly string[],
  headers: IncomingHttpHeaders,
  body: Uint8Array,
): Promise<readonly string[]> {
  const said = await modelOfBody(headers['content-type'] ?? '', body);
  return said === null ? path : [...path, said];
}

async function modelOfBody(contentType: string, body: Uint8Array): Promise<string | null> {
  try {
    const response = new Response(Buffer.from(body), { headers: { 'content-type': contentType } });
    let model: unknown = null;
    if (contentType.startsWith('multipart/form-data')) {
      model = (await response.formData()).get('model');
    } else if (contentType.startsWith('application/json')) {
      model = ((await response.json()) as { model?: unknown } | null)?.model;
    }
    return typeof model === 'string' ? model : null;
  } catch {
    // Whether the body makes sense is the route's to say.
    return null;
  }
}
