import type { Wording } from './english.ts';

export const french: Wording = {
  locale: 'fr-FR',
  minutesOf: (name, date) => `Compte rendu : ${name}${date === null ? '' : `, ${date}`}`,
  units: { hour: 'h', minute: 'min', second: 's', space: ' ' },

  attendees: 'Participants',
  speakers: 'Intervenants',
  speaker: (number) => `Intervenant ${number}`,
  spoke: (name, time) => `${name} (${time})`,
  summary: 'Résumé',
  keyPoints: 'Points clés',
  decisions: 'Décisions',
  actionItems: 'Actions à mener',
  openQuestions: 'Questions ouvertes',
  transcript: 'Transcription',
  about: 'À propos de ce compte rendu',

  task: 'Action',
  owner: 'Responsable',
  due: 'Échéance',
  evidence: 'Dit à',
  source: 'Source',
  noOwner: 'aucun responsable nommé',
  noDueDate: 'aucune date nommée',
  notVerified: 'non vérifié',
  notFound: 'Introuvable dans la transcription',
  unsupported: 'non étayé par la citation',
  mayBeInvented: 'peut-être inventé',
  noneRecorded: 'Rien de consigné.',
  unwritten: 'Non rédigé : le modèle l’a omis.',
  unwrittenByRules:
    'Non rédigé : il faut un modèle de langue, et les phrases ont été choisies par des règles.',
  noSummary: "Il n'y a pas de résumé.",
  noTranscript: "Il n'y a pas de transcription.",

  glance: {
    complete: 'Complet',
    partial: 'Partiel',
    heard: (percent, audio) => `${percent} % de ${audio} entendus`,
    writtenBy: (model) => `rédigé par ${model}`,
    picked: 'phrases choisies par des règles',
    unwritten: 'pas de résumé',
    editedBy: (name, day, version) => `modifié par ${name} le ${day} (version ${version})`,
    draft: (asked, until) =>
      until === null
        ? 'brouillon : non approuvé'
        : `brouillon : approbation attendue${asked === null ? '' : ` de ${asked}`} avant le ${until}`,
    returnedBy: (name, day) => `brouillon : renvoyé par ${name} le ${day}`,
    approvedBy: (name, day, version) => `approuvé par ${name} le ${day} (version ${version})`,
    states: {
      draft: 'brouillon',
      returned: 'renvoyé',
      approved: (version) => `approuvé (version ${version})`,
    },
    verified: (verified, all) => `${verified} énoncés vérifiés sur ${all}`,
  },
  partial: 'Ce compte rendu est partiel',
  degraded: "Tout ne s'est pas passé comme prévu",
  notTranscribed: (span, reason) => `Non transcrit : ${span} (${reason})`,
  notSummarised: (span, reason) => `Non résumé : ${span} (${reason})`,
  cut: "La fin de l'enregistrement manque dans le fichier",
  lengthDiffers: (stated, heard, leapsAt) =>
    `Selon le fichier, l'enregistrement dure ${stated}, et ${heard} ont été entendus${leapsAt === null ? '' : ` : son horloge saute à ${leapsAt}`}`,
  inventedAt: (spans) =>
    `Des paroles sont peut-être inventées, à partir de musique ou de bruit : ${spans}`,
  notInFonts:
    'Certains caractères manquent dans les polices de ce fichier et sont remplacés par � ; les autres fichiers les contiennent.',
  timeUnknown: 'heure inconnue',
  work: {
    transcribe: 'Transcription',
    diarize: 'Intervenants',
    summarize: 'Résumé',
    illustrate: 'Illustration',
    moderate: "Contrôle de sûreté de l'illustration",
  },
  fallback: (target) => `fait par ${target} au lieu du premier choix`,
  earlier: (target) => `une réponse antérieure de ${target} a servi`,
  simplified: 'fait sous une forme plus simple',
  extractive: 'phrases choisies par des règles, sans modèle de langue',
  missing: {
    transcribe: "une partie n'a pas pu être transcrite",
    diarize: "ils n'ont pas été distingués",
    summarize: "il n'y en a pas",
    illustrate: "il n'y en a pas",
    moderate: "impossible, l'illustration est donc retenue pour examen",
  },
  colon: ' : ',
  separators: { list: ', ', clear: ' ; ', facts: ' · ' },
  because: (what, reason, spans) => `${what}${reason && ` (${reason})`}${spans && `, ${spans}`}`,
  reasons: {
    transient: 'le service était injoignable',
    provider_bug: 'le service a donné une réponse inutilisable',
    closed: 'le service était suspendu après des échecs',
    rate_limited: 'le service demandait une attente trop longue',
    loading: "le modèle ne s'est pas chargé à temps",
    not_served: "le modèle n'est pas proposé",
    auth: 'le service a refusé nos identifiants',
    billing: 'le crédit du compte est épuisé',
    too_large: 'le morceau est trop grand pour le modèle',
    template_too_long:
      'le modèle de document ne laisse pas de place à la transcription dans le contexte du modèle de langue',
    input: 'le service a refusé le morceau',
    exhausted: 'le service a échoué à plusieurs reprises',
    in_flight: 'le même appel était encore en cours ailleurs',
    no_target: "aucun modèle n'est configuré pour cela",
    damaged: "l'enregistrement est endommagé",
    unreadable: "le son n'a pas pu être lu",
    no_speech: "aucune parole n'a été trouvée",
    missing_object: 'une partie enregistrée manque',
    earlier_prompt: "une réponse antérieure, demandée avec d'autres consignes, en tient lieu",
    stored: "sa réponse était gardée d'un travail précédent",
    no_words: "aucun mot n'a été compris",
    failed: "cela n'a pas pu être fait",
    error: 'une erreur du programme',
  },

  page: { search: 'Rechercher', previous: 'occurrence précédente', next: 'occurrence suivante' },

  coverage: 'Couverture',
  coverageOfAudio: ({ percent, audio, speech, silence }) =>
    `${percent} % de ${audio} de son (parole ${speech}, silence ${silence})`,
  inSilence: (spans) => `Sons sans voix, non envoyés : ${spans}`,
  untimed: (time) =>
    `${time} de parole ont reçu une réponse sans horodatage : on ne sait pas si tout y est transcrit`,
  coverageOfText: ({ percent, characters, sections }) =>
    `${percent} % de ${characters} caractères résumés en ${sections} ${sections > 1 ? 'sections' : 'section'}`,
  engines: 'Fait par',
  engine: ({ work, target, label, details, items }) =>
    `${work} par ${target}${label && ` : ${label}`} (${details && `${details}, `}${items} ${items > 1 ? 'éléments' : 'élément'})`,
  labels: {
    whisper: 'Whisper base par faster-whisper sur cette machine',
    speakers: 'voix distinguées sur cette machine',
    drawing: "dessiné par des règles d'après la consigne, sans modèle",
    nsfwjs: 'NSFWJS sur cette machine',
  },
  recording: 'Enregistrement',
  file: (name, size) => `${name}, ${size}`,
  sound: (tracks, silent, copies) =>
    `Pistes écoutées : ${tracks} ; canaux écartés : ${silent} muets, ${copies} copies`,
  document: 'Document',
  documentFacts: ({ id, version, template }) => `${id}, version ${version}, modèle ${template}`,
  calls: 'Appels aux modèles',
  callFacts: (entries, inDoubt) =>
    `${entries} au registre${inDoubt === 0 ? '' : `, dont ${inDoubt} en doute`}`,
  statements: 'Affirmations',
  unverifiedCount: (unverified, all) =>
    unverified === 0
      ? `${all} sur ${all} retrouvées dans la transcription`
      : `${unverified} sur ${all} introuvables dans la transcription et signalées`,
  unsupportedCount: (unsupported, all) =>
    `${unsupported} sur ${all} que la citation n'étaye pas, et signalées`,

  picture: {
    safe: 'Illustration',
    held: 'Illustration retenue pour examen',
    blocked: 'Illustration bloquée par le contrôle de sûreté',
  },
  pictureBy: (model) => `Générée par ${model} ; elle ne montre rien de réel.`,
};
