import type { Environment } from '../../adapters/settings/environment.ts';
import { InvalidOptionError } from '../config.ts';

/**
 * Models that know English only, by their names: `openai/whisper-small.en`, `distil-whisper/distil-medium.en`, and the large
 * ones of distil-whisper, which have no such ending.
 */
const ENGLISH_ONLY = /\.en$|^distil-whisper\/distil-large-v\d/i;

/**
 * Throws `InvalidOptionError` where every transcribing target of the configuration knows English only, and the language is
 * another. A configuration that cannot be read says nothing here: the worker may have one of its own.
 *
 * @param language ISO 639-1; null: it is detected
 * @param folder where a relative path of `HANSARD_CONFIG` starts
 */
export async function requireTranscribed(
  language: string | null,
  env: Environment,
  folder: string,
): Promise<void> {
  if (language === null || language === 'en') return;
  const { readInferenceConfiguration } =
    await import('../../adapters/inference/targets/read-configuration.ts');
  const configuration = await readInferenceConfiguration(env, folder).catch(() => null);
  const targets = configuration?.roles.transcribe ?? [];
  if (targets.length === 0 || !targets.every(({ model }) => ENGLISH_ONLY.test(model))) return;
  const names = targets.map(({ name, model }) => `${name} (${model})`).join(', ');
  const spoken = new Intl.DisplayNames('en', { type: 'language' }).of(language) ?? language;
  throw new InvalidOptionError(
    `--language ${language}: no transcribing target knows ${spoken}; these know English only: ${names}. ` +
      'Add a target with a multilingual model to hansard.yaml, such as openai/whisper-large-v3-turbo',
  );
}
