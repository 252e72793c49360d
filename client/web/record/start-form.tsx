import { useQuery } from '@tanstack/react-query';
import { Mic } from 'lucide-react';
import { useState } from 'react';
import { Button, Input, Label, TextField } from 'react-aria-components';
import { Choice } from '../shell/choice.tsx';
import { useWording } from '../shell/language.tsx';
import { useOwner } from '../shell/session.ts';
import { FIRST_OPTIONS } from '../upload/minutes-options.ts';
import { OptionsFields } from '../upload/options-fields.tsx';
import { listMicrophones } from './microphone.ts';
import { startRecording } from './recording.ts';

/** Which microphone, and what kind of minutes. */
export function StartForm() {
  const { m } = useWording();
  const owner = useOwner();
  const [device, setDevice] = useState('');
  const [title, setTitle] = useState('');
  const [options, setOptions] = useState(FIRST_OPTIONS);
  const microphones = useQuery({ queryKey: ['microphones'], queryFn: listMicrophones });
  const named = (microphones.data ?? []).filter(([id, name]) => id !== 'default' && name !== '');
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        void startRecording(owner, { title, options, device });
      }}
    >
      <p className="faint">{m.recordHelp}</p>
      <div className="record-start">
        <Button type="submit" className="button primary record-button">
          <Mic aria-hidden />
          {m.startRecording}
        </Button>
        <Choice
          label={m.microphone}
          options={[['', m.preferredMicrophone], ...named]}
          value={named.some(([id]) => id === device) ? device : ''}
          onChange={setDevice}
        />
      </div>
      <TitleField value={title} onChange={setTitle} />
      <OptionsFields options={options} onChange={setOptions} />
    </form>
  );
}

export function TitleField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (title: string) => void;
}) {
  const { m } = useWording();
  return (
    <TextField className="field" value={value} onChange={onChange}>
      <Label>{m.titleOfMeeting}</Label>
      <Input className="input" maxLength={200} />
    </TextField>
  );
}
