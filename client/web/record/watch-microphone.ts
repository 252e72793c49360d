import type { Microphone } from './microphone.ts';

/** `changed`: it was lost, and another one goes on. `muted`: by the system, or by a key of the microphone. */
export type Fault = 'silent' | 'muted' | 'lost' | 'changed';

interface Told {
  readonly isPaused: () => boolean;
  /** In dBFS. */
  readonly onLoudness: (loudness: number) => void;
  /** Null: it is heard again. */
  readonly onFault: (fault: Exclude<Fault, 'changed'> | null) => void;
}

const EVERY_MS = 100;
/** Softer than any room: the microphone is switched off, or it is another one that stands in the room. */
const SILENCE_DBFS = -70;
const SILENT_FOR_MS = 10_000;

/** Looks whether a microphone hears anything, until it is told to end. */
export function watchMicrophone(
  { track, loudness }: Pick<Microphone, 'track' | 'loudness'>,
  { isPaused, onLoudness, onFault }: Told,
): () => void {
  let heardAt = performance.now();
  let isFaulty = false;
  const tell = (fault: 'silent' | 'muted' | null): void => {
    if (fault !== null || isFaulty) onFault(fault);
    isFaulty = fault !== null;
  };
  const timer = setInterval(() => {
    const now = loudness();
    if (!isPaused()) onLoudness(now);
    if (isPaused() || now > SILENCE_DBFS) {
      heardAt = performance.now();
      if (isFaulty && !track.muted) tell(null);
    } else if (!isFaulty && performance.now() - heardAt > SILENT_FOR_MS) tell('silent');
  }, EVERY_MS);
  const muted = (): void => tell('muted');
  const ended = (): void => onFault('lost');
  track.addEventListener('mute', muted);
  track.addEventListener('ended', ended);
  return () => {
    clearInterval(timer);
    track.removeEventListener('mute', muted);
    track.removeEventListener('ended', ended);
  };
}
