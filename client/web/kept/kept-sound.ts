import { kept } from './kept.ts';

/** How much of a recording is kept. */
export interface Extent {
  readonly bytes: number;
  readonly seconds: number;
}

/** Everything of one recording that begins at byte `to` or before. */
const soundOf = (recording: string, to = Number.MAX_SAFE_INTEGER) =>
  IDBKeyRange.bound([recording, 0], [recording, to]);

/** Adds sound behind that which is kept; when this is over, it is on the disk. */
export async function addSound(
  recording: string,
  from: number,
  bytes: ArrayBuffer,
  seconds: number,
): Promise<void> {
  const database = await kept();
  const adding = database.transaction('sound', 'readwrite', { durability: 'strict' });
  await Promise.all([adding.store.add({ bytes, seconds }, [recording, from]), adding.done]);
}

export async function extentOf(recording: string): Promise<Extent> {
  const sound = (await kept()).transaction('sound').store;
  const last = await sound.openCursor(soundOf(recording), 'prev');
  if (last === null) return { bytes: 0, seconds: 0 };
  const [, from] = last.key;
  return { bytes: from + last.value.bytes.byteLength, seconds: last.value.seconds };
}

/** Some bytes of a recording, in bytes from its beginning. */
export async function readSound(recording: string, from: number, to: number): Promise<Blob> {
  const sound = (await kept()).transaction('sound').store;
  const first = await sound.openKeyCursor(soundOf(recording, from), 'prev');
  const [, start] = first?.key ?? [recording, 0];
  const range = IDBKeyRange.bound([recording, start], [recording, to], false, true);
  const blob = new Blob((await sound.getAll(range)).map(({ bytes }) => bytes));
  return blob.slice(from - start, to - start);
}

/** Removes a recording, with all that is kept of it. */
export async function forgetRecording(recording: string): Promise<void> {
  const removing = (await kept()).transaction(['recordings', 'sound'], 'readwrite');
  await Promise.all([
    removing.objectStore('recordings').delete(recording),
    removing.objectStore('sound').delete(soundOf(recording)),
    removing.done,
  ]);
}
