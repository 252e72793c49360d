import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { promisify } from 'node:util';
import { spokenSpans } from '../test/adapters/media/conversation.ts';
import { THIS_BUILD } from './earlier-build.ts';

/** A recording and where somebody speaks in it, in seconds: in order, not touching. */
export interface VoiceCase {
  readonly name: string;
  readonly ffmpeg: readonly string[];
  readonly spoken: readonly (readonly [number, number])[];
}

const SAMPLE = join(THIS_BUILD, 'local/samples/planning-meeting.flac');
const CHORDS =
  '0.2*sin(2*PI*t*(262+66*floor(mod(t,4))))+0.15*sin(2*PI*t*(330+82*floor(mod(t,4))))' +
  '+0.12*sin(2*PI*t*(392+98*floor(mod(t*2,4))))+0.1*sin(2*PI*131*t)*(1-mod(t*2,1))';

const generated = (source: string): string[] => ['-f', 'lavfi', '-i', source];
const tone = (formula: string): string[] => generated(`aevalsrc='${formula}':s=16000:d=120`);

/** 40 s of the sample behind 10 s of silence, through a filter. */
const spoken = (name: string, filter: string): VoiceCase => ({
  name,
  ffmpeg: ['-t', '40', '-i', SAMPLE, '-af', `${filter},adelay=10000`],
  spoken: [[10.2, 50]],
});

const silent = (name: string, ffmpeg: readonly string[]): VoiceCase => ({
  name,
  ffmpeg,
  spoken: [],
});

/** What people record, and what is no speech. */
export const VOICE_CASES: readonly VoiceCase[] = [
  spoken('soft speech (-30 dB)', 'volume=-30dB'),
  spoken('telephone band', 'highpass=f=300,lowpass=f=3400'),
  {
    name: 'speech after music',
    ffmpeg: [
      generated(`aevalsrc='${CHORDS}':s=16000:d=20`),
      ['-t', '30', '-i', SAMPLE, '-filter_complex'],
      ['[1]aresample=16000[v];[0][v]concat=n=2:v=0:a=1'],
    ].flat(),
    spoken: [[20, 50]],
  },
  loneAnswers(),
  silent('music', tone(CHORDS)),
  silent('busy tone', tone('0.2*(sin(2*PI*480*t)+sin(2*PI*620*t))*lt(mod(t,1),0.5)')),
  silent('ring tone', tone('0.2*sin(2*PI*425*t)*lt(mod(t,5),1)')),
  silent('pink noise', generated('anoisesrc=d=120:a=0.05:c=pink:seed=1')),
  silent('white noise', generated('anoisesrc=d=120:a=0.01:c=white:seed=2')),
  silent('clicking keys', tone('0.02*sin(2*PI*50*t)+0.5*(random(0)-0.5)*exp(-mod(t,0.37)*120)')),
];

/** Each answer begins 10 s into its 20 s; its loud part lies between 0.1 and 0.4 s. */
function loneAnswers(): VoiceCase {
  const answers = ['awb', 'kal16', 'rms', 'slt'].flatMap((voice) =>
    ['No', 'Yes agreed', 'Yeah', 'Nay'].map((words) => `flite=text='${words}':voice=${voice}`),
  );
  const padded = answers.map(
    (_, index) => `[${index}]aresample=16000,adelay=10000,apad=whole_dur=20[a${index}]`,
  );
  const labels = answers.map((_, index) => `[a${index}]`).join('');
  return {
    name: 'lone short answers',
    ffmpeg: [
      ...answers.flatMap(generated),
      '-filter_complex',
      [...padded, `${labels}concat=n=${answers.length}:v=0:a=1`].join(';'),
    ],
    spoken: answers.map((_, index) => [20 * index + 10.1, 20 * index + 10.4]),
  };
}

/** Every recording of a folder that has a reference of the same name (`.rttm`) beside it. */
export async function conversationCases(folder: string): Promise<VoiceCase[]> {
  const names = await readdir(folder);
  const pairs = names
    .filter((name) => name.endsWith('.rttm'))
    .flatMap((rttm) =>
      names
        .filter((name) => name !== rttm && parse(name).name === parse(rttm).name)
        .map((recording) => ({ rttm, recording })),
    );
  return await Promise.all(
    pairs.map(async ({ rttm, recording }) => ({
      name: parse(rttm).name,
      ffmpeg: ['-i', join(folder, recording)],
      spoken: await spokenSpans(join(folder, rttm)),
    })),
  );
}

/** Writes 16 kHz mono s16le. */
export async function writePcm(ffmpeg: readonly string[], path: string): Promise<void> {
  await promisify(execFile)(
    'ffmpeg',
    [
      ['-nostdin', '-v', 'error', '-y', ...ffmpeg],
      ['-ar', '16000', '-ac', '1', '-f', 's16le', path],
    ].flat(),
  );
}
