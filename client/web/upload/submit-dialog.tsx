import { useState } from 'react';
import {
  Button,
  Dialog,
  Heading,
  Input,
  Label,
  Modal,
  ModalOverlay,
  Switch,
  Text,
  TextField,
} from 'react-aria-components';
import { Choice } from '../shell/choice.tsx';
import { useWording } from '../shell/language.tsx';
import { Notice } from '../shell/notice.tsx';
import { MOST_BYTES, type MinutesOptions } from './send-file.ts';
import { SPOKEN } from './spoken-languages.ts';

const TEMPLATES = ['standard', 'board', 'stand-up', 'sales-call', 'interview', 'lecture'] as const;

/** What minutes the chosen recordings become. Nothing was sent yet. */
export function SubmitDialog({
  files,
  onClose,
  onSubmit,
}: {
  readonly files: readonly File[];
  readonly onClose: () => void;
  readonly onSubmit: (files: readonly File[], options: MinutesOptions) => void;
}) {
  const { m, format } = useWording();
  const [options, setOptions] = useState<MinutesOptions>({
    template: 'standard',
    language: null,
    attendees: '',
    approve: false,
    image: true,
  });
  const set = (changed: Partial<MinutesOptions>): void => setOptions({ ...options, ...changed });
  const fitting = files.filter(({ size }) => size > 0 && size <= MOST_BYTES);
  const tooLarge = files.filter(({ size }) => size > MOST_BYTES);
  const empty = files.filter(({ size }) => size === 0);
  const languages = SPOKEN.map((code) => [code, format.languageName(code)] as const).toSorted(
    ([, one], [, other]) => one.localeCompare(other),
  );
  return (
    <ModalOverlay className="overlay" isOpen isDismissable onOpenChange={onClose}>
      <Modal className="modal">
        <Dialog className="dialog">
          <Heading slot="title" className="dialog-title">
            {m.newMinutes(files.length)}
          </Heading>
          <ul className="chosen">
            {fitting.map((file) => (
              <li key={file.name}>
                <span className="chosen-name">{file.name}</span>
                <span className="faint numbers">{format.bytes(file.size)}</span>
              </li>
            ))}
          </ul>
          {tooLarge.map(({ name, size }) => (
            <Notice key={name} tone="warning" title={m.tooLarge(name, format.bytes(size))}>
              <p>{m.tooLargeHelp(format.bytes(MOST_BYTES))}</p>
            </Notice>
          ))}
          {empty.map(({ name }) => (
            <Notice key={name} tone="warning" title={m.emptyFile(name)} />
          ))}
          <form
            className="form"
            onSubmit={(event) => {
              event.preventDefault();
              onSubmit(fitting, options);
            }}
          >
            <div className="form-row">
              <Choice
                label={m.template}
                options={TEMPLATES.map((id) => [id, m.templates[id]])}
                value={options.template}
                onChange={(template) => set({ template })}
              />
              <Choice
                label={m.spokenLanguage}
                options={[['', m.detected], ...languages]}
                value={options.language ?? ''}
                onChange={(language) => set({ language: language || null })}
              />
            </div>
            <TextField
              className="field"
              value={options.attendees}
              onChange={(attendees) => set({ attendees })}
            >
              <Label>{m.attendees}</Label>
              <Input className="input" maxLength={30_000} />
              <Text slot="description" className="field-help">
                {m.attendeesHelp}
              </Text>
            </TextField>
            <Switch
              className="switch"
              isSelected={options.approve}
              onChange={(approve) => set({ approve })}
            >
              <span className="switch-track" />
              {m.askForApproval}
            </Switch>
            <Switch
              className="switch"
              isSelected={options.image}
              onChange={(image) => set({ image })}
            >
              <span className="switch-track" />
              {m.withPicture}
            </Switch>
            <div className="dialog-end">
              <Button className="button" onPress={onClose}>
                {m.cancel}
              </Button>
              <Button type="submit" className="button primary" isDisabled={fitting.length === 0}>
                {m.makeMinutes(fitting.length)}
              </Button>
            </div>
          </form>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
