import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** Where variables are read; `TEMPORAL_*` are the SDK's own to read. */
const READERS = [
  'client/config.ts',
  'client/gateway/trusted-proxies.ts',
  'workers/config.ts',
  'local/config.ts',
  'adapters/settings/hansard-home.ts',
  'adapters/object-store/parse-s3-settings.ts',
  'adapters/database/parse-database-url.ts',
  'adapters/cache/parse-redis-url.ts',
  'adapters/cache/cache-cipher.ts',
  'adapters/webhooks/loopback-allowed.ts',
  'adapters/inference/targets/default-targets.yaml',
  'adapters/inference/targets/load-configuration.ts',
  'adapters/inference/targets/read-configuration.ts',
];

describe('.env.example', () => {
  test('explains every variable that is read, and no other', () => {
    const names =
      /\b(?:HANSARD|HF|AWS|S3|DATABASE|REDIS|WHISPER|DIARIZE|MIXTRAL)_[A-Z0-9]+(?:_[A-Z0-9]+)*\b/g;
    const readNames = new Set(READERS.flatMap((path) => read(path).match(names) ?? []));
    const explained = [...read('.env.example').matchAll(/^([A-Z0-9_]+)=/gm)]
      .map(([, name]) => name ?? '')
      .filter((name) => !name.startsWith('TEMPORAL_'));
    expect(new Set(explained)).toEqual(readNames);
    expect(explained).toHaveLength(readNames.size);
  });

  test('holds no value', () => {
    expect(read('.env.example').match(/^[A-Z0-9_]+=.+$/gm)).toBeNull();
  });
});
