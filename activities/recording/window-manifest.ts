import { z } from 'zod';
import { windowKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { JobReference } from '../../workflows/contracts/jobs.ts';

/** What became of every chunk of a window: silent, answered, or failed with its reason. */
export const windowManifestSchema = z.strictObject({
  schemaVersion: z.literal(1),
  window: z.int().nonnegative(),
  chunks: z.array(
    z.discriminatedUnion('outcome', [
      z.strictObject({ index: z.int(), outcome: z.literal('silent') }),
      z.strictObject({ index: z.int(), outcome: z.literal('answered'), resultKey: z.string() }),
      z.strictObject({ index: z.int(), outcome: z.literal('failed'), reason: z.string() }),
    ]),
  ),
});
export type WindowManifest = z.infer<typeof windowManifestSchema>;

/** The manifests of a job, joined: every chunk of the recording, in order. */
export async function readManifests(
  store: ObjectStore,
  { tenant, jobId }: JobReference,
  windows: number,
): Promise<WindowManifest['chunks']> {
  const chunks: WindowManifest['chunks'] = [];
  for (let window = 0; window < windows; window += 1) {
    const manifest = await store.getJson(windowKey(tenant, jobId, window), windowManifestSchema);
    chunks.push(...manifest.chunks);
  }
  return chunks;
}
