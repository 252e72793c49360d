import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { revise, revisionCommand, type RevisionOptions } from '../revision-command.ts';

export function addRenameSpeaker(program: Command, context: CommandContext): void {
  revisionCommand(
    program,
    'rename-speaker',
    'give a speaker a name in every document; no model is called',
  )
    .argument('<speaker>', 'id of the speaker, such as S1: minutes.json has them under speakers')
    .argument('<name>', 'the name')
    .action(async (reference: string, speaker: string, name: string, options: RevisionOptions) => {
      const { renameSpeaker } = await import('../../jobs/speaker-changes.ts');
      const wanted = renameSpeaker(speaker, name);
      await revise(context, reference, options, () => wanted);
    });
}

export function addJoinSpeakers(program: Command, context: CommandContext): void {
  revisionCommand(
    program,
    'join-speakers',
    'make two speakers one, where one voice was taken for two; no model is called',
  )
    .argument('<speaker>', 'id of the speaker that is another one, such as S3')
    .argument('<into>', 'id of the speaker that stays, such as S1')
    .action(async (reference: string, speaker: string, into: string, options: RevisionOptions) => {
      const { joinSpeakers } = await import('../../jobs/speaker-changes.ts');
      const wanted = joinSpeakers(speaker, into);
      await revise(context, reference, options, () => wanted);
    });
}
