import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { diarizeRecording } from './diarize-recording.ts';
import type { DiarizationTask } from './diarizer.ts';
import { startOnnxRunner } from './onnx-runner.ts';

// The thread that `createDiarizer` starts for each recording. Its networks run in a process that ends with it.
const task: DiarizationTask = workerData;
const networks = ['segmentation.onnx', 'voice.onnx'].map((name) => join(task.modelFolder, name));
const runner = startOnnxRunner(task.python, networks);
try {
  const diarization = await diarizeRecording({
    ...task,
    segment: (samples, shape) => runner.run(0, samples, shape),
    describe: (banks, shape) => runner.run(1, banks, shape),
  });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  parentPort?.postMessage(diarization);
} finally {
  await runner.close();
}
