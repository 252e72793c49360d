import type { Command } from 'commander';
import { resolve } from 'node:path';
import { hashFile } from '../../../adapters/identity/digest.ts';
import { probeRecording } from '../../../adapters/media/probe-recording.ts';
import { uploadSource } from '../../../adapters/object-store/upload-source.ts';
import { isPolled } from '../../../adapters/temporal/worker-presence.ts';
import { TASK_QUEUES } from '../../../workflows/contracts/names.ts';
import { parseObjectStoreConfig, parseTenant, workingFolder } from '../../config.ts';
import { parseJobOptions, type TypedJobOptions } from '../../jobs/job-options.ts';
import { submitJob } from '../../jobs/submit-job.ts';
import type { CommandContext } from '../command-context.ts';
import { followJob } from '../follow-job.ts';

interface SubmitOptions extends TypedJobOptions {
  readonly tenant?: string;
  readonly force?: true;
  readonly watch?: true;
  readonly strict?: true;
  readonly json?: true;
}

export function addSubmit(program: Command, context: CommandContext): void {
  program
    .command('submit')
    .description('make minutes of a recording')
    .argument('<file>', 'a recording: wav, flac, mp3, m4a, ogg, webm, mp4, …')
    .option('--title <text>', 'title of the minutes')
    .option('--date <day>', 'day of the meeting, YYYY-MM-DD: due dates are counted from it')
    .option('--language <code>', 'spoken language, ISO 639-1; otherwise detected')
    .option('--attendees <names>', 'who was there, separated by commas')
    .option('--no-image', 'without an illustration')
    .option('--tenant <id>', 'whose job it is (default: HANSARD_TENANT, else default)')
    .option('--force', 'make the minutes anew, and pay again, where there are some')
    .option('--watch', 'follow the job to its end')
    .option('--strict', 'with --watch: exit 1 where the minutes are partial')
    .option('--json', 'print { id, workflowId, reused }')
    .action((file: string, options: SubmitOptions) => submit(file, options, context));
}

async function submit(file: string, typed: SubmitOptions, context: CommandContext): Promise<void> {
  const { env, output, services, signal } = context;
  const { title, options } = parseJobOptions(typed);
  const tenant = parseTenant(env, typed.tenant);
  const path = resolve(workingFolder(env), file);
  const job = await submitJob(
    { tenant, path, title, options, force: typed.force === true },
    {
      probe: (path) => probeRecording(path, { signal }),
      hash: (path) => hashFile(path, { signal }),
      upload: async (tenant, path, { sha256, bytes }) => {
        if (typed.force)
          output.remark('--force: this job is made anew, and its calls are paid again');
        const contentType = 'application/octet-stream'; // ffmpeg looks at the bytes, not at names
        const recording = { tenant, path, sha256, bytes, contentType, signal };
        await uploadSource(parseObjectStoreConfig(env), {
          ...recording,
          onProgress: uploadRemarks(output.remark),
        });
      },
      library: services.library,
      store: services.store,
      temporal: services.temporal,
    },
  );
  if (typed.json) output.json(job);
  else
    output.line(
      `job ${job.id} ${job.reused ? 'is there already: nothing was started' : 'started'}`,
    );
  if (!job.reused && (await isWithoutWorker(context))) {
    output.remark('no worker runs: the job waits for one (npm run worker, or npm run local)');
  }
  if (typed.watch) return followJob(job.id, tenant, typed, context);
  if (!typed.json) output.remark(`follow it with npm run -s hansard -- watch ${job.id}`);
}

/** For a remark only: the job has started, and a question that goes wrong must not make it look failed. */
async function isWithoutWorker({ services }: CommandContext): Promise<boolean> {
  const client = await services.temporal();
  return isPolled(client, TASK_QUEUES.pipeline).then(
    (polled) => !polled,
    () => false,
  );
}

/** A line at every tenth of a large upload; a small one is over before anybody reads. */
function uploadRemarks(remark: (text: string) => void) {
  let toldTenths = 0;
  return ({ bytes, of }: { bytes: number; of: number }): void => {
    const tenths = Math.floor((bytes / of) * 10);
    if (of < WORTH_TELLING_BYTES || tenths === toldTenths) return;
    toldTenths = tenths;
    remark(`uploaded ${tenths * 10} % of ${Math.round(of / 1e6)} MB`);
  };
}

/** Some seconds on a slow line. */
const WORTH_TELLING_BYTES = 32e6;
