import type { PictureReference, RenderMinutes } from '../contracts/activities.ts';
import type { JobReference } from '../contracts/jobs.ts';
import type { Chains } from '../contracts/targets.ts';
import { media, paid } from '../activities.ts';
import { toTargetReason, type JobProgress } from './job-progress.ts';

/** Below this quality (0 to 1) another picture is drawn. */
const GOOD_ENOUGH = 0.35;
/** The budget of a document: pictures drawn at most. */
const MAX_PICTURES = 2;

type Picture = RenderMinutes['picture'];

/**
 * Prompt from the summary -> picture in quarantine -> safety -> quality -> watermark -> published. No picture is no
 * reason to have no minutes; an unreachable classifier means held.
 */
export async function illustrate(
  job: JobReference,
  chains: Chains,
  progress: JobProgress,
): Promise<Picture> {
  const painters = progress.chain('illustrate', 'illustrate', chains.illustrate);
  const judges = progress.chain('illustrate', 'moderate', chains.moderate);
  let best: Candidate | null = null;

  for (let attempt = 0; attempt < MAX_PICTURES; attempt += 1) {
    const drawn = await painters.run((target, last) =>
      paid
        .illustrate(target, `picture ${attempt + 1} of at most ${MAX_PICTURES}`)
        .drawPicture({ ...job, target, last, attempt }),
    );
    if (!drawn.ok) {
      if (best === null) {
        progress.degrade({
          stage: 'illustrate',
          role: 'illustrate',
          level: 'missing',
          target: null,
          reason: toTargetReason(drawn.failure),
        });
      }
      break;
    }
    const picture = { ...job, sha256: drawn.value.sha256 };
    const judged = await judges.run((target, last) =>
      paid
        .moderate(target, `safety of picture ${attempt + 1}`)
        .moderatePicture({ ...picture, target, last }),
    );
    const { quality } = await media.assessPicture(picture);
    const candidate = {
      ...picture,
      attempt,
      quality,
      safe: judged.ok && judged.value.verdict === 'safe',
    };
    best = best === null ? candidate : better(best, candidate);
    if (!judged.ok && !best.safe) {
      progress.degrade({
        stage: 'illustrate',
        role: 'moderate',
        level: 'simplified',
        target: null,
        reason: toTargetReason(judged.failure, { isPictureHeld: true }),
      });
    }
    if (!candidate.safe || quality >= GOOD_ENOUGH) break;
  }

  if (best === null) return null;
  const { sha256, attempt, quality } = best;
  const published = await media.publishPicture({ ...job, sha256, attempt, quality });
  return { sha256, attempt, quality, ...published };
}

type Candidate = PictureReference & { attempt: number; quality: number; safe: boolean };

/** A picture that may be shown before one that may not; then the one of better quality. */
function better(held: Candidate, drawn: Candidate): Candidate {
  if (held.safe !== drawn.safe) return held.safe ? held : drawn;
  return drawn.quality > held.quality ? drawn : held;
}
