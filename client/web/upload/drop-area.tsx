import './upload.css';
import { Link } from '@tanstack/react-router';
import { Mic, Upload } from 'lucide-react';
import { useState } from 'react';
import { Button, DropZone, FileTrigger, Text, type DropZoneProps } from 'react-aria-components';
import { useWording } from '../shell/language.tsx';
import { SubmitDialog } from './submit-dialog.tsx';
import { useUploads } from './uploads.tsx';

/** Takes recordings that are dropped, pasted or chosen, and asks what kind of minutes they become. */
export function DropArea() {
  const { m } = useWording();
  const { add } = useUploads();
  const [chosen, setChosen] = useState<readonly File[]>([]);
  return (
    <>
      <DropZone
        className="drop"
        aria-label={m.dropLabel}
        onDrop={(event) => void droppedFiles(event).then(setChosen)}
      >
        <Upload aria-hidden className="drop-icon" />
        <div className="drop-words">
          <Text slot="label" className="drop-title">
            {m.dropTitle}
          </Text>
          <p className="faint">{m.dropHelp}</p>
        </div>
        <Link to="/record" className="button">
          <Mic aria-hidden />
          {m.record}
        </Link>
        <FileTrigger
          allowsMultiple
          acceptedFileTypes={[
            'audio/*',
            'video/*',
            '.vtt',
            '.srt',
            '.txt',
            '.json',
            '.m4a',
            '.mkv',
          ]}
          onSelect={(files) => setChosen(files === null ? [] : [...files])}
        >
          <Button className="button primary">{m.chooseFiles}</Button>
        </FileTrigger>
      </DropZone>
      {chosen.length > 0 && (
        <SubmitDialog
          files={chosen}
          onClose={() => setChosen([])}
          onSubmit={(files, options) => {
            add(files, options);
            setChosen([]);
          }}
        />
      )}
    </>
  );
}

type DropEvent = Parameters<NonNullable<DropZoneProps['onDrop']>>[0];

async function droppedFiles({ items }: DropEvent): Promise<File[]> {
  return await Promise.all(
    items.filter((item) => item.kind === 'file').map((item) => item.getFile()),
  );
}
