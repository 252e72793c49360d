/** What a route is asked with, which its schema takes. A new route with a body needs a line. */
export const BODIES: Readonly<Record<string, object>> = {
  'POST /api/session': { key: 'none' },
  'POST /api/keys': { name: 'made by the walk', role: 'viewer' },
  'POST /api/keys/:id/rotate-signature': { algorithm: 'hmac-sha256' },
  'PATCH /api/keys/:id': { signature: 'optional' },
  // No transcript: nothing is started.
  'POST /api/jobs': {},
  'POST /api/uploads': { name: 'talk.wav', bytes: 9 },
  'POST /api/uploads/:id/parts': { parts: [1] },
  'POST /api/uploads/:id/length': { bytes: 9 },
  'POST /api/jobs/:id/rename-speaker': { speaker: 'S1', name: 'Ann' },
  'POST /api/jobs/:id/join-speakers': { speaker: 'S1', into: 'S2' },
  'POST /api/jobs/:id/resummarize': { template: 'board' },
  'POST /api/jobs/:id/edit': { summary: '' },
  'POST /api/jobs/:id/approve': { version: 1 },
  'POST /api/jobs/:id/return': { version: 1, remark: 'No.' },
  'POST /api/jobs/:id/delegate': { to: 'Eve' },
  'POST /v1/embeddings': { model: 'none', input: 'Hi' },
  'POST /v1/classify': { model: 'none', input: 'Hi' },
  'POST /v1/images/generations': { model: 'none', prompt: 'a tree' },
  'POST /v1/moderations': { model: 'none', input: [] },
  // No form.
  'POST /v1/audio/transcriptions': {},
  // No such model: none is asked.
  'POST /v1/chat/completions': { model: 'none', messages: [{ role: 'user', content: 'Hi' }] },
  'POST /api/webhooks': { url: 'https://hooks.example/', events: ['job.failed'] },
  'PATCH /api/webhooks/:id': { events: ['job.completed'] },
  'POST /api/webhooks/:id/rotate-secret': { keepHours: 0 },
};
