import type { JobMaker } from '../back-end.ts';
import { parseTenant, workingFolder } from '../config.ts';
import type { Direct } from './direct.ts';
import { namedJob } from './named-job.ts';

/** Starts and stops jobs in Temporal. */
export function directMaker(direct: Direct): JobMaker {
  const { env, services } = direct;
  return {
    submit: async (submission, { signal, ...told }) => {
      const tenant = parseTenant(env, submission.tenant);
      const { requireTranscribed } = await import('../jobs/require-transcribed.ts');
      await requireTranscribed(submission.options.language, env, workingFolder(env));
      const { submitJob } = await import('../jobs/submit-job.ts');
      const { submitPorts } = await import('../jobs/submit-ports.ts');
      const ports = submitPorts({ env, services, signal }, told);
      const job = await submitJob({ ...submission, tenant }, ports);
      const { standOfJob } = await import('../jobs/stand-of-job.ts');
      return { job, ...(await standOfJob(job, tenant, services)) };
    },
    cancel: async (name) => {
      const row = await namedJob(direct, name);
      const { cancelJob } = await import('../jobs/cancel-job.ts');
      const library = await services.library();
      const outcome = await cancelJob(row, { library, temporal: services.temporal });
      return { id: row.id, outcome };
    },
    retry: async (name) => {
      const row = await namedJob(direct, name);
      const { lacksSpeakers, retryJob } = await import('../jobs/retry-job.ts');
      const library = await services.library();
      const [store, temporal] = await Promise.all([services.store(), services.temporal()]);
      const job = await retryJob(row, { library, store, temporal });
      return { job, lackedSpeakers: lacksSpeakers(row) };
    },
  };
}
