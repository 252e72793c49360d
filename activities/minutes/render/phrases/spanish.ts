import type { Wording } from './english.ts';

export const spanish: Wording = {
  locale: 'es-ES',
  minutesOf: (name, date) => `Acta de ${name}${date === null ? '' : `, ${date}`}`,
  units: { hour: 'h', minute: 'min', second: 's', space: ' ' },

  attendees: 'Asistentes',
  speakers: 'Hablantes',
  speaker: (number) => `Hablante ${number}`,
  spoke: (name, time) => `${name} (${time})`,
  summary: 'Resumen',
  keyPoints: 'Puntos clave',
  decisions: 'Acuerdos',
  actionItems: 'Tareas',
  openQuestions: 'Preguntas abiertas',
  transcript: 'Transcripción',
  about: 'Acerca de esta acta',

  task: 'Tarea',
  owner: 'Responsable',
  due: 'Plazo',
  evidence: 'Dicho en',
  source: 'Fuente',
  noOwner: 'sin responsable nombrado',
  noDueDate: 'sin fecha nombrada',
  notVerified: 'sin verificar',
  notFound: 'No encontrado en la transcripción',
  unsupported: 'la cita no lo respalda',
  mayBeInvented: 'quizá inventado',
  noneRecorded: 'Nada registrado.',
  unwritten: 'Sin redactar: el modelo lo omitió.',
  unwrittenByRules:
    'Sin redactar: hace falta un modelo de lenguaje, y las frases se eligieron con reglas.',
  noSummary: 'No hay resumen.',
  noTranscript: 'No hay transcripción.',

  glance: {
    complete: 'Completa',
    partial: 'Parcial',
    heard: (percent, audio) => `${percent} % de ${audio} oído`,
    writtenBy: (model) => `escrita por ${model}`,
    picked: 'frases elegidas por reglas',
    unwritten: 'sin resumen',
    editedBy: (name, day, version) => `editada por ${name} el ${day} (versión ${version})`,
    draft: (asked, until) =>
      until === null
        ? 'borrador: sin aprobar'
        : `borrador: espera la aprobación${asked === null ? '' : ` de ${asked}`} hasta el ${until}`,
    returnedBy: (name, day) => `borrador: devuelta por ${name} el ${day}`,
    approvedBy: (name, day, version) => `aprobada por ${name} el ${day} (versión ${version})`,
    states: {
      draft: 'borrador',
      returned: 'devuelta',
      approved: (version) => `aprobada (versión ${version})`,
    },
    verified: (verified, all) => `${verified} de ${all} afirmaciones verificadas`,
  },
  partial: 'Esta acta es parcial',
  degraded: 'No todo salió según lo previsto',
  notTranscribed: (span, reason) => `Sin transcribir: ${span} (${reason})`,
  notSummarised: (span, reason) => `Sin resumir: ${span} (${reason})`,
  cut: 'Falta el final de la grabación en el archivo',
  lengthDiffers: (stated, heard, leapsAt) =>
    `Según el archivo, la grabación dura ${stated}, y se oyeron ${heard}${leapsAt === null ? '' : `: su reloj salta en ${leapsAt}`}`,
  inventedAt: (spans) =>
    `Algunas palabras quizá sean inventadas, a partir de música o ruido: ${spans}`,
  notInFonts:
    'Algunos caracteres faltan en las fuentes de este archivo y aparecen como �; los demás archivos los contienen.',
  timeUnknown: 'hora desconocida',
  work: {
    transcribe: 'Transcripción',
    diarize: 'Hablantes',
    summarize: 'Resumen',
    illustrate: 'Ilustración',
    moderate: 'Control de seguridad de la ilustración',
  },
  fallback: (target) => `hecho por ${target} en lugar de la primera opción`,
  earlier: (target) => `se usó una respuesta anterior de ${target}`,
  simplified: 'hecho en una forma más simple',
  extractive: 'frases elegidas por reglas, sin modelo de lenguaje',
  missing: {
    transcribe: 'una parte no se pudo transcribir',
    diarize: 'no se distinguieron',
    summarize: 'no hay ninguno',
    illustrate: 'no hay ninguna',
    moderate: 'no fue posible, por eso la ilustración queda retenida para revisión',
  },
  colon: ': ',
  separators: { list: ', ', clear: '; ', facts: ' · ' },
  because: (what, reason, spans) => `${what}${reason && ` (${reason})`}${spans && `, ${spans}`}`,
  reasons: {
    transient: 'no se pudo contactar con el servicio',
    provider_bug: 'el servicio dio una respuesta inservible',
    closed: 'el servicio estaba cerrado tras varios fallos',
    rate_limited: 'el servicio pedía una espera demasiado larga',
    loading: 'el modelo no se cargó a tiempo',
    not_served: 'el modelo no se ofrece',
    auth: 'el servicio rechazó nuestras credenciales',
    billing: 'la cuenta no tiene saldo',
    too_large: 'el fragmento es demasiado grande para el modelo',
    template_too_long: 'la plantilla no deja sitio para la transcripción en el contexto del modelo',
    input: 'el servicio rechazó el fragmento',
    exhausted: 'el servicio falló una y otra vez',
    in_flight: 'la misma llamada seguía en curso en otro lugar',
    no_target: 'no hay ningún modelo configurado para ello',
    damaged: 'la grabación está dañada',
    unreadable: 'no se pudo leer el audio',
    no_speech: 'no se encontró habla',
    missing_object: 'falta una parte guardada',
    earlier_prompt: 'se usó una respuesta anterior, pedida con otras instrucciones',
    stored: 'su respuesta estaba guardada de un trabajo anterior',
    no_words: 'no se entendió ninguna palabra',
    failed: 'no se pudo hacer',
    error: 'un error del programa',
  },

  page: { search: 'Buscar', previous: 'coincidencia anterior', next: 'coincidencia siguiente' },

  coverage: 'Cobertura',
  coverageOfAudio: ({ percent, audio, speech, silence }) =>
    `${percent} % de ${audio} de audio (habla ${speech}, silencio ${silence})`,
  inSilence: (spans) => `Sonidos sin voz, no enviados: ${spans}`,
  untimed: (time) =>
    `${time} de habla se respondieron sin tiempos: no se sabe si todo tiene palabras`,
  coverageOfText: ({ percent, characters, sections }) =>
    `${percent} % de ${characters} caracteres resumidos en ${sections} ${sections === 1 ? 'sección' : 'secciones'}`,
  engines: 'Hecho por',
  engine: ({ work, target, label, details, items }) =>
    `${work} por ${target}${label && `: ${label}`} (${details && `${details}, `}${items} ${items === 1 ? 'elemento' : 'elementos'})`,
  labels: {
    whisper: 'Whisper base con faster-whisper en este equipo',
    speakers: 'voces distinguidas en este equipo',
    drawing: 'dibujado por reglas según las instrucciones, sin modelo',
    nsfwjs: 'NSFWJS en este equipo',
  },
  recording: 'Grabación',
  file: (name, size) => `${name}, ${size}`,
  sound: (tracks, silent, copies) =>
    `Pistas escuchadas: ${tracks}; canales omitidos: ${silent} mudos, ${copies} copias`,
  document: 'Documento',
  documentFacts: ({ id, version, template }) => `${id}, versión ${version}, plantilla ${template}`,
  calls: 'Llamadas a modelos',
  callFacts: (entries, inDoubt) =>
    `${entries} en el registro${inDoubt === 0 ? '' : `, ${inDoubt} de ellas en duda`}`,
  statements: 'Afirmaciones',
  unverifiedCount: (unverified, all) =>
    unverified === 0
      ? `${all} de ${all} halladas en la transcripción`
      : `${unverified} de ${all} no halladas en la transcripción y señaladas así`,
  unsupportedCount: (unsupported, all) =>
    `${unsupported} de ${all} que la cita no respalda, señaladas así`,

  picture: {
    safe: 'Ilustración',
    held: 'Ilustración retenida para revisión',
    blocked: 'Ilustración bloqueada por el control de seguridad',
  },
  pictureBy: (model) => `Generada por ${model}; no muestra nada que ocurriera.`,
};
