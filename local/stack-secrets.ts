import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson, writeJson } from './json-file.ts';

const random = (bytes: number) => z.string().default(() => randomBytes(bytes).toString('hex'));

const secretsSchema = z.object({
  s3: z.object({ accessKeyId: random(10), secretAccessKey: random(20) }).prefault({}),
  postgresPassword: random(16),
  redisPassword: random(16),
});
export type StackSecrets = z.infer<typeof secretsSchema>;

/** Kept from start to start: the data folder of Postgres keeps its password. What an older stack lacks is added. */
export async function stackSecrets(directory: string): Promise<StackSecrets> {
  const file = join(directory, 'secrets.json');
  const secrets = secretsSchema.parse((await readJson(file)) ?? {});
  await writeJson(file, secrets);
  return secrets;
}
