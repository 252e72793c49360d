import type { Command } from 'commander';
import type { OperatorContext } from '../command-context.ts';

export function addMigrate(program: Command, { env, services, output }: OperatorContext): void {
  program
    .command('migrate')
    .description('bring database, bucket, search attributes and the hourly sweep up to date')
    .option('--page-uploads', 'let pages of browsers send parts of uploads to the bucket (CORS)')
    .option('--json', 'print { migrations, bucket, searchAttributes, sweepSchedule }')
    .action(async (options: { json?: true; pageUploads?: true }) => {
      const { migrateServices } = await import('../../migrate-services.ts');
      const { pageUploads = false } = options;
      const migrated = await migrateServices(env, services, { pageUploads });
      const { migrations, bucket, searchAttributes, sweepSchedule } = migrated;
      output.result(options, migrated, [
        `database: ${migrations.join(', ') || 'up to date'}`,
        `bucket: ${bucket}`,
        `search attributes: ${searchAttributes.join(', ') || 'up to date'}`,
        `hourly sweep: ${sweepSchedule}`,
      ]);
    });
}
