import type { JobReader } from '../back-end.ts';
import { parseTenant } from '../config.ts';
import type { Direct } from './direct.ts';
import { namedJob, namedVersion } from './named-job.ts';

/** Reads jobs from database, object store and Temporal. */
export function directReader(direct: Direct): JobReader {
  const { env, services } = direct;
  return {
    status: async (job) => {
      const row = await namedJob(direct, job);
      const { readStatus } = await import('../jobs/read-status.ts');
      return await readStatus(row, services);
    },
    follow: async (job, { signal, show }) => {
      const { id, tenant } = await namedJob(direct, job);
      const [{ findJob }, { jobView }, { watchJob }, library] = await Promise.all([
        import('../jobs/find-job.ts'),
        import('../jobs/job-status.ts'),
        import('../jobs/watch-job.ts'),
        services.library(),
      ]);
      const sources = { library, temporal: services.temporal };
      const look = async () => jobView(await findJob(services.library, tenant, id), sources);
      return await watchJob({ id, signal, look, show });
    },
    list: async ({ tenant, limit }) => {
      const parsed = parseTenant(env, tenant);
      const { listed } = await import('../jobs/listed-job.ts');
      const rows = await (await services.library()).list(parsed, { limit });
      return rows.map((row) => listed(row));
    },
    search: async ({ tenant, limit, words }) => {
      const parsed = parseTenant(env, tenant);
      const { searchedWords } = await import('../jobs/searched-words.ts');
      const { listedFound } = await import('../jobs/listed-job.ts');
      const search = searchedWords(words);
      const { jobs, cut } = await (await services.library()).search(parsed, search, { limit });
      return { jobs: jobs.map(listedFound), cut };
    },
    versions: async (job) => {
      const row = await namedJob(direct, job);
      const { readVersions } = await import('../jobs/read-versions.ts');
      return await readVersions(row, services);
    },
    changes: async (job, version) => {
      const row = await namedVersion(direct, job, version, '--changes');
      const { fetchChanges } = await import('../jobs/fetch-changes.ts');
      return await fetchChanges(row, await services.store());
    },
    explain: async (job, { item, version }) => {
      const row = await namedVersion(direct, job, version);
      const [{ explainJob }, { explanationSchema }, store, database, library] = await Promise.all([
        import('../jobs/explain/explain-job.ts'),
        import('../jobs/explain/explanation.ts'),
        services.store(),
        services.database(),
        services.library(),
      ]);
      const ports = { store, database, library };
      // With its fields in the order of the schema, as a gateway answers it.
      return explanationSchema.parse(await explainJob(row, ports, { item }));
    },
    result: async (job, { version, formats, withAudio }) => {
      const row = await namedVersion(direct, job, version);
      const store = await services.store();
      const { storedResult } = await import('../jobs/fetch-result.ts');
      const source = await storedResult(row, store, formats);
      if (!withAudio) return source;
      const { addRecording } = await import('../jobs/add-recording.ts');
      return { ...source, addRecording: async (into) => await addRecording(row, store, into) };
    },
  };
}
