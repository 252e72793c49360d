import { flushCompileCache } from 'node:module';
import type { OfficeAnswer, OfficeTask } from './render-apart.ts';

/** The process of `renderApart`: makes one document and is ended by its parent. */

process.once('disconnect', () => process.exit());
process.once('message', (task: OfficeTask) => {
  void answer(task).then((made) => {
    // Who is ended keeps nothing.
    flushCompileCache();
    process.send?.(made);
  });
});

async function answer({ format, document, picture }: OfficeTask): Promise<OfficeAnswer> {
  try {
    const body =
      format === 'pdf'
        ? (await import('./pdf.ts')).renderPdf(document, picture)
        : await (await import('./docx.ts')).renderDocx(document, picture);
    return { body };
  } catch (error) {
    // Messages of libraries may quote the document.
    return { error: { name: error instanceof Error ? error.name : 'Error' } };
  }
}
