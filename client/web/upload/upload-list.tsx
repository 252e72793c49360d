import { Link } from '@tanstack/react-router';
import { RotateCcw, X } from 'lucide-react';
import { Button, ProgressBar } from 'react-aria-components';
import { useWording } from '../shell/language.tsx';
import { Meter } from '../shell/meter.tsx';
import { describeProblem } from '../shell/notice.tsx';
import { useUploads, type Upload } from './uploads.tsx';

/** What was sent since the page was opened, and what is on its way. */
export function UploadList() {
  const { m } = useWording();
  const { uploads } = useUploads();
  if (uploads.length === 0) return null;
  return (
    <section className="uploads" aria-label={m.uploads}>
      <ul>
        {uploads.map((upload) => (
          <UploadRow key={upload.id} upload={upload} />
        ))}
      </ul>
    </section>
  );
}

function UploadRow({ upload }: { readonly upload: Upload }) {
  const { m, format } = useWording();
  const { again, remove } = useUploads();
  const { id, file, state, sentBytes, job, wasThere } = upload;
  const isOver = state === 'done' || state === 'failed';
  return (
    <li className="upload">
      <div className="upload-line">
        {job === null ? (
          <span className="upload-name">{file.name}</span>
        ) : (
          <Link to="/jobs/$id" params={{ id: job }} className="upload-name">
            {file.name}
          </Link>
        )}
        <span className="faint" role="status">
          {wordsOf()}
        </span>
        {state === 'failed' && (
          <Button className="quiet icon-only" aria-label={m.sendAgain} onPress={() => again(id)}>
            <RotateCcw aria-hidden />
          </Button>
        )}
        <Button
          className="quiet icon-only"
          aria-label={isOver ? m.dismiss(file.name) : m.stopUpload(file.name)}
          onPress={() => remove(id)}
        >
          <X aria-hidden />
        </Button>
      </div>
      {(state === 'sending' || state === 'checking') && (
        <ProgressBar
          aria-label={m.uploadOf(file.name)}
          maxValue={file.size}
          value={sentBytes}
          isIndeterminate={state === 'checking'}
        >
          {({ percentage = 100 }) => <Meter percent={percentage} />}
        </ProgressBar>
      )}
      {state === 'failed' && (
        <div className="field-error">
          <p>{describeProblem(upload.error, m).title}</p>
          <p lang="en">{describeProblem(upload.error, m).detail}</p>
        </div>
      )}
    </li>
  );

  function wordsOf(): string {
    switch (state) {
      case 'waiting':
        return m.uploadWaiting;
      case 'sending':
        return m.uploadSending(format.bytes(sentBytes), format.bytes(file.size));
      case 'checking':
        return m.uploadChecking;
      case 'done':
        return wasThere ? m.uploadWasThere : m.uploadDone;
      case 'failed':
        return m.uploadFailed;
    }
  }
}
