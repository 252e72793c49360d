import { randomUUID } from 'node:crypto';
import { jobInputKey, outputKey } from '../../../../adapters/object-store/keys.ts';
import type { ServiceConnections } from '../../../../client/service-connections.ts';
import type { JobInput } from '../../../../workflows/contracts/job-input.ts';
import type { Minutes } from '../../../../workflows/contracts/minutes.ts';

const SHA256 = 'd'.repeat(64);

/** A job whose minutes exist in one version, without any worker: its row, its input, and some of its files. */
export async function finishedJob(
  services: ServiceConnections,
  tenant: string,
  id: string,
  {
    title = 'Planning',
    approval = null,
    said = SAID,
  }: { title?: string; approval?: Approval; said?: string } = {},
): Promise<void> {
  const [library, store] = await Promise.all([services.library(), services.store()]);
  const facts = { title, meetingDate: '2026-03-02', durationSeconds: 60 };
  const job = { tenant, id, kind: 'minutes' as const, workflowId: `minutes/${tenant}/${id}` };
  await library.submit({ ...job, ...facts, sourceSha256: SHA256, sourceName: 'talk.txt' }, null);
  const row = await library.find(tenant, id);
  if (row === null) throw new Error('there is no row');
  const run = { tenant, jobId: id, runId: randomUUID() };
  await library.beginRun(row, run.runId);
  const minutesKey = outputKey(tenant, id, 1, 'minutes.json');
  await store.putJson(minutesKey, minutesOf(tenant, id, { title, said }));
  await store.putJson(jobInputKey(tenant, id), inputOf(tenant, id));
  for (const [name, text] of Object.entries(FILES)) {
    const ours = text.replaceAll(SAID, said);
    await store.put(outputKey(tenant, id, 1, name), ours, { contentType: 'text/plain' });
  }
  await library.publish(run, null, {
    ...facts,
    version: 1,
    revision: null,
    approval,
    language: 'en',
    result: 'complete',
    minutesKey,
    searchText: `${said}\nAnn brings the budget`,
    degradations: [],
  });
  await library.endRun(run, { status: 'completed', result: 'complete', failure: null });
}

type Approval = { state: 'draft'; since: string; until: string | null } | null;

/** What is said in the meeting. */
const SAID = 'Hire a painter.';

export const FILES = {
  'minutes.md': '# Planning\n',
  'minutes.html': '<script>alert(1)</script>',
  'transcript.json':
    '{"schemaVersion":1,"language":"en","durationSeconds":60,"segments":[{"id":"s1","start":0,"end":2,"speaker":"S1","language":"en","text":"Hire a painter."}]}',
  'transcript.vtt': 'WEBVTT\n',
} as const;

const inputOf = (tenant: string, jobId: string): JobInput => ({
  schemaVersion: 2,
  kind: 'minutes',
  tenant,
  jobId,
  source: { kind: 'transcript', name: 'talk.txt', sha256: SHA256, bytes: 1 },
  title: null,
  options: { date: null, language: null, attendees: [], template: 'standard', image: false },
  forceNonce: null,
  submittedAt: '2026-03-02T10:00:00Z',
});

const minutesOf = (
  tenant: string,
  id: string,
  { title, said }: { readonly title: string; readonly said: string },
): Minutes => ({
  schemaVersion: 1,
  id,
  tenant,
  version: 1,
  title,
  date: '2026-03-02',
  language: 'en',
  languages: ['en'],
  durationSeconds: 60,
  status: 'complete',
  approval: null,
  template: { id: 'standard', version: 1 },
  source: { kind: 'transcript', name: 'talk.txt', sha256: SHA256, bytes: 1 },
  engines: { transcribe: [], summarize: [], illustrate: [], moderate: [] },
  coverage: {
    audioSeconds: 60,
    transcribedSeconds: 60,
    silenceSeconds: 0,
    gaps: [],
    transcriptCharacters: 15,
    summarizedCharacters: 15,
    sections: 1,
    failedSections: [],
  },
  degradations: [],
  speakers: [{ id: 'S1', name: null, seconds: 2 }],
  summary: 'A painter is hired.',
  keyPoints: [],
  decisions: [
    {
      text: said,
      citations: [{ start: 0, end: 2, speaker: 'S1', quote: said, segmentIds: ['s1'] }],
      verified: true,
    },
  ],
  openQuestions: [],
  actionItems: [],
  sections: [],
  image: null,
  cost: { totalUsd: null, entries: 0, inDoubt: 0 },
});
