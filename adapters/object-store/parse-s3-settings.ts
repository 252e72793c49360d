import { optional, required, requireUrl, type Environment } from '../settings/environment.ts';
import type { S3Options } from './create-s3-client.ts';

/** `S3_*` and `AWS_*`. Throws `SettingError`. */
export function parseS3Settings(env: Environment): S3Options {
  const { S3_BUCKET, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = required(
    env,
    'S3_BUCKET',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
  );
  const region = optional(env, 'AWS_REGION') ?? 'us-east-1';
  const endpoint = optional(env, 'S3_ENDPOINT');
  if (endpoint !== undefined) requireUrl('S3_ENDPOINT', endpoint, HTTP);
  const publicEndpoint = optional(env, 'S3_PUBLIC_ENDPOINT');
  if (publicEndpoint !== undefined) requireUrl('S3_PUBLIC_ENDPOINT', publicEndpoint, HTTP);
  return {
    endpoint: endpoint ?? `https://s3.${region}.amazonaws.com`,
    publicEndpoint,
    region,
    bucket: S3_BUCKET,
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: optional(env, 'AWS_SESSION_TOKEN'),
    // Only Amazon is known to answer at bucket.host.
    forcePathStyle: endpoint !== undefined,
  };
}

const HTTP = { form: /^https?:/, example: 'http://host:port' };
