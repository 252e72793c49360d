import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';

export function addMigrate(program: Command, context: CommandContext): void {
  program
    .command('migrate')
    .description('bring database, bucket, search attributes and the hourly sweep up to date')
    .option('--json', 'print { migrations, bucket, searchAttributes, sweepSchedule }')
    .action(async (options: { json?: true }) => {
      const { env, services, output } = context;
      const { migrateServices } = await import('../../migrate-services.ts');
      const migrated = await migrateServices(env, services);
      if (options.json) return output.json(migrated);
      const { migrations, bucket, searchAttributes, sweepSchedule } = migrated;
      output.line(`database: ${migrations.join(', ') || 'up to date'}`);
      output.line(`bucket: ${bucket}`);
      output.line(`search attributes: ${searchAttributes.join(', ') || 'up to date'}`);
      output.line(`hourly sweep: ${sweepSchedule}`);
    });
}
