import type { WireRequest } from '../../../../adapters/inference/wire/wire-message.ts';

/** The body's bytes, wherever they lie. */
export async function bytesOf({ body }: WireRequest): Promise<Buffer> {
  if (body === null) return Buffer.alloc(0);
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body.open()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export const jsonOf = async (request: WireRequest): Promise<Record<string, unknown>> =>
  JSON.parse(String(await bytesOf(request))) as Record<string, unknown>;

export async function formOf(request: WireRequest): Promise<FormData> {
  const body = new Uint8Array(await bytesOf(request));
  return await new Response(body, {
    headers: { 'content-type': request.headers['content-type'] ?? '' },
  }).formData();
}
