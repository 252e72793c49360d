import { join } from 'node:path';
import type { Local } from './start-local.ts';

/** A list of the addresses of a running stack, for the terminal. */
export function whereToLook({ stack, hasPage }: Pick<Local, 'stack' | 'hasPage'>): string {
  const lines: [name: string, place: string | undefined][] = [
    ['Page', hasPage ? stack.env['HANSARD_GATEWAY_URL'] : undefined],
    ['HTTP API', docsOf(stack.env['HANSARD_URL'])],
    ['Temporal UI', stack.temporal?.uiUrl],
    ['Worker health', `http://127.0.0.1:${stack.ports.health}/readyz`],
    ['S3', stack.s3?.endpoint],
    ['Inference', stack.inference?.url],
    ['Every address', join(stack.directory, 'stack.json')],
    ['Logs', join(stack.directory, 'logs')],
  ];
  const rows = lines.flatMap(([name, place]) =>
    place === undefined ? [] : [`${name.padEnd(14)} ${place}`],
  );
  const remark = 'The command line finds this stack by itself: npm run -s hansard -- list';
  return [...rows, '', remark].join('\n');
}

const docsOf = (gateway: string | undefined): string | undefined =>
  gateway === undefined ? undefined : `${gateway}/docs`;
