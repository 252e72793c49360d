import {
  createContext,
  useCallback,
  useContext,
  useMemo,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react';

interface Player {
  /** Null until the player is shown, and where there is no recording. */
  readonly audio: HTMLAudioElement | null;
  readonly setAudio: (audio: HTMLAudioElement | null) => void;
  /** Goes to a second of the recording, and plays. */
  readonly playAt: (seconds: number) => void;
  /** Why nothing is heard; null: nothing is known to stand in the way. */
  readonly failure: 'missing' | 'unplayable' | null;
  readonly setFailure: (failure: Player['failure']) => void;
}

const PlayerContext = createContext<Player | null>(null);

/** The one recording of a page, for all that can play it. */
export function PlayerProvider({ children }: { readonly children: ReactNode }) {
  const [audio, setAudio] = useState<HTMLAudioElement | null>(null);
  const [failure, setFailure] = useState<Player['failure']>(null);
  const player = useMemo<Player>(
    () => ({
      audio,
      setAudio,
      failure,
      setFailure,
      playAt: (seconds) => {
        if (audio === null) return;
        audio.currentTime = seconds;
        // Browsers refuse to play unasked: the place is right all the same.
        audio.play().catch(() => undefined);
      },
    }),
    [audio, failure],
  );
  return <PlayerContext value={player}>{children}</PlayerContext>;
}

export function usePlayer(): Player {
  const player = useContext(PlayerContext);
  if (player === null) throw new TypeError('usePlayer takes a PlayerProvider above it');
  return player;
}

const EVENTS = ['timeupdate', 'seeking', 'play', 'pause', 'durationchange', 'ratechange'] as const;

/** Something of the recording as it is now; whoever asks is drawn anew only when it differs. */
export function usePlayed<T extends number | boolean | null>(
  read: (audio: HTMLAudioElement) => T,
  otherwise: T,
): T {
  const { audio } = usePlayer();
  const subscribe = useCallback(
    (changed: () => void) => {
      for (const event of EVENTS) audio?.addEventListener(event, changed);
      return () => {
        for (const event of EVENTS) audio?.removeEventListener(event, changed);
      };
    },
    [audio],
  );
  return useSyncExternalStore(subscribe, () => (audio === null ? otherwise : read(audio)));
}
