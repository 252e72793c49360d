/** The options of minutes that the page offers. */
export interface MinutesOptions {
  readonly template: string;
  /** ISO 639-1; null: it is detected. */
  readonly language: string | null;
  readonly attendees: string;
  readonly approve: boolean;
  readonly image: boolean;
}

export const FIRST_OPTIONS: MinutesOptions = {
  template: 'standard',
  language: null,
  attendees: '',
  approve: false,
  image: true,
};

/** As the gateway takes them beside an upload, in JSON. */
export function optionsInJson({ template, language, attendees, approve, image }: MinutesOptions) {
  return {
    template,
    ...(language !== null && { language }),
    ...(attendees.trim() !== '' && { attendees: attendees.trim() }),
    approve,
    image,
  };
}
