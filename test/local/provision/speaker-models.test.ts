import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sha256 } from '../../../adapters/identity/digest.ts';
import { readOnnxWeights } from '../../../adapters/media/onnx-model.ts';
import { convertModel } from '../../../local/provision/speaker-models.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'speaker-models-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Writes a checkpoint as PyTorch does: one tensor of 2 × 2 named `weight`; or whatever the pickle does instead. */
const WRITE_CHECKPOINT = `
import collections, pickle, struct, sys, types, zipfile
path, instead = sys.argv[1:]
torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
sys.modules.update({"torch": torch, "torch._utils": utils})
def _rebuild_tensor_v2(): pass
_rebuild_tensor_v2.__module__ = "torch._utils"
utils._rebuild_tensor_v2 = _rebuild_tensor_v2
FloatStorage = torch.FloatStorage = type("FloatStorage", (), {"__module__": "torch"})
storage = object()
class Tensor:
    def __reduce__(self):
        return _rebuild_tensor_v2, (storage, 0, (2, 2), (2, 1), False, collections.OrderedDict())
class Pickler(pickle.Pickler):
    def persistent_id(self, one):
        return ("storage", FloatStorage, "0", "cpu", 4) if one is storage else None
with zipfile.ZipFile(path, "w") as archive:
    with archive.open("model/data.pkl", "w") as file:
        if instead: file.write(instead.encode())
        else: Pickler(file, 2).dump({"state_dict": collections.OrderedDict(weight=Tensor())})
    archive.writestr("model/data/0", struct.pack("<4f", 1, 2, 3, -0.5))
`;

/** A graph that has the weight in it and does nothing. */
const asGraph = (weights: {
  tensor: (name: string) => { dims: readonly number[]; data: Float32Array };
}) => ({
  nodes: [],
  weights: new Map([['weight', weights.tensor('weight')]]),
  inputs: [],
  outputs: [],
});

async function convert(instead: string, digests: { checkpoint?: string; model?: string } = {}) {
  const checkpoint = join(folder, 'checkpoint.pt');
  await promisify(execFile)('python3', ['-c', WRITE_CHECKPOINT, checkpoint, instead]);
  const source = {
    checkpointSha256: digests.checkpoint ?? sha256(await readFile(checkpoint)),
    graph: asGraph,
    file: 'model.onnx',
    modelSha256: digests.model ?? MODEL_SHA256,
  };
  return await convertModel('python3', source, checkpoint, folder);
}

const MODEL_SHA256 = 'fdebdc628822fb00dfa8132134443d87ead9cce51a5416161f7afaec501859e9';

test('the weights of a checkpoint of PyTorch stand in the model', async () => {
  expect(readOnnxWeights(await convert(''))).toEqual(
    new Map([['weight', { dims: [2, 2], data: Float32Array.of(1, 2, 3, -0.5) }]]),
  );
});

test('a checkpoint that would run code is refused, and the code is not run', async () => {
  const trace = join(folder, 'trace');
  await expect(convert(`cos\nsystem\n(S'touch ${trace}'\ntR.`)).rejects.toThrow(
    'os.system is not allowed',
  );
  expect(existsSync(trace)).toBe(false);
});

test('another checkpoint, and another model made of it, are refused by their digests', async () => {
  const other = '0'.repeat(64);
  await expect(convert('', { checkpoint: other })).rejects.toThrow(
    /the checkpoint of model\.onnx has SHA-256 [0-9a-f]{64}, not 0{64}/,
  );
  await expect(convert('', { model: other })).rejects.toThrow(
    `model.onnx has SHA-256 ${MODEL_SHA256}, not ${other}`,
  );
});
