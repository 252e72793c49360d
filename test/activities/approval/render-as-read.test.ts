import { expect, test } from 'vitest';
import { renderAsRead } from '../../../activities/approval/render-as-read.ts';
import { renderApart } from '../../../activities/minutes/render/office/render-apart.ts';
import { EXPORT_FORMATS } from '../../../activities/minutes/render/render-exports.ts';
import { attempt } from '../activity-bench.ts';
import { sampleDocument } from '../minutes/render/office/office-samples.ts';
import { sampleMinutes, sampleTranscript } from '../minutes/render/sample-minutes.ts';

const SILENT = new URL('../minutes/render/office/silent-process.ts', import.meta.url);
const FOLDER = 'default/jobs/x/versions/1/';
const store = {
  async *list() {
    yield { key: `${FOLDER}minutes.pdf`, bytes: 1, lastModified: new Date(0) };
  },
};

test('a document that takes too long is not waited for again: nothing is decided', async () => {
  const task = { format: 'pdf', document: sampleDocument('en'), picture: null } as const;
  const limits: unknown[] = [];
  const formats = EXPORT_FORMATS.map((format) => ({
    ...format,
    render: (of: Parameters<typeof format.render>[0]) => {
      if (format.name !== 'minutes.pdf') return format.render(of);
      limits.push(of.limitMs);
      return renderApart(task, { ...of, process: SILENT });
    },
  }));
  const render = async (limitMs: number) =>
    await renderAsRead(
      { minutes: sampleMinutes, transcript: sampleTranscript },
      {
        store,
        folder: FOLDER,
        read: 1,
        picture: null,
        signal: AbortSignal.timeout(20_000),
        formats,
        limitMs,
      },
    );
  await expect(attempt(() => render(300))).rejects.toMatchObject({
    type: 'RevisionRefused',
    nonRetryable: true,
    message: expect.stringContaining('minutes.pdf of version 1 cannot be made again'),
  });
  expect(limits).toEqual([300]);
});
