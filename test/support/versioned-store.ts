import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { createS3Client, type S3Options } from '../../adapters/object-store/create-s3-client.ts';
import { ensureBucket } from '../../adapters/object-store/ensure-bucket.ts';
import { answersOk } from '../../local/answers-ok.ts';
import { choosePort } from '../../local/choose-port.ts';
import { parseLocalConfig } from '../../local/config.ts';
import { provideVersitygw } from '../../local/provision/versitygw.ts';

/** A versitygw of a test's own, with a bucket that keeps versions. */
export interface VersionedStore extends AsyncDisposable {
  readonly options: S3Options;
  /** Where the bucket's objects and unfinished uploads lie. */
  readonly folder: string;
}

export async function startVersionedStore(): Promise<VersionedStore> {
  const { home, overrides } = parseLocalConfig(process.env);
  const command = await provideVersitygw({
    home,
    overrides,
    environment: process.env,
    log: () => {},
  });
  const directory = await mkdtemp(join(tmpdir(), 'hansard-versions-'));
  const [objects, versions] = [join(directory, 'objects'), join(directory, 'versions')];
  await Promise.all([mkdir(objects), mkdir(versions)]);
  const port = await choosePort(0, 'no variable');
  const endpoint = `http://127.0.0.1:${port}`;
  const flags = ['--port', `127.0.0.1:${port}`, '--health', '/health', '--quiet'];
  const child = spawn(command, [...flags, 'posix', '--versioning-dir', versions, objects], {
    env: { ...process.env, ROOT_ACCESS_KEY: 'test', ROOT_SECRET_KEY: 'secret-of-this-test' },
    stdio: 'ignore',
  });
  while (!(await answersOk(`${endpoint}/health`).catch(() => false))) await sleep(20);
  const options = {
    endpoint,
    region: 'us-east-1',
    bucket: 'versioned',
    accessKeyId: 'test',
    secretAccessKey: 'secret-of-this-test',
    forcePathStyle: true,
  };
  await ensureBucket(options);
  const client = createS3Client(options);
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await client.send(
    new PutBucketVersioningCommand({ Bucket: options.bucket, VersioningConfiguration }),
  );
  client.destroy();
  return {
    options,
    folder: join(objects, options.bucket),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
      await rm(directory, { recursive: true, force: true });
    },
  };
}
