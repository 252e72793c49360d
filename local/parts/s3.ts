import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { answersOk } from '../answers-ok.ts';
import type { Supervisor } from '../supervisor.ts';

export interface S3Facts {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface S3Options {
  readonly supervisor: Supervisor;
  readonly versitygw: string;
  readonly directory: string;
  readonly port: number;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Starts versitygw on a folder and creates the bucket. */
export async function startS3(options: S3Options): Promise<S3Facts> {
  const facts = {
    endpoint: `http://127.0.0.1:${options.port}`,
    region: 'us-east-1',
    bucket: 'hansard',
    accessKeyId: options.accessKeyId,
    secretAccessKey: options.secretAccessKey,
  };
  const objects = join(options.directory, 's3');
  const sidecar = join(options.directory, 's3-sidecar');
  await mkdir(objects, { recursive: true });
  if (await exists(sidecar)) {
    await startGateway(options, facts, ['--sidecar', sidecar, objects]);
  } else {
    try {
      await startGateway(options, facts, [objects]);
    } catch (error) {
      // Some file systems (tmpfs of older kernels, network shares) have no extended attributes.
      if (!(error instanceof Error && /xattr|extended attribute/i.test(error.message))) throw error;
      await mkdir(sidecar);
      await startGateway(options, facts, ['--sidecar', sidecar, objects]);
    }
  }
  await createBucket(facts);
  return facts;
}

const startGateway = (options: S3Options, facts: S3Facts, storage: readonly string[]) =>
  options.supervisor.start({
    name: 's3',
    command: options.versitygw,
    arguments: [
      '--port',
      `127.0.0.1:${options.port}`,
      '--health',
      '/health',
      '--quiet',
      'posix',
      ...storage,
    ],
    environment: {
      ...process.env,
      ROOT_ACCESS_KEY: facts.accessKeyId,
      ROOT_SECRET_KEY: facts.secretAccessKey,
    },
    isReady: () => answersOk(`${facts.endpoint}/health`),
  });

async function createBucket(facts: S3Facts) {
  // Loaded here, while the other parts start.
  const { CreateBucketCommand, S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client({
    endpoint: facts.endpoint,
    region: facts.region,
    credentials: { accessKeyId: facts.accessKeyId, secretAccessKey: facts.secretAccessKey },
    forcePathStyle: true,
  });
  try {
    await client.send(new CreateBucketCommand({ Bucket: facts.bucket }));
  } catch (error) {
    if (!(error instanceof Error && error.name === 'BucketAlreadyOwnedByYou')) throw error;
  } finally {
    client.destroy();
  }
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
