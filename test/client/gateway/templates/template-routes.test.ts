import { expect, test } from 'vitest';
import { freshTenant } from '../../fresh-tenant.ts';
import { testGateway } from '../test-gateway.ts';

test('the templates are listed with their headings, the standard one first', async () => {
  await using gateway = await testGateway({});
  const { headers } = await gateway.keyOf(freshTenant(), 'viewer');
  const answer = await gateway.app.inject({ url: '/api/templates', headers });
  const { templates } = answer.json<{ templates: { name: string }[] }>();
  expect(templates.map(({ name }) => name)).toEqual([
    'standard',
    'stand-up',
    'board',
    'interview',
    'lecture',
    'sales-call',
  ]);
  expect(templates[0]).toEqual({
    name: 'standard',
    lists: ['keyPoints', 'decisions', 'openQuestions', 'actionItems'],
    sections: [],
  });
  expect(templates[2]).toMatchObject({
    lists: expect.arrayContaining(['actionItems', 'openQuestions']),
    sections: [{ title: { en: 'Reports', zh: '报告' } }, {}, {}],
  });
});
