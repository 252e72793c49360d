import { useState, type ReactNode } from 'react';
import {
  Button,
  Dialog,
  DialogTrigger,
  Heading,
  Input,
  Label,
  Modal,
  ModalOverlay,
  TextField,
} from 'react-aria-components';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import { Choice } from '../shell/choice.tsx';
import { useWording } from '../shell/language.tsx';
import { speakerName } from './speaker-names.ts';

type Speaker = Minutes['speakers'][number];

/** Gives a speaker a name, or says that they are somebody else who is listed. */
export function SpeakerDialog({
  speaker,
  others,
  onChange,
  children,
}: {
  readonly speaker: Speaker;
  readonly others: readonly Speaker[];
  readonly onChange: (
    change:
      | { route: 'rename-speaker'; body: { speaker: string; name: string } }
      | { route: 'join-speakers'; body: { speaker: string; into: string } },
  ) => void;
  /** The button that opens it. */
  readonly children: ReactNode;
}) {
  const { m } = useWording();
  const [name, setName] = useState(speaker.name ?? '');
  const [into, setInto] = useState('');
  return (
    <DialogTrigger>
      {children}
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog className="dialog">
            {({ close }) => (
              <>
                <Heading slot="title" className="dialog-title">
                  {speakerName(speaker, m)}
                </Heading>
                <form
                  className="form form-inline"
                  onSubmit={(event) => {
                    event.preventDefault();
                    const body = { speaker: speaker.id, name: name.trim() };
                    onChange({ route: 'rename-speaker', body });
                    close();
                  }}
                >
                  <TextField className="field" value={name} onChange={setName} autoFocus>
                    <Label>{m.name}</Label>
                    <Input className="input" maxLength={200} />
                  </TextField>
                  <Button type="submit" className="button primary" isDisabled={name.trim() === ''}>
                    {m.save}
                  </Button>
                </form>
                {others.length > 0 && (
                  <form
                    className="form form-inline"
                    onSubmit={(event) => {
                      event.preventDefault();
                      onChange({ route: 'join-speakers', body: { speaker: speaker.id, into } });
                      close();
                    }}
                  >
                    <Choice
                      label={m.samePersonAs}
                      options={[
                        ['', m.nobodyElse],
                        ...others.map((other) => [other.id, speakerName(other, m)] as const),
                      ]}
                      value={into}
                      onChange={setInto}
                    />
                    <Button type="submit" className="button" isDisabled={into === ''}>
                      {m.join}
                    </Button>
                  </form>
                )}
                <div className="dialog-end">
                  <Button className="button" onPress={close}>
                    {m.cancel}
                  </Button>
                </div>
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
