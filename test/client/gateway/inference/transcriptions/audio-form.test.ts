import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshTenant } from '../../../fresh-tenant.ts';
import { testGateway } from '../../test-gateway.ts';

let gateway: Awaited<ReturnType<typeof testGateway>>;
let headers: { readonly authorization: string };
beforeAll(async () => {
  gateway = await testGateway();
  ({ headers } = await gateway.keyOf(freshTenant(), 'submitter'));
});
afterAll(async () => await gateway[Symbol.asyncDispose]());

const post = async (type: string | null, payload: string) => {
  const response = await gateway.app.inject({
    method: 'POST',
    url: '/v1/audio/transcriptions',
    headers: { ...headers, ...(type !== null && { 'content-type': type }) },
    payload,
  });
  const { error } = response.json<{ error: { code: string; type: string } }>();
  return [response.statusCode, error.type, error.code];
};

test.each([
  ['has no boundary', 'multipart/form-data', '{}'],
  ['has a boundary that is too long', `multipart/form-data; boundary=${'a'.repeat(300)}`, '{}'],
  ['has a body that is no form', 'multipart/form-data; boundary=cut', '{}'],
  ['has no body', 'multipart/form-data; boundary=cut', ''],
  [
    'ends within its file',
    'multipart/form-data; boundary=cut',
    '--cut\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF',
  ],
  [
    'ends within a field',
    'multipart/form-data; boundary=cut',
    '--cut\r\ncontent-disposition: form-data; name="model"\r\n\r\ntranscr',
  ],
  [
    'has a field that is called JSON and is none',
    'multipart/form-data; boundary=cut',
    '--cut\r\ncontent-disposition: form-data; name="model"\r\ncontent-type: application/json\r\n\r\n{\r\n--cut--\r\n',
  ],
])('a form that %s is an invalid request', async (_, type, payload) => {
  expect(await post(type, payload)).toEqual([400, 'invalid_request_error', 'invalid_request']);
});

test.each([
  ['JSON', 'application/json', '{}'],
  ['text', 'text/plain', 'Ann: We hire a painter.'],
  ['nothing', null, ''],
])('%s instead of a form is not taken', async (_, type, payload) => {
  expect(await post(type, payload)).toEqual([
    415,
    'invalid_request_error',
    'media_type_unsupported',
  ]);
});
