import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { optional, type Environment } from '../../settings/environment.ts';
import { ConfigurationError } from './resolve-target.ts';
import { loadInferenceConfiguration, type InferenceConfiguration } from './load-configuration.ts';

/**
 * The targets in the file of `HANSARD_CONFIG`, or the default ones when it is unset. A relative path starts at
 * `folder`. Throws `ConfigurationError`.
 */
export async function readInferenceConfiguration(
  env: Environment,
  folder: string,
): Promise<InferenceConfiguration> {
  return loadInferenceConfiguration({ ...(await readConfigurationText(env, folder)), env });
}

/** The file of `HANSARD_CONFIG`, and its name for messages; null: it is unset. Throws `ConfigurationError`. */
export async function readConfigurationText(
  env: Environment,
  folder: string,
): Promise<{ readonly path: string; readonly text: string | null }> {
  const named = optional(env, 'HANSARD_CONFIG')?.trim() ?? '';
  if (named === '') return { path: 'the defaults', text: null };
  const path = resolve(folder, named);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ConfigurationError(
      `HANSARD_CONFIG names ${path}, which cannot be read. Correct the path, or unset it for the default targets.`,
      { cause },
    );
  });
  return { path, text };
}
