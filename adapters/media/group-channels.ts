import { groupTracks, type Grouping } from './group-tracks.ts';
import { MEDIA_BINARIES, runMediaTool } from './media-binaries.ts';
import type { DecodeOptions } from './decode-options.ts';
import type { ProbedPart, ProbedStream } from './probe-part.ts';
import { createSoundLevels } from './sound-levels.ts';

/** Streams of these codecs can change their number of channels on the way. */
export const mayChange = (codec: string): boolean => /^(?:aac|mp[123]|e?ac3|dts)/.test(codec);

/** Listens to all channels of a stream once, at a low rate, and decides which are heard together. */
export async function groupChannels(
  part: ProbedPart,
  { index, codec, channels }: ProbedStream,
  { signal, maxSeconds, binaries = MEDIA_BINARIES }: DecodeOptions,
): Promise<Grouping & { readonly changes: boolean }> {
  const heard = mayChange(codec) ? Math.max(2, channels) : channels;
  const alone = { groups: [{ members: [{ track: 0, sign: 1 as const }] }], leftOut: [] };
  if (heard === 1) return { ...alone, changes: false };
  const levels = createSoundLevels(heard);
  const blocks = createDeinterleaver(heard, LISTENING_RATE / 10, (block) => levels.add(block));
  const pan = Array.from({ length: heard }, (_, channel) => `c${channel}=c${channel}`).join('|');
  let formats = 0;
  await runMediaTool(
    binaries.ffmpeg,
    [
      ['-nostdin', '-v', 'verbose', '-nostats', ...part.input, '-map', `0:${index}`],
      // `pan` keeps the number of channels where the stream changes it.
      ['-af', mayChange(codec) ? `pan=${heard}c|${pan},${LISTENING}` : LISTENING],
      ['-t', String(maxSeconds), '-c:a', 'pcm_s16le', '-f', 's16le', '-'],
    ].flat(),
    {
      signal,
      onOutput: blocks,
      onLogLine: (line) => {
        if (FILTER_INPUT.test(line)) formats += 1;
      },
    },
  );
  const { groups, leftOut } = groupTracks(heard, levels);
  // A mono stream has no second channel to leave out.
  return {
    groups,
    leftOut: leftOut.filter(({ track }) => track < channels),
    changes: formats > 1,
  };
}

/** ffmpeg logs the form of a stream each time that it builds the filters for it. */
const FILTER_INPUT = /graph_\d+_in_.* samplerate:/;

const LISTENING_RATE = 8000;
const LISTENING = `aresample=${LISTENING_RATE}`;

/** Turns interleaved s16le bytes into blocks of numbers for each channel. */
function createDeinterleaver(
  channels: number,
  samples: number,
  onBlock: (block: readonly Float32Array[]) => void,
): (bytes: Buffer) => void {
  const block = Array.from({ length: channels }, () => new Float32Array(samples));
  const width = channels * samples * 2;
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = rest.length > 0 ? Buffer.concat([rest, bytes]) : bytes;
    let at = 0;
    for (; at + width <= rest.length; at += width) {
      for (let sample = 0; sample < samples; sample += 1) {
        for (let channel = 0; channel < channels; channel += 1) {
          const values = block[channel];
          const value = rest.readInt16LE(at + (sample * channels + channel) * 2);
          if (values) values[sample] = value / 32_768;
        }
      }
      onBlock(block);
    }
    rest = rest.subarray(at);
  };
}
