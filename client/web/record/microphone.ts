/** Of the containers that browsers write, the first that is taken: Safari before 18.4 knows only MP4. */
const TYPES = [
  'audio/webm;codecs=opus',
  'audio/mp4;codecs=opus',
  'audio/mp4',
  'audio/ogg;codecs=opus',
];

/** Speech is clear with these; an hour has 22 MB. */
export const BITS_PER_SECOND = 48_000;

export interface Microphone {
  readonly stream: MediaStream;
  readonly track: MediaStreamTrack;
  /** How loud it is now, in dBFS; -Infinity: nothing at all. */
  readonly loudness: () => number;
  readonly close: () => void;
}

/** Why this browser cannot record here; null: it can. */
export function hindrance(): 'insecure' | 'unsupported' | null {
  if (!isSecureContext) return 'insecure';
  const isThere = 'mediaDevices' in navigator && 'locks' in navigator && 'indexedDB' in globalThis;
  return isThere && recordedType() !== null ? null : 'unsupported';
}

/** As MediaRecorder writes it; null: it writes nothing that we know. */
export const recordedType = (): string | null =>
  'MediaRecorder' in globalThis
    ? (TYPES.find((type) => MediaRecorder.isTypeSupported(type)) ?? null)
    : null;

/** Their names are told only after somebody has allowed one of them. */
export async function listMicrophones(): Promise<readonly (readonly [id: string, name: string])[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '')
    .map(({ deviceId, label }) => [deviceId, label]);
}

/**
 * Opens a microphone; '': the one that the system prefers. Throws a `DOMException`: `NotAllowedError` where somebody forbids
 * it, `NotFoundError` where there is none, `NotReadableError` where another program has it.
 */
export async function openMicrophone(id: string): Promise<Microphone> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: {
      ...(id !== '' && { deviceId: { exact: id } }),
      channelCount: 1,
      autoGainControl: true,
      // They take away what comes from a loudspeaker, such as those who are in the meeting by telephone.
      echoCancellation: false,
      noiseSuppression: false,
    },
  });
  const [track] = stream.getAudioTracks();
  if (track === undefined) throw new DOMException('the stream has no sound', 'NotFoundError');
  const sound = new AudioContext();
  const analyser = new AnalyserNode(sound, { fftSize: 2_048 });
  sound.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    stream,
    track,
    loudness: () => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      return 10 * Math.log10(power);
    },
    close: () => {
      for (const one of stream.getTracks()) one.stop();
      void sound.close();
    },
  };
}
