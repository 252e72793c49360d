import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { request } from 'undici';
import { createS3Client, type S3Options } from './create-s3-client.ts';

/**
 * Whether a page of this origin may send parts of uploads to the bucket: asked as its browser asks, before it sends one,
 * under the address that clients are given. False also when nothing answers there, as browsers may reach what we do not.
 */
export async function allowsPartUploads(options: S3Options, origin: string): Promise<boolean> {
  const { endpoint, publicEndpoint = endpoint } = options;
  const client = createS3Client({ ...options, endpoint: publicEndpoint });
  try {
    // For the address only: path or host, as the SDK makes it.
    const url = new URL(
      await getSignedUrl(client, new HeadBucketCommand({ Bucket: options.bucket })),
    );
    url.search = '';
    url.pathname = `${url.pathname.replace(/\/$/, '')}/part`;
    const { headers, statusCode, body } = await request(url, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'content-type',
      },
      headersTimeout: LONGEST_MS,
      bodyTimeout: LONGEST_MS,
    });
    await body.dump();
    const told = (name: string) =>
      String(headers[`access-control-allow-${name}`] ?? '').toLowerCase();
    const has = (name: string, wanted: string) =>
      told(name)
        .split(',')
        .some((one) => [wanted, '*'].includes(one.trim()));
    const isAllowed = has('origin', origin.toLowerCase()) && has('methods', 'put');
    return statusCode < 300 && isAllowed && has('headers', 'content-type');
  } catch {
    return false;
  } finally {
    client.destroy();
  }
}

const LONGEST_MS = 5_000;
