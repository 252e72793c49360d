import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { answersOk } from '../answers-ok.ts';
import type { PartContext } from './part-context.ts';

/** Starts versitygw on a folder and creates the bucket. */
export async function startS3(
  { supervisor, directory, ports, secrets }: PartContext,
  versitygw: string,
) {
  const endpoint = `http://127.0.0.1:${ports.s3}`;
  const flags = [
    '--port',
    `127.0.0.1:${ports.s3}`,
    '--health',
    '/health',
    '--keep-alive',
    '--quiet',
  ];
  const objects = join(directory, 's3');
  const sidecar = join(directory, 's3-sidecar');
  const start = (...storage: readonly string[]) =>
    supervisor.start({
      name: 's3',
      command: versitygw,
      arguments: [...flags, 'posix', ...storage, objects],
      environment: {
        ...process.env,
        ROOT_ACCESS_KEY: secrets.s3.accessKeyId,
        ROOT_SECRET_KEY: secrets.s3.secretAccessKey,
      },
      isReady: () => answersOk(`${endpoint}/health`),
    });
  await mkdir(objects, { recursive: true });
  if (existsSync(sidecar)) {
    await start('--sidecar', sidecar);
  } else {
    await start().catch(async (error: unknown) => {
      // Some file systems (tmpfs of older kernels, network shares) have no extended attributes.
      if (!(error instanceof Error && /xattr|extended attribute/i.test(error.message))) throw error;
      await mkdir(sidecar);
      await start('--sidecar', sidecar);
    });
  }
  const facts = { endpoint, region: 'us-east-1', bucket: 'hansard', ...secrets.s3 };
  // Loaded here, while the other parts start.
  const [{ ensureBucket }, { allowPartUploads }] = await Promise.all([
    import('../../adapters/object-store/ensure-bucket.ts'),
    import('../../adapters/object-store/allow-part-uploads.ts'),
  ]);
  await ensureBucket({ ...facts, forcePathStyle: true });
  await allowPartUploads({ ...facts, forcePathStyle: true });
  return facts;
}
