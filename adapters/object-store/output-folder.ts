import { jobHome } from './keys.ts';

/**
 * The folder with the files of a job's minutes, which end with `/minutes.json`, `/transcript.json` and so on. Minutes
 * from before there were versions lie beside their folder. Throws a TypeError if the key is not one of the job's.
 */
export function outputFolder(tenant: string, jobId: string, minutesKey: string): string {
  const home = `${jobHome(tenant, jobId)}/`;
  const path = minutesKey.startsWith(home) ? minutesKey.slice(home.length) : '';
  if (path === 'minutes.json') return `${home}exports/`;
  const [, version] = /^(versions\/\d+\/)minutes\.json$/.exec(path) ?? [];
  if (version === undefined) throw new TypeError(`not the minutes of job ${jobId}`);
  return `${home}${version}`;
}
