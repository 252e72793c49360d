import { createObjectStore, type ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { Surroundings } from './surroundings.ts';

/** What the worker of these surroundings stores to. */
export const objectStoreOf = ({ env }: Surroundings): ObjectStore =>
  createObjectStore({
    endpoint: env['S3_ENDPOINT'] ?? '',
    region: env['AWS_REGION'] ?? 'us-east-1',
    bucket: env['S3_BUCKET'] ?? '',
    accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    forcePathStyle: true,
  });
