import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { parseLocalConfig } from '../local/config.ts';
import { createDiarizer } from '../local/inference-server/models/speakers/diarizer.ts';
import { provisionAll } from '../local/provision/provision-all.ts';
import {
  diarizationError,
  readRttm,
  type DiarizationError,
  type Turn,
} from './diarization-error.ts';
import { THIS_BUILD } from './earlier-build.ts';
import { AS_SENT, OTHER_FORMS, writeForm, type Form } from './recording-forms.ts';
import { hearApart, recordTwoChannels } from './two-channels.ts';
import { watchProcesses } from './watch-processes.ts';

/**
 * `npm run bench:speakers [-- CASE …]`: how well the local engine tells who spoke, against references: as the recordings are, as the
 * worker sends them, in other forms that sound the same, and joined to longer recordings; and what time and memory it takes. And
 * how well two channels tell it, without a model. Exits 1 when a promise is missed: as they are, as sent, by the mean of the
 * other forms, or on two channels.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** A folder of recordings, each with a reference in RTTM. */
    conversations: { type: 'string', default: join(THIS_BUILD, 'test/fixtures/conversations') },
    /** Length of the longest recording, made of all in changing orders; 0: none. */
    minutes: { type: 'string', default: '60' },
    /** `--no-spread`: without the other forms, which take most of the time. */
    spread: { type: 'boolean', default: true },
  },
  allowNegative: true,
});

/** Diarization error rate: collar 0.25 s, overlaps counted. */
const PROMISED: Readonly<Record<string, number>> = {
  'reading-a': 0.02,
  'reading-b': 0.02,
  'meeting-a': 0.12,
  'meeting-b': 0.27,
  'two-channels': 0,
};

const QUIETLY = ['-v', 'error', '-y'];

interface Conversation {
  readonly name: string;
  readonly path: string;
  readonly reference: readonly Turn[];
}

const { speech, media } = await provisionAll(
  parseLocalConfig(process.env),
  ['inference'],
  console.error,
);
if (speech === null || speech.speakerModels === null)
  throw new Error('the speaker models are missing');
const { python, speakerModels: modelFolder, ffmpeg } = speech;
const diarizer = createDiarizer({ python, modelFolder, ffmpeg });
const folder = await mkdtemp(join(tmpdir(), 'hansard-speakers-'));
let kept = true;
try {
  const columns = ['length', 'DER', 'missed', 'false', 'confused', 'speakers'];
  console.log(line('', ...columns, 'CPU', 'CPU/length', 'time/length', 'memory'));
  const conversations = await readConversations(values.conversations);
  const isWanted = (name: string) => positionals.length === 0 || positionals.includes(name);
  for (const conversation of conversations.filter(({ name }) => isWanted(name))) {
    await judge(conversation, conversation.name);
    await judge(await sent(conversation), `${conversation.name}, sent`);
    if (values.spread) await judgeForms(conversation);
  }
  if (isWanted('two-channels')) await judgeTwoChannels(conversations);
  if (isWanted('in-a-row')) {
    await judge(await sent(await joined('in-a-row', conversations)), 'in-a-row, sent');
  }
  const minutes = Number(values.minutes);
  if (minutes > 0 && isWanted('long')) {
    const long = await joined('long', await upTo(minutes * 60, conversations));
    const watched = watchProcesses();
    const sentLong = await sent(long);
    const { cpuSeconds, mebibytes } = await watched.stop();
    const { size } = await stat(sentLong.path);
    const sizes = `${(size / 1e6).toFixed(1)} MB in ${cpuSeconds.toFixed(1)} s of CPU`;
    console.log(`long: the worker makes Opus of ${sizes} and ${mebibytes.toFixed(0)} MiB`);
    await judge(sentLong, 'long, sent');
  }
} finally {
  await diarizer.close();
  await rm(folder, { recursive: true });
}
if (!kept) process.exitCode = 1;

async function readConversations(from: string): Promise<Conversation[]> {
  const files = await readdir(from);
  const references = files.filter((file) => file.endsWith('.rttm')).toSorted();
  return await Promise.all(
    references.map(async (file) => {
      const { name } = parse(file);
      const sound = files.find((other) => other !== file && parse(other).name === name);
      if (sound === undefined) throw new Error(`${from} has no recording for ${file}`);
      const reference = readRttm(await readFile(join(from, file), 'utf8'));
      return { name, path: join(from, sound), reference };
    }),
  );
}

/** All of them, then all from the second on, and so on: what follows what changes. */
async function upTo(seconds: number, conversations: readonly Conversation[]) {
  const lengths = await Promise.all(conversations.map(({ path }) => secondsOf(path)));
  const chosen: Conversation[] = [];
  let length = 0;
  for (let at = 0; length < seconds; at += 1) {
    const count = conversations.length;
    const index = (at + Math.floor(at / count)) % count;
    const next = conversations[index];
    if (next !== undefined) chosen.push(next);
    length += lengths[index] ?? 0;
  }
  return chosen;
}

/** One after the other. Who has one name is one speaker. */
async function joined(name: string, conversations: readonly Conversation[]): Promise<Conversation> {
  const partOf = (conversation: Conversation) => join(folder, `${conversation.name}.flac`);
  for (const one of new Set(conversations)) {
    await run(ffmpeg, [...QUIETLY, '-i', one.path, '-ar', '16000', '-ac', '1', partOf(one)]);
  }
  const reference: Turn[] = [];
  let from = 0;
  for (const conversation of conversations) {
    for (const turn of conversation.reference) {
      reference.push({ ...turn, start: from + turn.start, end: from + turn.end });
    }
    from += await secondsOf(partOf(conversation));
  }
  const list = join(folder, 'list');
  const path = join(folder, `${name}.joined.flac`);
  await writeFile(list, conversations.map((one) => `file '${partOf(one)}'\n`).join(''));
  await run(ffmpeg, [...QUIETLY, '-f', 'concat', '-safe', '0', '-i', list, path]);
  return { name, path, reference };
}

async function secondsOf(path: string): Promise<number> {
  const entries = ['-show_entries', 'format=duration', '-of', 'csv=p=0'];
  return Number(await run(media.ffprobe, ['-v', 'error', ...entries, path]));
}

/** As the worker sends it. */
async function sent(conversation: Conversation): Promise<Conversation> {
  return await inForm(conversation, AS_SENT);
}

async function inForm(conversation: Conversation, form: Form): Promise<Conversation> {
  const to = join(folder, `${conversation.name}.sent`);
  const pcmPath = join(folder, 'pcm');
  const binaries = { ffmpeg, ffprobe: media.ffprobe };
  await writeForm(form, { path: conversation.path, pcmPath, to, binaries });
  const reference = conversation.reference.map(({ start, end, speaker }) => ({
    start: start + form.delaySeconds,
    end: end + form.delaySeconds,
    speaker,
  }));
  return { ...conversation, path: to, reference };
}

async function judgeForms(conversation: Conversation): Promise<void> {
  const rates: { readonly form: string; readonly rate: number }[] = [];
  for (const form of OTHER_FORMS) {
    const { error } = await diarized(await inForm(conversation, form));
    rates.push({ form: form.name, rate: error.rate });
  }
  const sorted = rates.toSorted((one, other) => one.rate - other.rate);
  const [best, worst] = [sorted[0], sorted.at(-1)];
  const mean = rates.reduce((sum, { rate }) => sum + rate, 0) / rates.length;
  console.log(
    `${conversation.name}, ${rates.length} forms: ${percent(best?.rate ?? 0)} (${best?.form}) to ` +
      `${percent(worst?.rate ?? 0)} (${worst?.form}), mean ${percent(mean)}` +
      verdict(conversation.name, mean),
  );
}

/** One speaks on each channel, and the channels are the speakers: the engine is not asked. */
async function judgeTwoChannels(conversations: readonly Conversation[]): Promise<void> {
  const reading = conversations.find(({ name }) => name.startsWith('reading'));
  if (reading === undefined) return;
  const recording = await recordTwoChannels(reading, { folder, ffmpeg });
  const binaries = { ffmpeg, ffprobe: media.ffprobe };
  const { seconds, byWords, byVoice } = await hearApart(recording, { folder, binaries });
  const judged = (found: readonly Turn[]) => {
    const error = diarizationError(recording.reference, found);
    return { error, cells: accuracyOf(error, seconds, [found, recording.reference]) };
  };
  const words = judged(byWords);
  console.log(line('two-channels', ...words.cells) + verdict('two-channels', words.error.rate));
  const voice = judged(byVoice);
  const confused = voice.error.confused / voice.error.speech;
  console.log(line('the same, by voice', ...voice.cells) + verdict('two-channels', confused));
}

async function diarized({ path, reference }: Conversation) {
  const { turns, seconds } = await diarizer.diarize({ path, speakers: null });
  const found = turns.map((turn) => ({ ...turn, speaker: String(turn.speaker) }));
  return { error: diarizationError(reference, found), found, seconds };
}

async function judge(conversation: Conversation, title: string): Promise<void> {
  const watched = watchProcesses();
  const startedAt = performance.now();
  const { error, found, seconds } = await diarized(conversation);
  const took = (performance.now() - startedAt) / 1000;
  const { cpuSeconds, mebibytes } = await watched.stop();
  console.log(
    line(
      title,
      ...accuracyOf(error, seconds, [found, conversation.reference]),
      `${cpuSeconds.toFixed(1)} s`,
      (cpuSeconds / seconds).toFixed(3),
      (took / seconds).toFixed(3),
      `${mebibytes.toFixed(0)} MiB`,
    ) + verdict(conversation.name, error.rate),
  );
}

function accuracyOf(
  { rate, speech, missed, falseAlarm, confused }: DiarizationError,
  seconds: number,
  [found, reference]: readonly [readonly Turn[], readonly Turn[]],
): string[] {
  const speakers = (list: readonly Turn[]) => new Set(list.map(({ speaker }) => speaker)).size;
  return [
    `${seconds.toFixed(0)} s`,
    percent(rate),
    ...[missed, falseAlarm, confused].map((one) => percent(one / speech)),
    `${speakers(found)} of ${speakers(reference)}`,
  ];
}

/** Says so where a promise is missed, and remembers it. */
function verdict(name: string, rate: number): string {
  const most = PROMISED[name];
  if (most === undefined || rate <= most) return '';
  kept = false;
  return `  MISSED: ${percent(most)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

async function run(command: string, args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(command, args)).stdout;
}

function line(name: string, ...cells: readonly string[]): string {
  return name.padEnd(19) + cells.map((cell) => cell.padStart(12)).join('');
}
