import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeRecording } from '../../../adapters/media/decode-recording.ts';
import { ffmpeg, toSamples, withFolder } from './with-folder.ts';

/** Tones of one second each at these seconds of a track, 0.2 s exact; the rest is silent. */
function tonesAt(pcm: Buffer, from: number, samples: number): number[] {
  const tones: number[] = [];
  const values = toSamples(pcm.subarray(from * 2, (from + samples) * 2));
  for (let at = 0; at + 1600 <= values.length; at += 1600) {
    const isLoud = values.subarray(at, at + 1600).some((value) => Math.abs(value) > 500);
    if (isLoud && tones.at(-1) !== undefined && at / 16_000 - (tones.at(-1) ?? 0) < 1.25) continue;
    if (isLoud) tones.push(at / 16_000);
  }
  return tones;
}

/** A source of ffmpeg that sounds for a second at each of these seconds. */
export const tone = (seconds: number, ...at: readonly number[]) =>
  `aevalsrc='${at.map((one) => `0.4*sin(2*PI*${400 + one * 10}*t)*between(t,${one},${one + 1})`).join('+')}':s=48000:d=${seconds}`;

/** Decodes what ffmpeg makes with these arguments, and says where each track sounds. */
export async function tracksOf(name: string, ...args: readonly string[]) {
  return await withFolder(async (folder) => {
    const path = join(folder, name);
    await ffmpeg(...args, path);
    return await tracksIn(path, folder);
  });
}

/** Decodes a file, and says where each track sounds. */
export async function tracksIn(path: string, folder: string) {
  const pcmPath = join(folder, 'pcm');
  const { samples, sound, preparationVersion } = await decodeRecording({ path, pcmPath });
  const pcm = await readFile(pcmPath);
  const length = samples / sound.tracks.length;
  return {
    seconds: Math.round(length / 1600) / 10,
    tones: sound.tracks.map(({ startSample }) => tonesAt(pcm, startSample, length)),
    heard: sound.tracks.map(({ heard }) =>
      heard
        .map(({ part, stream, channels }) => `${part}.${stream}:${channels.join('+')}`)
        .join(' '),
    ),
    leftOut: sound.leftOut.map(
      ({ stream, channels, reason }) => `${stream}:${channels.join('+')} ${reason}`,
    ),
    cut: sound.cut,
    disagreements: sound.disagreements ?? [],
    version: preparationVersion,
    damage: sound.tracks.flatMap(({ damage }) => damage),
  };
}

export const lavfi = (...sources: readonly string[]) =>
  sources.flatMap((source) => ['-f', 'lavfi', '-i', source]);
