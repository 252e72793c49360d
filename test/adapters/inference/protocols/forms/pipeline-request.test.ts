import { expect, it } from 'vitest';
import { toolkitMediaType } from '../../../../../adapters/inference/protocols/forms/pipeline-request.ts';

it.each([
  ['audio/flac', 'audio/flac'],
  ['audio/x-wav', 'audio/x-wav'],
  ['AUDIO/FLAC', 'audio/flac'],
  ['audio/mp4', 'audio/m4a'],
  ['audio/mp3', 'audio/mpeg'],
  ['audio/webm; codecs=opus', 'audio/webm;codecs=opus'],
  ['audio/AMR', 'audio/AMR'],
  ['image/webp', 'image/webp'],
  ['image/pjpeg', 'image/jpeg'],
])('%s is sent as %s', (mediaType, sent) => {
  expect(toolkitMediaType(mediaType)).toBe(sent);
});

it.each([
  'image/svg+xml',
  'image/avif',
  'video/mp4',
  'application/octet-stream',
  '',
  'constructor',
])('%s is not taken', (mediaType) => {
  expect(toolkitMediaType(mediaType)).toBeNull();
});
