// Synthesizes a meeting script: `node local/samples/make.ts local/samples/script.json local/samples/planning-meeting.flac`.
// Needs ffmpeg, and flite (voices slt, rms, awb, kal16) or festival (kal_diphone) for the voices of the script.
import { execFile } from 'node:child_process';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { meetingScript, type MeetingScript } from './meeting-script.ts';

const run = promisify(execFile);

const [scriptPath, recordingPath] = process.argv.slice(2);
if (scriptPath === undefined || recordingPath === undefined) {
  throw new Error('usage: node local/samples/make.ts SCRIPT.json RECORDING.flac');
}
await speak(await meetingScript(scriptPath), recordingPath);

/** Writes the script as FLAC, 16 kHz mono, with a pause after each sentence. */
async function speak(script: MeetingScript, recordingPath: string): Promise<void> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'hansard-sample-'));
  const lines: string[] = [];
  for (const [index, sentence] of script.sentences.entries()) {
    const voice = script.speakers.find(({ name }) => name === sentence.speaker)?.voice;
    if (voice === undefined) throw new Error(`${scriptPath}: no speaker ${sentence.speaker}`);
    const spoken = join(folder.path, `${index}-spoken.wav`);
    await synthesize(voice, sentence.text, spoken);
    const sameSpeaker = script.sentences[index + 1]?.speaker === sentence.speaker;
    const padded = join(folder.path, `${index}.wav`);
    await withPause(spoken, padded, pauseSeconds(index, sameSpeaker));
    lines.push(`file '${padded}'`);
  }
  const list = join(folder.path, 'list.txt');
  await writeFile(list, lines.join('\n'));
  await run('ffmpeg', [
    ['-nostdin', '-v', 'error', '-y', '-f', 'concat', '-safe', '0', '-i', list],
    ['-map_metadata', '-1', '-compression_level', '12', recordingPath],
  ].flat());
}

/** 0.3 to 0.6 s within a speaker's turn, 0.6 to 0.9 s between speakers; the same in every run. */
function pauseSeconds(index: number, sameSpeaker: boolean): number {
  return (sameSpeaker ? 0.3 : 0.6) + ((index * 7) % 4) / 10;
}

async function synthesize(voice: string, text: string, path: string): Promise<void> {
  if (voice === 'kal_diphone') {
    const textPath = `${path}.txt`;
    await writeFile(textPath, text);
    await run('text2wave', ['-eval', '(voice_kal_diphone)', textPath, '-o', path]);
  } else {
    await run('flite', ['-voice', voice, '-t', text, '-o', path]);
  }
}

/** The same loudness for all voices, like a meeting room's microphone with automatic gain. */
async function withPause(from: string, to: string, pause: number): Promise<void> {
  await run('ffmpeg', [
    ['-nostdin', '-v', 'error', '-y', '-i', from],
    ['-af', `loudnorm=I=-20:TP=-2,apad=pad_dur=${pause}`],
    ['-ar', '16000', '-ac', '1', '-c:a', 'pcm_s16le', to],
  ].flat());
}
