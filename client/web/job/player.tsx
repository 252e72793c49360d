import './player.css';
import { Pause, Play, RotateCcw, RotateCw } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Slider, SliderThumb, SliderTrack } from 'react-aria-components';
import { recordingQuery, sessionQuery } from '../api/queries.ts';
import { addressOf } from '../api/request.ts';
import { Choice } from '../shell/choice.tsx';
import { clockTime } from '../shell/formats.ts';
import { useWording } from '../shell/language.tsx';
import { readSetting, writeSetting } from '../shell/settings.ts';
import { usePlayed, usePlayer } from './player-context.tsx';

/** Seconds that one press goes back or forward. */
const STEP = 10;
const SPEEDS = ['0.75', '1', '1.25', '1.5', '1.75', '2'];

/** Plays the recording of a job; it stays at the bottom of the window. */
export function Player({
  id,
  durationSeconds,
}: {
  readonly id: string;
  readonly durationSeconds: number;
}) {
  const { m } = useWording();
  const recording = useQuery(recordingQuery(id));
  if (recording.data === 'ready') return <Controls id={id} durationSeconds={durationSeconds} />;
  return (
    <section className="player" aria-label={m.player}>
      <p className="player-failure" role="status">
        {recording.isPending || recording.data === 'making'
          ? m.preparingRecording
          : recording.isError
            ? m.playerFailures.missing
            : m.playerFailures.unplayable}
      </p>
    </section>
  );
}

function Controls({
  id,
  durationSeconds,
}: {
  readonly id: string;
  readonly durationSeconds: number;
}) {
  const { m, format } = useWording();
  const client = useQueryClient();
  const { audio, setAudio, failure, setFailure } = usePlayer();
  const time = usePlayed(({ currentTime }) => Math.round(currentTime * 10) / 10, 0);
  const isPaused = usePlayed(({ paused }) => paused, true);
  const speed = usePlayed(({ playbackRate }) => playbackRate, 1);
  const length = usePlayed(({ duration }) => (Number.isFinite(duration) ? duration : null), null);
  const end = length ?? durationSeconds;
  return (
    <section className="player" aria-label={m.player}>
      <audio
        ref={setAudio}
        src={addressOf(`/jobs/${id}/audio`)}
        preload="metadata"
        onLoadedMetadata={({ currentTarget }) => {
          currentTarget.playbackRate = Number(readSetting('speed') ?? 1) || 1;
        }}
        onError={({ currentTarget }) => {
          setFailure(
            currentTarget.error?.code === MediaError.MEDIA_ERR_NETWORK ? 'missing' : 'unplayable',
          );
          // Where the session has ended, the sign-in is shown.
          void client.invalidateQueries(sessionQuery);
        }}
      />
      {failure === null ? (
        <>
          <div className="player-buttons">
            <Button
              className="quiet icon-only"
              aria-label={m.back(STEP)}
              onPress={() => audio !== null && step(audio, -STEP)}
            >
              <RotateCcw aria-hidden />
            </Button>
            <Button
              className="play"
              aria-label={isPaused ? m.play : m.pause}
              onPress={() => audio !== null && toggle(audio)}
            >
              {isPaused ? <Play aria-hidden /> : <Pause aria-hidden />}
            </Button>
            <Button
              className="quiet icon-only"
              aria-label={m.forward(STEP)}
              onPress={() => audio !== null && step(audio, STEP)}
            >
              <RotateCw aria-hidden />
            </Button>
          </div>
          <span className="player-time numbers">{clockTime(time)}</span>
          <Slider
            className="seek"
            aria-label={m.position}
            minValue={0}
            maxValue={Math.max(end, 0.1)}
            step={0.1}
            value={Math.min(time, end)}
            onChange={(value) => {
              if (audio !== null) audio.currentTime = value;
            }}
          >
            <SliderTrack className="seek-track">
              {({ state }) => (
                <>
                  <span
                    className="seek-fill"
                    style={{ inlineSize: `${state.getThumbPercent(0) * 100}%` }}
                  />
                  <SliderThumb className="seek-thumb" />
                </>
              )}
            </SliderTrack>
          </Slider>
          <span className="player-time faint numbers">{clockTime(end)}</span>
          <div className="player-speed">
            <Choice
              label={m.speed}
              isLabelHidden
              options={SPEEDS.map((one) => [one, `${format.number(Number(one))}×`])}
              value={String(speed)}
              onChange={(next) => {
                writeSetting('speed', next);
                if (audio !== null) audio.playbackRate = Number(next);
              }}
            />
          </div>
        </>
      ) : (
        <p className="player-failure">{m.playerFailures[failure]}</p>
      )}
    </section>
  );
}

const step = (audio: HTMLAudioElement, seconds: number): void => {
  audio.currentTime = Math.max(0, audio.currentTime + seconds);
};

function toggle(audio: HTMLAudioElement): void {
  if (audio.paused) audio.play().catch(() => undefined);
  else audio.pause();
}

/** The keys of the transcript: j and l go back and forward, k plays and pauses. */
export function usePlayerKeys(): (event: KeyboardEvent) => void {
  const { audio } = usePlayer();
  return (event) => {
    const isTyping =
      event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
    if (audio === null || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'k') toggle(audio);
    else if (event.key === 'j') step(audio, -STEP);
    else if (event.key === 'l') step(audio, STEP);
  };
}
