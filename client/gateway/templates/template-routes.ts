import { z } from 'zod';
import { LISTS, type Words } from '../../../workflows/contracts/template.ts';
import { BUILT_IN } from '../../templates/built-in-names.ts';
import { readBuiltIn } from '../../templates/choose-template.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { templateSchema } from './template-schema.ts';

/** What minutes can contain. Templates of one's own are files of the command line. */
export const templateRoutes =
  () =>
  async (app: GatewayApp): Promise<void> => {
    app.get('/templates', {
      config: { action: 'jobs:read' },
      schema: {
        operationId: 'listTemplates',
        summary: 'The built-in templates, and what minutes made by them contain',
        description: 'The same for every tenant. The standard one comes first.',
        tags: ['templates'],
        response: { 200: z.object({ templates: z.array(templateSchema) }) },
      },
      handler: async () => ({
        templates: [
          { name: 'standard', lists: [...LISTS], sections: [] },
          ...(await Promise.all(
            BUILT_IN.map(async (name) => {
              const { lists, sections } = await readBuiltIn(name);
              return {
                name,
                lists,
                sections: sections.map(({ title }) => ({ title: byLanguage(title) })),
              };
            }),
          )),
        ],
      }),
    });
  };

const byLanguage = (words: Words): Record<string, string> =>
  typeof words === 'string' ? { en: words } : words;
