import { addSound, type Extent } from '../kept/kept-sound.ts';
import { BITS_PER_SECOND, type Microphone } from './microphone.ts';

/** How often sound is written to the disk: a tab that is closed loses no more, in milliseconds. */
const EVERY_MS = 1_000;

/** Sound of one microphone, without an interruption but pauses, behind what is kept of a recording. */
export interface Take {
  readonly pause: () => void;
  readonly resume: () => void;
  /** How much of the recording is kept by now. */
  readonly extent: () => Extent;
  /** How long the recording is, in seconds. */
  readonly seconds: () => number;
  /** Ends it. When this is over, all of it is kept; throws what the browser throws where it has no room. */
  readonly end: () => Promise<Extent>;
}

interface Told {
  readonly onKept: (extent: Extent) => void;
  /** What was recorded could not be kept: it stays in memory, and is tried again. */
  readonly onFailure: (error: unknown) => void;
  /** The browser ended it, and nobody here did. */
  readonly onStopped: () => void;
}

/** Records what a microphone hears, behind what is kept of the recording already. */
export function writeTake(
  recording: string,
  { stream }: Pick<Microphone, 'stream'>,
  type: string,
  before: Extent,
  { onKept, onFailure, onStopped }: Told,
): Take {
  const recorder = new MediaRecorder(stream, {
    mimeType: type,
    audioBitsPerSecond: BITS_PER_SECOND,
  });
  const waiting: { readonly blob: Blob; readonly seconds: number }[] = [];
  let { bytes, seconds: keptSeconds } = before;
  let run = { from: performance.now(), before: before.seconds };
  let isRunning = true;
  const seconds = (): number =>
    isRunning ? run.before + (performance.now() - run.from) / 1_000 : run.before;
  const extent = (): Extent => ({ bytes, seconds: keptSeconds });

  let writing = Promise.resolve();
  const write = (): Promise<void> => {
    // One after the other: each begins where the one before it ends.
    writing = writing
      .catch(() => undefined)
      .then(async () => {
        for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
          const sound = await next.blob.arrayBuffer();
          if (sound.byteLength > 0) await addSound(recording, bytes, sound, next.seconds);
          waiting.shift();
          bytes += sound.byteLength;
          keptSeconds = next.seconds;
          onKept(extent());
        }
      });
    return writing;
  };

  recorder.addEventListener('dataavailable', ({ data }) => {
    waiting.push({ blob: data, seconds: seconds() });
    write().catch(onFailure);
  });
  let isEnding = false;
  const stopped = Promise.withResolvers<undefined>();
  recorder.addEventListener('stop', () => {
    stopped.resolve(undefined);
    if (!isEnding) onStopped();
  });
  recorder.start(EVERY_MS);

  const hold = (): void => {
    run = { from: 0, before: seconds() };
    isRunning = false;
  };
  return {
    extent,
    seconds,
    pause: () => {
      if (recorder.state !== 'recording') return;
      hold();
      recorder.pause();
    },
    resume: () => {
      if (recorder.state !== 'paused') return;
      run = { from: performance.now(), before: run.before };
      isRunning = true;
      recorder.resume();
    },
    end: async () => {
      isEnding = true;
      if (recorder.state !== 'inactive') recorder.stop();
      // Also where the browser stopped it: what it had comes before that.
      await stopped.promise;
      hold();
      await write();
      return extent();
    },
  };
}
