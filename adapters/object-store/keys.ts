import { JOB_ID_PATTERN, TENANT_PATTERN } from '../../workflows/contracts/names.ts';
import { ROLES, type Role } from '../../workflows/contracts/targets.ts';

/**
 * Every key in the bucket, specified here and nowhere else; a test compares this table with the functions. Every key
 * begins with the tenant. `{draft}` is `jobs/{id}`, or `jobs/{id}/revisions/{sha256}` by the change that a person asked
 * for; `{home}` is `sources/{sha256}` or `jobs/{id}`; `{scratch}` is `jobs/{id}/scratch/{run}/` or
 * `jobs/{id}/scratch/`.
 *
 * | key under `{tenant}/`                          | function            | what is stored there |
 * |---|---|---|
 * | `uploads/{sha256}`                             | `uploadKey`         | a recording until its digest is verified |
 * | `uploads/{id}`                                 | `partUploadKey`     | a file that comes to the gateway in parts, until a job is made of it |
 * | `sources/{sha256}`                             | `sourceHome`        | everything derived from a recording: deleted with it |
 * | `sources/{sha256}/source`                      | `sourceKey`         | the recording; if several files make one, each has a home of its own |
 * | `sources/{sha256}/heard.ogg`                   | `heardKey`          | what is heard of it, in a form that browsers play |
 * | `sources/{sha256}/plans/v{planner}-{limit}s.json` | `planKey`        | a chunk plan |
 * | `{home}/results/{role}/{callKey}`              | `resultKey`         | one accepted answer |
 * | `{home}/results/{role}/by-work/{workKey}`      | `resultPointerKey`  | pointer to the accepted answer of a piece of work |
 * | `{home}/results/{role}/latest/{textKey}`       | `latestPointerKey`  | pointer to the newest accepted answer for a text, whatever the prompt |
 * | `jobs/{id}`                                    | `jobHome`           | everything of one job |
 * | `{draft}/input.json`                           | `jobInputKey`       | what was submitted: title, names, options; or what a revision takes instead |
 * | `jobs/{id}/templates/{sha256}.json`            | `templateKey`       | a template, unless it is the standard one |
 * | `jobs/{id}/windows/{n}.json`                   | `windowKey`         | manifest of a window of chunks |
 * | `jobs/{id}/revisions/`                         | `revisionsPrefix`   | the drafts of summaries that people asked for anew |
 * | `{draft}/sections/{generation}-{contextTokens}.json` | `sectionsKey` | the transcript cut into sections |
 * | `jobs/{id}/sections/ahead-{contextTokens}/{index}.json` | `sectionAheadKey` | a section that was cut while the rest was transcribed |
 * | `{draft}/reductions/{generation}-{contextTokens}/{level}.json` | `reductionKey` | manifest of a level of partial summaries: accepted answers and their groups |
 * | `{draft}/transcript.json`                      | `transcriptKey`     | the transcript of the latest run |
 * | `jobs/{id}/speakers.json`                      | `speakersKey`       | the names of its speakers |
 * | `{draft}/summary.json`                         | `summaryKey`        | the summary of the latest run |
 * | `jobs/{id}/versions/{version}/{fileName}`      | `outputKey`         | a rendered file, or `provenance.json`: never overwritten |
 * | `jobs/{id}/changes/{sha256}.json`              | `changeKey`         | a change of its minutes that a person asked for |
 * | `jobs/{id}/scratch/{run}/`                     | `scratchPrefix`     | temporary files of a run: deleted when it ends |
 * | `jobs/{id}/scratch/`                           | `sharedScratchPrefix` | the same, of runs before scratch was kept by run |
 * | `{scratch}chunks/{index}.flac`                 | `scratchChunkKey`   | an encoded chunk, in one of the two |
 * | `{scratch}chunks/{index}/{start}-{end}.flac`   | `scratchStretchKey` | a part of a chunk, by its samples |
 * | `{scratch}answers/{generation}-{level}/{part}.json` | `scratchAnswersKey` | a part of the call keys of a level of partial summaries |
 * | `{scratch}merged/{contextTokens}.json`         | `scratchMergedKey`  | what cutting the next sections ahead has to know of the earlier chunks |
 * | `{scratch}plans/`                              | `scratchPlansPrefix` | the next ones |
 * | `{scratch}plans/{chunks}.json`                 | `scratchPlanKey`    | the plan's first chunks, so many of them, while the others are not known yet |
 * | `{scratch}track.ogg`                           | `scratchTrackKey`   | all of a recording with one track, encoded to tell its voices apart |
 * | `quarantine/{sha256}`                          | `quarantineKey`     | a picture that was not judged safe yet |
 * | `published/{id}/{sha256}.{extension}`          | `publishedKey`      | a picture judged safe |
 *
 * Every function checks its parts and throws a TypeError for anything else: no path comes from user input.
 */
export const uploadKey = (tenant: string, sha256: string) =>
  `${root(tenant)}/uploads/${digest(sha256)}`;

export const partUploadKey = (tenant: string, id: string) =>
  `${root(tenant)}/uploads/${matching(UUID, id, 'upload id')}`;

export const sourceHome = (tenant: string, sha256: string) =>
  `${root(tenant)}/sources/${digest(sha256)}`;
export const jobHome = (tenant: string, jobId: string) => `${root(tenant)}/jobs/${job(jobId)}`;

export const sourceKey = (tenant: string, sha256: string) => `${sourceHome(tenant, sha256)}/source`;
export const heardKey = (tenant: string, sha256: string) =>
  `${sourceHome(tenant, sha256)}/heard.ogg`;
export const planKey = (tenant: string, sha256: string, planner: number, limitSeconds: number) =>
  `${sourceHome(tenant, sha256)}/plans/v${whole(planner)}-${decimal(limitSeconds)}s.json`;

export const resultKey = (home: string, role: Role, callKey: string) =>
  `${checkedHome(home)}/results/${roleName(role)}/${digest(callKey)}`;
export const resultPointerKey = (home: string, role: Role, workKey: string) =>
  `${checkedHome(home)}/results/${roleName(role)}/by-work/${digest(workKey)}`;

export const latestPointerKey = (home: string, role: Role, textKey: string) =>
  `${checkedHome(home)}/results/${roleName(role)}/latest/${digest(textKey)}`;

export const jobInputKey = inDraft('input.json');
export const templateKey = (tenant: string, jobId: string, sha256: string) =>
  `${jobHome(tenant, jobId)}/templates/${digest(sha256)}.json`;
export const windowKey = (tenant: string, jobId: string, window: number) =>
  `${jobHome(tenant, jobId)}/windows/${whole(window)}.json`;
export const sectionsKey = (
  tenant: string,
  jobId: string,
  generation: number,
  contextTokens: number,
  revision?: string,
) =>
  `${draftHome(tenant, jobId, revision)}/sections/${whole(generation)}-${whole(contextTokens)}.json`;
/** Kept for later runs of the job: its summary may be paid for. */
export const sectionAheadKey = (
  tenant: string,
  jobId: string,
  contextTokens: number,
  index: number,
) => `${jobHome(tenant, jobId)}/sections/ahead-${whole(contextTokens)}/${whole(index)}.json`;
export const reductionKey = (
  tenant: string,
  jobId: string,
  level: number,
  generation: number,
  contextTokens: number,
  revision?: string,
) =>
  `${draftHome(tenant, jobId, revision)}/reductions/${whole(generation)}-${whole(contextTokens)}/${whole(level)}.json`;
export const transcriptKey = inDraft('transcript.json');
export const speakersKey = inJob('speakers.json');
export const summaryKey = inDraft('summary.json');
/** `fileName` is one of Hansard's own, such as `minutes.md`: lower case, no folder. */
export const outputKey = (tenant: string, jobId: string, version: number, fileName: string) =>
  `${jobHome(tenant, jobId)}/versions/${whole(version)}/${matching(FILE_NAME, fileName, 'file name')}`;

export const changeKey = (tenant: string, jobId: string, sha256: string) =>
  `${jobHome(tenant, jobId)}/changes/${digest(sha256)}.json`;

export const scratchPrefix = (tenant: string, jobId: string, runId: string) =>
  `${sharedScratchPrefix(tenant, jobId)}${matching(UUID, runId, 'run id')}/`;
export const sharedScratchPrefix = inJob('scratch/');
export const scratchChunkKey = (scratch: string, index: number) =>
  `${checkedScratch(scratch)}chunks/${whole(index)}.flac`;

export const scratchStretchKey = (
  scratch: string,
  index: number,
  { startSample, endSample }: { readonly startSample: number; readonly endSample: number },
) =>
  `${checkedScratch(scratch)}chunks/${whole(index)}/${whole(startSample)}-${whole(endSample)}.flac`;

/** Of the first `chunks` chunks. */
export const scratchPlanKey = (scratch: string, chunks: number) =>
  `${scratchPlansPrefix(scratch)}${whole(chunks)}.json`;
export const scratchPlansPrefix = (scratch: string) => `${checkedScratch(scratch)}plans/`;

export const scratchAnswersKey = (
  scratch: string,
  at: { readonly generation: number; readonly level: number; readonly part: number },
) =>
  `${checkedScratch(scratch)}answers/${whole(at.generation)}-${whole(at.level)}/${whole(at.part)}.json`;
export const scratchMergedKey = (scratch: string, contextTokens: number) =>
  `${checkedScratch(scratch)}merged/${whole(contextTokens)}.json`;
export const scratchTrackKey = (scratch: string) => `${checkedScratch(scratch)}track.ogg`;

export const quarantineKey = (tenant: string, sha256: string) =>
  `${root(tenant)}/quarantine/${digest(sha256)}`;
export const publishedKey = (tenant: string, jobId: string, sha256: string, extension: string) =>
  `${root(tenant)}/published/${job(jobId)}/${digest(sha256)}.${matching(EXTENSION, extension, 'extension')}`;

/** The key of what every job has once. */
function inJob(path: string) {
  return (tenant: string, jobId: string) => `${jobHome(tenant, jobId)}/${path}`;
}

/** The key of what a job has once, and each of its revisions that needs one of its own. */
function inDraft(path: string) {
  return (tenant: string, jobId: string, revision?: string) =>
    `${draftHome(tenant, jobId, revision)}/${path}`;
}

export const revisionsPrefix = inJob('revisions/');
const draftHome = (tenant: string, jobId: string, revision: string | undefined) =>
  revision === undefined
    ? jobHome(tenant, jobId)
    : `${revisionsPrefix(tenant, jobId)}${digest(revision)}`;

const DIGEST = /^[0-9a-f]{64}$/;
const FILE_NAME = /^[a-z0-9][a-z0-9-]{0,63}(\.[a-z0-9]{1,8}){1,2}$/;
const EXTENSION = /^[a-z0-9]{1,8}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SCRATCH = /^([^/]+)\/jobs\/([^/]+)\/scratch\/(?:([^/]+)\/)?$/;
const HOME = /^([^/]+)\/(sources|jobs)\/([^/]+)$/;

const root = (tenant: string): string => matching(TENANT_PATTERN, tenant, 'tenant id');
const job = (jobId: string): string => matching(JOB_ID_PATTERN, jobId, 'job id');
const digest = (sha256: string): string => matching(DIGEST, sha256, 'SHA-256 in lower-case hex');

function checkedHome(home: string): string {
  const [, tenant = '', kind, id = ''] = HOME.exec(home) ?? [];
  return kind === 'sources' ? sourceHome(tenant, id) : jobHome(tenant, id);
}

function checkedScratch(scratch: string): string {
  const [, tenant = '', jobId = '', runId] = SCRATCH.exec(scratch) ?? [];
  return runId === undefined
    ? sharedScratchPrefix(tenant, jobId)
    : scratchPrefix(tenant, jobId, runId);
}

function roleName(role: Role): Role {
  if (!ROLES.includes(role)) throw new TypeError(`not a role: ${JSON.stringify(role)}`);
  return role;
}

function whole(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new TypeError(`not an index: ${value}`);
  return value;
}

/** Seconds, whole or with a fraction: `300`, `28`, `29.5`. */
function decimal(value: number): string {
  return matching(/^\d{1,9}(\.\d{1,9})?$/, String(value), 'number of seconds');
}

function matching(pattern: RegExp, value: string, what: string): string {
  // The message shows only the beginning of a wrong value: it can be long.
  if (!pattern.test(value)) {
    throw new TypeError(`not a ${what}: ${JSON.stringify(value.slice(0, 80))}`);
  }
  return value;
}
