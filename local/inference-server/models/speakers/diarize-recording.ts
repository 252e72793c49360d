import { bridgePauses } from './bridge-pauses.ts';
import { clusterVoices } from './cluster-voices.ts';
import { nameSpeakers, type SpeakerTurn } from './name-speakers.ts';
import { openSampleStream } from './sample-stream.ts';
import { segmentRecording, type Segment } from './segmentation.ts';
import { speechStretches, voiceWindows } from './speech-windows.ts';
import { steadyVoices } from './steady-voices.ts';
import { VOICE_WIDTH, voiceVectors, type Describe } from './voice-vectors.ts';

export interface Diarization {
  readonly turns: readonly SpeakerTurn[];
  /** Of the recording; 0: nothing could be read. */
  readonly seconds: number;
}

/**
 * Who spoke when, in any file that ffmpeg reads. The recording is decoded twice, as a stream: for where how many speak, and
 * for what the voices sound like. Memory: some 20 MB for an hour, and up to 150 MB while voices are clustered.
 */
export async function diarizeRecording(input: {
  readonly path: string;
  readonly ffmpeg: string;
  /** Null: not known. */
  readonly speakers: number | null;
  readonly segment: Segment;
  readonly describe: Describe;
}): Promise<Diarization> {
  const { path, ffmpeg, speakers, segment, describe } = input;
  const activity = await withStream(ffmpeg, path, (stream) => segmentRecording(stream, segment));
  const voices = voiceWindows(speechStretches(activity.counts, activity.seconds));
  const heard = await withStream(ffmpeg, path, (stream) => voiceVectors(stream, voices, describe));
  const vectors = steadyVoices(activity.windows, voices, heard, VOICE_WIDTH);
  const clusters = clusterVoices(vectors, VOICE_WIDTH, speakers);
  const turns = bridgePauses(nameSpeakers(activity, voices, vectors, clusters));
  return { turns, seconds: activity.seconds };
}

async function withStream<T>(
  ffmpeg: string,
  path: string,
  work: (stream: ReturnType<typeof openSampleStream>) => Promise<T>,
): Promise<T> {
  const stream = openSampleStream(ffmpeg, path);
  try {
    return await work(stream);
  } finally {
    await stream.close();
  }
}
