import { hold } from '../kept/hold.ts';
import { kept, type KeptRecording } from '../kept/kept.ts';
import { extentOf, forgetRecording, type Extent } from '../kept/kept-sound.ts';
import { createCell } from '../shell/cell.ts';
import { abandonUpload } from '../upload/kept-uploads.ts';
import type { MinutesOptions } from '../upload/minutes-options.ts';
import { keepAwake } from './keep-awake.ts';
import { openMicrophone, recordedType, type Microphone } from './microphone.ts';
import { LEAST_PART_BYTES, makeMinutes, sendSoFar } from './send-recording.ts';
import { watchMicrophone, type Fault } from './watch-microphone.ts';
import { writeTake, type Take } from './write-take.ts';

/** The one recording that this page makes or sends, wherever in it somebody is meanwhile. */
export interface Recording {
  /** `failed`: it could not be begun, gone on with or sent, and nothing of it is lost. */
  readonly phase: 'none' | 'starting' | 'recording' | 'paused' | 'sending' | 'failed';
  readonly recording: KeptRecording | null;
  /** What may be wrong with what is recorded. */
  readonly fault: Fault | 'full' | null;
  readonly error: unknown;
  /** As the system calls it. */
  readonly microphone: string;
  /** Of the recording that was sent last. */
  readonly job: string | null;
}

const NOTHING: Recording = {
  phase: 'none',
  recording: null,
  fault: null,
  error: null,
  microphone: '',
  job: null,
};
const NO_METER = { seconds: 0, loudness: -Infinity, bytes: 0, sentBytes: 0 };

export const recordingCell = createCell(NOTHING);
/** What changes many times a second: dBFS, and bytes that are kept and that are sent. */
export const meterCell = createCell(NO_METER);

const set = (changed: Partial<Recording>): void =>
  recordingCell.set({ ...recordingCell.read(), ...changed });
const measure = (changed: Partial<typeof NO_METER>): void =>
  meterCell.set({ ...meterCell.read(), ...changed });

/** What the recording holds; each is null while it does not. */
let microphone: Microphone | null = null;
let take: Take | null = null;
let release: (() => void) | null = null;
let unwatch: (() => void) | null = null;
let sleepAgain: (() => void) | null = null;
let sending: AbortController | null = null;
let chosen = '';

/** Begins a recording. */
export async function startRecording(
  owner: string,
  facts: { readonly title: string; readonly options: MinutesOptions; readonly device: string },
): Promise<void> {
  const { title, options, device } = facts;
  const [id, startedAt] = [crypto.randomUUID(), new Date().toISOString()];
  const type = recordedType() ?? '';
  chosen = device;
  await goOn({ id, owner, startedAt, type, title, options, upload: null });
}

/** Goes on with one that is kept, with what was chosen last, and also where a microphone was lost. */
export async function goOn(recording: KeptRecording, device = chosen): Promise<void> {
  chosen = device;
  set({ ...NOTHING, phase: 'starting', recording });
  measure(NO_METER);
  try {
    release ??= await hold(recording.id);
    const before = await extentOf(recording.id);
    await listen(device);
    await (await kept()).put('recordings', recording);
    // Asked for, where the browser asks nobody: else it may throw away what it keeps when its disk is full.
    void navigator.storage.persist();
    measure({ ...NO_METER, ...before });
    record(recording, before);
    sleepAgain ??= keepAwake();
  } catch (error) {
    stopListening();
    set({ phase: 'failed', error });
    await letGoIfEmpty(recording);
  }
}

export function pauseRecording(): void {
  take?.pause();
  measure({ loudness: -Infinity });
  set({ phase: 'paused' });
}

export async function resumeRecording(): Promise<void> {
  const { recording } = recordingCell.read();
  if (take === null && recording !== null) return await goOn(recording);
  take?.resume();
  set({ phase: 'recording' });
}

/** Another title, or other options, until it is sent. */
export function describeRecording(changed: Pick<KeptRecording, 'title' | 'options'>): void {
  const { recording } = recordingCell.read();
  if (recording === null) return;
  const described = { ...recording, ...changed };
  set({ recording: described });
  void kept().then(async (database) => {
    const newest = (await database.get('recordings', recording.id)) ?? described;
    await database.put('recordings', { ...newest, ...changed });
  });
}

/** Ends it, sends what is not there yet, and has minutes made of it; also of one that is kept from earlier. */
export async function finishRecording(recording: KeptRecording): Promise<void> {
  set({ phase: 'sending', recording, error: null, fault: null });
  try {
    release ??= await hold(recording.id);
    await stopTake();
    const extent = await extentOf(recording.id);
    measure({ ...extent, loudness: -Infinity });
    sending?.abort();
    sending = new AbortController();
    const newest = (await (await kept()).get('recordings', recording.id)) ?? recording;
    const { id, reused: _ } = await makeMinutes(newest, {
      signal: sending.signal,
      onSent: (sentBytes) => measure({ sentBytes }),
    });
    await forgetRecording(recording.id);
    letGo();
    set({ ...NOTHING, job: id });
  } catch (error) {
    if (recordingCell.read().phase === 'sending') set({ phase: 'failed', error });
  }
}

/** Ends it, and deletes what was recorded here and what was sent of it. */
export async function throwAway(recording: KeptRecording): Promise<void> {
  set({ ...NOTHING });
  sending?.abort();
  await stopTake().catch(() => undefined);
  const newest = await (await kept()).get('recordings', recording.id);
  await forgetRecording(recording.id);
  letGo();
  const upload = newest?.upload ?? recording.upload;
  if (upload !== null) await abandonUpload(upload);
}

/** Leaves it as it is, to go on with it later. */
export async function setAside(): Promise<void> {
  sending?.abort();
  await stopTake().catch(() => undefined);
  letGo();
  set({ ...NOTHING });
}

async function listen(device: string): Promise<void> {
  stopListening();
  const opened = await openMicrophone(device);
  microphone = opened;
  set({ microphone: opened.track.label });
  unwatch = watchMicrophone(opened, {
    isPaused: () => recordingCell.read().phase === 'paused',
    onLoudness: (loudness) => measure({ loudness, seconds: take?.seconds() ?? 0 }),
    onFault: (fault) => {
      if (fault === 'lost') void changeMicrophone();
      else if (recordingCell.read().fault !== 'full') set({ fault });
    },
  });
}

/** The microphone is gone: another one goes on, if there is one. */
async function changeMicrophone(): Promise<void> {
  const { recording, phase } = recordingCell.read();
  const isGoingOn = phase === 'recording' || phase === 'paused';
  if (recording === null || !isGoingOn || isChanging) return;
  isChanging = true;
  try {
    const before = await stopTake();
    if (before === null || phase === 'paused') return set({ phase: 'paused', fault: 'lost' });
    await listen('');
    record(recording, before);
    set({ fault: 'changed' });
  } catch {
    stopListening();
    set({ phase: 'paused', fault: 'lost' });
  } finally {
    isChanging = false;
  }
}

let isChanging = false;

function record({ id, type }: KeptRecording, before: Extent): void {
  if (microphone === null) throw new TypeError('no microphone is open');
  take = writeTake(id, microphone, type, before, {
    onKept: ({ bytes }) => {
      measure({ bytes });
      if (recordingCell.read().fault === 'full') set({ fault: null });
      void sendMeanwhile();
    },
    onFailure: () => set({ fault: 'full' }),
    onStopped: () => void changeMicrophone(),
  });
  set({ phase: 'recording', fault: null, error: null });
}

let notBefore = 0;

/** Sends what fills a part by now. Without a network it stays here, and goes later. */
async function sendMeanwhile(): Promise<void> {
  const { recording } = recordingCell.read();
  const { bytes, sentBytes } = meterCell.read();
  if (recording === null || take === null || sending !== null) return;
  if (bytes - sentBytes < LEAST_PART_BYTES || performance.now() < notBefore) return;
  const mine = new AbortController();
  sending = mine;
  try {
    const { upload } = await sendSoFar(recording, take.extent(), {
      signal: mine.signal,
      onSent: (sent) => measure({ sentBytes: sent }),
    });
    const newest = recordingCell.read().recording;
    if (newest?.id === recording.id) set({ recording: { ...newest, upload } });
    measure({ sentBytes: bytes - (bytes % LEAST_PART_BYTES) });
  } catch {
    notBefore = performance.now() + AGAIN_MS;
  } finally {
    if (sending === mine) sending = null;
  }
}

const AGAIN_MS = 30_000;

/** Null: nothing was being recorded. */
async function stopTake(): Promise<Extent | null> {
  const extent = (await take?.end()) ?? null;
  take = null;
  stopListening();
  return extent;
}

function stopListening(): void {
  unwatch?.();
  unwatch = null;
  microphone?.close();
  microphone = null;
}

function letGo(): void {
  stopListening();
  take = null;
  sending = null;
  sleepAgain?.();
  sleepAgain = null;
  release?.();
  release = null;
}

/** What never had a sound is no recording that was not finished. */
async function letGoIfEmpty({ id }: KeptRecording): Promise<void> {
  try {
    if ((await extentOf(id)).bytes === 0) await forgetRecording(id);
  } finally {
    letGo();
  }
}
