import type { Wording } from './english.ts';

export const german: Wording = {
  locale: 'de-DE',
  minutesOf: (name, date) => `Protokoll: ${name}${date === null ? '' : `, ${date}`}`,
  units: { hour: 'h', minute: 'min', second: 's', space: ' ' },

  attendees: 'Teilnehmende',
  speakers: 'Sprecher',
  speaker: (number) => `Sprecher ${number}`,
  spoke: (name, time) => `${name} (${time})`,
  summary: 'Zusammenfassung',
  keyPoints: 'Kernpunkte',
  decisions: 'Beschlüsse',
  actionItems: 'Aufgaben',
  openQuestions: 'Offene Fragen',
  transcript: 'Wortlaut',
  about: 'Über dieses Protokoll',

  task: 'Aufgabe',
  owner: 'Zuständig',
  due: 'Bis',
  evidence: 'Gesagt bei',
  source: 'Beleg',
  noOwner: 'niemand genannt',
  noDueDate: 'kein Termin genannt',
  notVerified: 'nicht belegt',
  notFound: 'Im Wortlaut nicht gefunden',
  unsupported: 'vom Zitat nicht gedeckt',
  mayBeInvented: 'vielleicht erfunden',
  noneRecorded: 'Nichts festgehalten.',
  unwritten: 'Nicht geschrieben: Das Modell hat es ausgelassen.',
  unwrittenByRules:
    'Nicht geschrieben: Dazu braucht es ein Sprachmodell; die Sätze wurden nach Regeln ausgewählt.',
  noSummary: 'Es gibt keine Zusammenfassung.',
  noTranscript: 'Es gibt keinen Wortlaut.',

  glance: {
    complete: 'Vollständig',
    partial: 'Unvollständig',
    heard: (percent, audio) => `${percent} % von ${audio} gehört`,
    writtenBy: (model) => `verfasst von ${model}`,
    picked: 'Sätze nach Regeln ausgewählt',
    unwritten: 'keine Zusammenfassung',
    editedBy: (name, day, version) => `bearbeitet von ${name} am ${day} (Version ${version})`,
    draft: (asked, until) =>
      until === null
        ? 'Entwurf: nicht freigegeben'
        : `Entwurf: wartet bis ${until} auf die Freigabe${asked === null ? '' : ` durch ${asked}`}`,
    returnedBy: (name, day) => `Entwurf: von ${name} am ${day} zurückgegeben`,
    approvedBy: (name, day, version) => `freigegeben von ${name} am ${day} (Version ${version})`,
    states: {
      draft: 'Entwurf',
      returned: 'zurückgegeben',
      approved: (version) => `freigegeben (Version ${version})`,
    },
    verified: (verified, all) => `${verified} von ${all} Aussagen belegt`,
  },
  partial: 'Dieses Protokoll ist unvollständig',
  degraded: 'Nicht alles lief wie vorgesehen',
  notTranscribed: (span, reason) => `Nicht verschriftet: ${span} (${reason})`,
  notSummarised: (span, reason) => `Nicht zusammengefasst: ${span} (${reason})`,
  cut: 'Das Ende der Aufnahme fehlt in der Datei',
  lengthDiffers: (stated, heard, leapsAt) =>
    `Laut der Datei dauert die Aufnahme ${stated}, gehört wurden ${heard}${leapsAt === null ? '' : `: Ihre Uhr springt bei ${leapsAt}`}`,
  inventedAt: (spans) => `Einiges ist vielleicht erfunden, aus Musik oder Geräuschen: ${spans}`,
  notInFonts:
    'Einige Zeichen fehlen in den Schriften dieser Datei und stehen als � da; die anderen Dateien enthalten sie.',
  timeUnknown: 'Zeit unbekannt',
  work: {
    transcribe: 'Wortlaut',
    diarize: 'Sprecher',
    summarize: 'Zusammenfassung',
    illustrate: 'Bild',
    moderate: 'Sicherheitsprüfung des Bildes',
  },
  fallback: (target) => `von ${target} statt der ersten Wahl erstellt`,
  earlier: (target) => `eine frühere Antwort von ${target} wurde verwendet`,
  simplified: 'in einfacherer Form erstellt',
  extractive: 'Sätze nach Regeln ausgewählt, ohne Sprachmodell',
  missing: {
    transcribe: 'ein Teil konnte nicht verschriftet werden',
    diarize: 'sie wurden nicht unterschieden',
    summarize: 'es gibt keine',
    illustrate: 'es gibt keines',
    moderate: 'nicht möglich, daher wartet das Bild auf eine Prüfung',
  },
  colon: ': ',
  separators: { list: ', ', clear: '; ', facts: ' · ' },
  because: (what, reason, spans) => `${what}${reason && ` (${reason})`}${spans && `, ${spans}`}`,
  reasons: {
    transient: 'der Dienst war nicht erreichbar',
    provider_bug: 'der Dienst gab eine unbrauchbare Antwort',
    closed: 'der Dienst war nach Fehlern gesperrt',
    rate_limited: 'der Dienst verlangte eine zu lange Wartezeit',
    loading: 'das Modell wurde nicht rechtzeitig geladen',
    not_served: 'das Modell wird nicht angeboten',
    auth: 'der Dienst wies unsere Zugangsdaten ab',
    billing: 'das Guthaben ist aufgebraucht',
    too_large: 'das Stück ist zu groß für das Modell',
    template_too_long: 'die Vorlage lässt im Kontext des Modells keinen Platz für das Transkript',
    input: 'der Dienst wies das Stück ab',
    exhausted: 'der Dienst versagte mehrfach',
    in_flight: 'derselbe Aufruf lief noch anderswo',
    no_target: 'dafür ist kein Modell eingerichtet',
    damaged: 'die Aufnahme ist beschädigt',
    unreadable: 'der Ton war nicht lesbar',
    no_speech: 'es wurde keine Sprache gefunden',
    missing_object: 'ein gespeicherter Teil fehlt',
    earlier_prompt: 'eine frühere, mit anderen Anweisungen erfragte Antwort steht ein',
    stored: 'die Antwort lag aus einem früheren Auftrag vor',
    no_words: 'kein Wort wurde verstanden',
    failed: 'es kam nicht zustande',
    error: 'ein Fehler im Programm',
  },

  page: { search: 'Suchen', previous: 'vorige Stelle', next: 'nächste Stelle' },

  coverage: 'Abdeckung',
  coverageOfAudio: ({ percent, audio, speech, silence }) =>
    `${percent} % von ${audio} Ton (Sprache ${speech}, Stille ${silence})`,
  inSilence: (spans) => `Zu hören, aber keine Stimme, daher nicht gesendet: ${spans}`,
  untimed: (time) =>
    `${time} Sprache wurden ohne Zeiten beantwortet: ob alles davon Worte hat, ist nicht bekannt`,
  coverageOfText: ({ percent, characters, sections }) =>
    `${percent} % von ${characters} Zeichen in ${sections} ${sections === 1 ? 'Abschnitt' : 'Abschnitten'} zusammengefasst`,
  engines: 'Erstellt von',
  engine: ({ work, target, label, details, items }) =>
    `${work} von ${target}${label && `: ${label}`} (${details && `${details}, `}${items} ${items === 1 ? 'Stück' : 'Stücke'})`,
  labels: {
    whisper: 'Whisper base mit faster-whisper auf diesem Rechner',
    speakers: 'Stimmen auf diesem Rechner unterschieden',
    drawing: 'nach Regeln aus den Anweisungen gezeichnet, ohne Modell',
    nsfwjs: 'NSFWJS auf diesem Rechner',
  },
  recording: 'Aufnahme',
  file: (name, size) => `${name}, ${size}`,
  sound: (tracks, silent, copies) =>
    `Gehörte Spuren: ${tracks}; ausgelassene Kanäle: ${silent} stumme, ${copies} Kopien`,
  document: 'Dokument',
  documentFacts: ({ id, version, template }) => `${id}, Version ${version}, Vorlage ${template}`,
  calls: 'Modellaufrufe',
  callFacts: (entries, inDoubt) =>
    `${entries} im Kassenbuch${inDoubt === 0 ? '' : `, davon ${inDoubt} ungeklärt`}`,
  statements: 'Aussagen',
  unverifiedCount: (unverified, all) =>
    unverified === 0
      ? `alle ${all} im Wortlaut belegt`
      : `${unverified} von ${all} nicht im Wortlaut gefunden und so gekennzeichnet`,
  unsupportedCount: (unsupported, all) =>
    `${unsupported} von ${all} vom Zitat nicht gedeckt und so gekennzeichnet`,

  picture: {
    safe: 'Bild',
    held: 'Bild zurückgehalten, wartet auf Prüfung',
    blocked: 'Bild von der Sicherheitsprüfung gesperrt',
  },
  pictureBy: (model) => `Erzeugt von ${model}; es zeigt nichts, was geschehen ist.`,
};
