import type { Turn } from './turn.ts';

/** A name before a colon, and what is said after it; null: the line has none. */
export function splitLabel(line: string): { readonly label: string; readonly text: string } | null {
  // A Chinese colon needs no space; after a Latin one without a space stands a time or an address.
  const match = /^([\p{L}\p{N}][^:：]{0,59}?)\s*(?:：|:(?=\s|$))\s*(.*)$/su.exec(line);
  const [, label = '', text = ''] = match ?? [];
  // A sentence before a colon is no name: it has more words, or marks that names have not.
  const isName = /\p{L}/u.test(label) && !/[?!;"“”„。，！？]/u.test(label);
  const isHeading = HEADINGS.has(label.toLowerCase());
  return isName && !isHeading && label.split(/\s+/).length <= MOST_WORDS ? { label, text } : null;
}

/** "Dr. Anna Maria van den Berg" */
const MOST_WORDS = 6;

/** What stands before a colon in minutes and notes and is nobody's name. */
const HEADINGS: ReadonlySet<string> = new Set(
  [
    'attendees, participants, present, absent, apologies, date, time, place, location, agenda, topic, subject, title',
    'summary, minutes, notes, note, action, actions, action item, action items, task, tasks, to-do, todo, to do',
    'decision, decisions, question, questions, open questions, next steps, next step, deadline, due, important, remark',
    'teilnehmer, teilnehmende, anwesend, abwesend, datum, ort, zeit, thema, tagesordnung, beschluss, beschlüsse',
    'aufgabe, aufgaben, notiz, hinweis, frage, fragen, nächste schritte',
    'participants, présents, absents, lieu, ordre du jour, sujet, décision, décisions, tâche, tâches, remarque',
    'asistentes, ausentes, fecha, lugar, hora, tema, orden del día, decisión, decisiones, tarea, tareas, nota',
    '与会者, 參與者, 参会人, 参会人员, 出席, 缺席, 日期, 时间, 時間, 地点, 地點, 主题, 主題, 议题, 議題, 议程, 議程, 会议, 會議, 摘要, 纪要',
    '决定, 決定, 决议, 決議, 待办, 待辦, 待办事项, 待辦事項, 行动项, 行動項, 任务, 任務, 备注, 備註, 问题, 問題, 注意, 下一步',
  ].flatMap((words) => words.split(', ')),
);

/**
 * Which labels are speakers: all, where at least half of the lines have one, else those that stand before two lines or
 * more. A single "Sorry: …" in a text without names stays what it is; where the text is one line and no more, a label
 * that is written as a name is one.
 */
export function speakerLabels(lines: readonly string[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const label = splitLabel(line)?.label;
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const labelled = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const isDialogue = labelled > 1 && labelled * 2 >= lines.length;
  const isSpeech = lines.length === 1 && [...counts.keys()].every(isFullName);
  return new Set(
    [...counts].flatMap(([label, count]) => (isDialogue || isSpeech || count > 1 ? [label] : [])),
  );
}

/** "Ann Lee", "Bob van Dyk" or "王芳": of a sentence the last word before a colon rarely has a capital letter. */
const isFullName = (label: string): boolean =>
  /^\p{Lo}{2,4}$/u.test(label) || /^\p{Lu}\S*(?:\s+\S+)*\s+\p{Lu}\S*$/u.test(label);

/**
 * Takes the names from the texts of turns. A turn that is only a name names the next one, if that name stands before words
 * elsewhere; otherwise it stays as it is.
 */
export function namedTurns(turns: readonly Turn[]): Turn[] {
  const speakers = speakerLabels(turns.map(({ text }) => text));
  const speaking = new Set(
    turns.flatMap(({ text }) => {
      const split = splitLabel(text);
      return split !== null && split.text !== '' ? [split.label] : [];
    }),
  );
  const named: Turn[] = [];
  /** A turn that is only a name. */
  let waiting: (Turn & { readonly speaker: string }) | null = null;
  for (const turn of turns) {
    const split = splitLabel(turn.text);
    if (split === null || !speakers.has(split.label)) {
      named.push({ ...turn, speaker: turn.speaker ?? waiting?.speaker ?? null });
      waiting = null;
      continue;
    }
    if (waiting !== null) named.push({ ...waiting, speaker: null });
    waiting = null;
    if (split.text !== '') named.push({ ...turn, speaker: split.label, text: split.text });
    else if (speaking.has(split.label)) waiting = { ...turn, speaker: split.label };
    else named.push(turn);
  }
  return waiting === null ? named : [...named, { ...waiting, speaker: null }];
}
