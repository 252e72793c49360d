import { hansardHome } from '../adapters/settings/hansard-home.ts';
import { providePythonVenv } from './provision/python-venv.ts';
import type { Provisioning } from './provision/provisioning.ts';
import { provideSpeakerModels } from './provision/speaker-models.ts';
import { provideWhisperWeights } from './provision/whisper-weights.ts';

/*
 * Puts everything that the inference server needs besides npm's packages into HANSARD_HOME: the image of the profile
 * `local-ai` is made with it, and needs no network afterwards.
 */
const provisioning: Provisioning = {
  home: hansardHome(process.env),
  overrides: {},
  environment: process.env,
  log: (line) => console.log(line),
};
try {
  const python = await providePythonVenv(provisioning);
  await provideWhisperWeights(provisioning, python);
  await provideSpeakerModels(provisioning, python);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
