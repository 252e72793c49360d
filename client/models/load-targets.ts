import { readFile } from 'node:fs/promises';
import {
  ConfigurationError,
  loadInferenceConfiguration,
  type InferenceConfiguration,
} from '../../adapters/inference/targets/load-configuration.ts';
import { resolve } from 'node:path';
import { workingFolder, type Environment } from '../config.ts';

/** The targets of `HANSARD_CONFIG`, or the default ones where it is not set. Throws `ConfigurationError`. */
export async function loadTargets(env: Environment): Promise<InferenceConfiguration> {
  const named = env['HANSARD_CONFIG']?.trim() ?? '';
  if (named === '') return loadInferenceConfiguration({ path: 'the defaults', text: null, env });
  const path = resolve(workingFolder(env), named);
  return loadInferenceConfiguration({ path, text: await readConfiguration(path), env });
}

async function readConfiguration(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ConfigurationError(
      `${path}, which HANSARD_CONFIG names, cannot be read. Correct it.`,
      {
        cause: error,
      },
    );
  }
}
