import { hashFile } from '../../adapters/identity/digest.ts';
import { clientS3Options, type ServiceConnections } from '../service-connections.ts';
import type { SubmitTold } from '../back-end.ts';
import type { Environment } from '../config.ts';
import { probeTranscript } from './probe-transcript.ts';
import type { SubmitPorts } from './submit-job.ts';

/** How `submitJob` reads, hashes and uploads files of this machine. */
export const submitPorts = (
  {
    env,
    services,
    signal,
  }: {
    readonly env: Environment;
    readonly services: ServiceConnections;
    readonly signal: AbortSignal;
  },
  { onProbed, onUpload, onUploaded }: SubmitTold = {},
): SubmitPorts => ({
  probe: async (paths) => {
    const transcript = await probeTranscript(paths);
    if (transcript !== null) return transcript;
    const { probeRecordings, secondsOf } = await import('../../adapters/media/probe-recordings.ts');
    const probed = await probeRecordings(paths, { signal });
    onProbed?.(probed);
    return { kind: 'recording', durationSeconds: secondsOf(probed) };
  },
  hash: (path) => hashFile(path, { signal }),
  upload: async (tenant, files) => {
    onUpload?.();
    const { uploadSource } = await import('../../adapters/object-store/upload-source.ts');
    const of = files.reduce((sum, file) => sum + file.bytes, 0);
    let before = 0;
    for (const file of files) {
      await uploadSource(clientS3Options(env), {
        ...file,
        tenant,
        signal,
        contentType: 'application/octet-stream', // ffmpeg looks at the bytes, not at names
        onProgress: ({ bytes }) => onUploaded?.({ bytes: before + bytes, of }),
      });
      before += file.bytes;
    }
  },
  ...services,
});
