import { S3Client } from '@aws-sdk/client-s3';

export interface S3Options {
  /** `http://127.0.0.1:7070`, or the service's own URL. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string | undefined;
  /** True for servers that do not answer `bucket.host` (versitygw, MinIO). */
  readonly forcePathStyle: boolean;
  /**
   * Tries of one request. Default 1, and activities must leave it there: Temporal is the one that retries. The
   * command line, which has no workflow around it, takes 3.
   */
  readonly attempts?: number;
}

/** The AWS SDK's client as Hansard needs it. Whoever makes one destroys it. */
export function createS3Client(options: S3Options): S3Client {
  return new S3Client({
    endpoint: options.endpoint,
    region: options.region,
    forcePathStyle: options.forcePathStyle,
    credentials: {
      accessKeyId: options.accessKeyId,
      secretAccessKey: options.secretAccessKey,
      ...(options.sessionToken !== undefined && { sessionToken: options.sessionToken }),
    },
    maxAttempts: options.attempts ?? 1,
    // Other servers than AWS's refuse checksums that no operation asked for; bodies are covered by the signature.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      // A server that does not accept within 5 s is down; 60 s without a byte is a dead connection.
      connectionTimeout: 5_000,
      socketTimeout: 60_000,
    },
  });
}
