import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { parseLocalConfig } from '../local/config.ts';
import { createDiarizer } from '../local/inference-server/models/speakers/diarizer.ts';
import { provisionAll } from '../local/provision/provision-all.ts';
import { diarizationError, readRttm, type Turn } from './diarization-error.ts';
import { THIS_BUILD } from './earlier-build.ts';

/**
 * `npm run bench:speakers [-- CASE …]`: how well the local engine tells who spoke, against references, alone and joined to longer
 * recordings, and what time and memory it takes. Exits 1 when a promise is missed.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** A folder of recordings, each with a reference in RTTM. */
    conversations: { type: 'string', default: join(THIS_BUILD, 'test/fixtures/conversations') },
    /** Length of the longest recording, made of all in changing orders; 0: none. */
    minutes: { type: 'string', default: '60' },
  },
});

/** Diarization error rate: collar 0.25 s, overlaps counted. */
const PROMISED: Readonly<Record<string, number>> = {
  'reading-a': 0.02,
  'reading-b': 0.02,
  'meeting-a': 0.12,
  'meeting-b': 0.27,
};

/** Of Linux's process table: bytes a page, and ticks a second. */
const PAGE_BYTES = 4096;
const TICKS = 100;

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
  const columns = ['length', 'DER', 'missed', 'false', 'confused', 'speakers', 'real time', 'CPU'];
  console.log(line('', ...columns, 'memory'));
  const conversations = await readConversations(values.conversations);
  const isWanted = (name: string) => positionals.length === 0 || positionals.includes(name);
  for (const conversation of conversations.filter(({ name }) => isWanted(name))) {
    await judge(conversation);
  }
  if (isWanted('in-a-row')) await judge(await joined('in-a-row', conversations));
  const minutes = Number(values.minutes);
  if (minutes > 0 && isWanted('long')) {
    await judge(await joined('long', await upTo(minutes * 60, conversations)));
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

async function judge({ name, path, reference }: Conversation): Promise<void> {
  const watched = watchProcesses();
  const startedAt = performance.now();
  const { turns, seconds } = await diarizer.diarize({ path, speakers: null });
  const took = (performance.now() - startedAt) / 1000;
  const { cpuSeconds, mebibytes } = await watched.stop();
  const found = turns.map((turn) => ({ ...turn, speaker: String(turn.speaker) }));
  const error = diarizationError(reference, found);
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  const speakers = (list: readonly Turn[]) => new Set(list.map(({ speaker }) => speaker)).size;
  const promised = PROMISED[name];
  const isKept = promised === undefined || error.rate <= promised;
  kept &&= isKept;
  console.log(
    line(
      name,
      `${seconds.toFixed(0)} s`,
      percent(error.rate),
      ...[error.missed, error.falseAlarm, error.confused].map((one) => percent(one / error.speech)),
      `${speakers(found)} of ${speakers(reference)}`,
      (took / seconds).toFixed(3),
      (cpuSeconds / seconds).toFixed(3),
      `${mebibytes.toFixed(0)} MiB`,
    ) + (isKept ? '' : `  MISSED: ${percent(promised ?? 0)}`),
  );
}

/** Processor time and the most memory of this process and its children, by Linux's process table. */
function watchProcesses() {
  const cpuOf = new Map<number, number>();
  let most = 0;
  const look = async () => {
    let bytes = process.memoryUsage.rss();
    for (const pid of await childrenOf(process.pid)) {
      const { ticks, pages } = await statOf(pid);
      cpuOf.set(pid, ticks);
      bytes += pages * PAGE_BYTES;
    }
    most = Math.max(most, bytes);
  };
  const before = process.cpuUsage();
  const timer = setInterval(() => void look().catch(() => undefined), 100);
  return {
    stop: async () => {
      clearInterval(timer);
      await look();
      const { user, system } = process.cpuUsage(before);
      const ticks = [...cpuOf.values()].reduce((sum, one) => sum + one, 0);
      return { cpuSeconds: (user + system) / 1e6 + ticks / TICKS, mebibytes: most / 2 ** 20 };
    },
  };
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const tasks = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(
    tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '')),
  );
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

async function statOf(pid: number): Promise<{ ticks: number; pages: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return { ticks: (fields[11] ?? 0) + (fields[12] ?? 0), pages: fields[21] ?? 0 };
}

async function run(command: string, args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(command, args)).stdout;
}

function line(name: string, ...cells: readonly string[]): string {
  return name.padEnd(14) + cells.map((cell) => cell.padStart(10)).join('');
}
