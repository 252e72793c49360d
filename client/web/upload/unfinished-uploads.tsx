import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, FileTrigger } from 'react-aria-components';
import { isProblem } from '../api/problem.ts';
import { request } from '../api/request.ts';
import { heldIds } from '../kept/hold.ts';
import type { KeptUpload } from '../kept/kept.ts';
import { useWording } from '../shell/language.tsx';
import { Notice, ProblemNotice } from '../shell/notice.tsx';
import { useOwner } from '../shell/session.ts';
import { abandonUpload, forgetUpload, isSameFile, keptUploads } from './kept-uploads.ts';
import type { PartedUpload } from './send-parts.ts';
import { useUploads } from './uploads.tsx';

interface Unfinished {
  readonly upload: KeptUpload;
  readonly stands: PartedUpload;
}

/** Files of which a part was sent before the tab was closed: to go on with, or to throw away. */
export function UnfinishedUploads() {
  const owner = useOwner();
  const { uploads } = useUploads();
  const unfinished = useQuery({
    queryKey: ['unfinished-uploads', owner],
    queryFn: async () => await unfinishedOf(owner),
  });
  const here = new Set(uploads.map(({ begun }) => begun?.id));
  return (unfinished.data ?? [])
    .filter(({ upload }) => !here.has(upload.id))
    .map((one) => <UnfinishedUpload key={one.upload.id} {...one} />);
}

function UnfinishedUpload({ upload, stands }: Unfinished) {
  const { m, format } = useWording();
  const { goOn } = useUploads();
  const client = useQueryClient();
  const [state, setState] = useState<'waiting' | 'comparing' | 'other'>('waiting');
  const [error, setError] = useState<unknown>(null);
  const { name, bytes } = upload;
  const sent = Math.min(bytes, stands.received.length * stands.partBytes);
  const changed = () => client.invalidateQueries({ queryKey: ['unfinished-uploads'] });

  const choose = async (file: File): Promise<void> => {
    setState('comparing');
    setError(null);
    try {
      const isSame = await isSameFile(file, upload, stands);
      setState(isSame ? 'waiting' : 'other');
      if (isSame) goOn(file, upload);
    } catch (caught) {
      setState('waiting');
      setError(caught);
    }
  };
  return (
    <Notice
      tone="warning"
      title={m.unfinishedUpload(name, format.bytes(sent), format.bytes(bytes))}
      actions={
        <>
          <FileTrigger
            onSelect={(files) => {
              const file = files?.[0];
              if (file !== undefined) void choose(file);
            }}
          >
            <Button className="button primary" isDisabled={state === 'comparing'}>
              {m.chooseAgain}
            </Button>
          </FileTrigger>
          <Button
            className="quiet"
            onPress={() => void abandonUpload(upload.id).then(changed, changed)}
          >
            {m.throwAway}
          </Button>
        </>
      }
    >
      <div role="status">
        {state === 'waiting' && <p>{m.unfinishedUploadHelp}</p>}
        {state === 'comparing' && <p>{m.comparing}</p>}
        {state === 'other' && (
          <p>
            <strong>{m.otherFile}.</strong> {m.otherFileHelp(name)}
          </p>
        )}
      </div>
      {error !== null && <ProblemNotice error={error} />}
    </Notice>
  );
}

/** Those that the gateway still has; the others are forgotten. */
async function unfinishedOf(owner: string): Promise<readonly Unfinished[]> {
  const found: Unfinished[] = [];
  const held = await heldIds();
  for (const upload of await keptUploads(owner)) {
    // Another tab sends it.
    if (held.has(upload.id)) continue;
    try {
      const stands = await request<PartedUpload>('GET', `/uploads/${upload.id}`);
      found.push({ upload, stands });
    } catch (error) {
      if (!isProblem(error, 'upload_not_found')) throw error;
      await forgetUpload(upload.id);
    }
  }
  return found;
}
