import { S3Client } from '@aws-sdk/client-s3';

export interface S3Options {
  /** Such as `http://127.0.0.1:7070`. */
  readonly endpoint: string;
  /** Under which those reach it who upload parts: presigned addresses name it. Default: `endpoint`. */
  readonly publicEndpoint?: string | undefined;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Only for temporary credentials. */
  readonly sessionToken?: string | undefined;
  /** True for servers without `bucket.host` addresses (versitygw, MinIO). */
  readonly forcePathStyle: boolean;
  /** Attempts of one request. Default 1; activities must keep it, because Temporal retries. The command line uses 3. */
  readonly attempts?: number;
  /** How long a connection in use may stay without a byte. Default 60 s: a copy inside the store can take that long. */
  readonly silenceMs?: number;
}

/** The AWS SDK's client. The caller must destroy it. */
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
    // Servers other than AWS reject checksums that the operation does not require; the signature covers bodies anyway.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      // A server that accepts no connection within 5 s is down. The SDK keeps connections alive by itself.
      connectionTimeout: 5_000,
      socketTimeout: options.silenceMs ?? 60_000,
    },
  });
}
