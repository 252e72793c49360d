import { describe, expect, test } from 'vitest';
import { parseInferenceServerConfig } from '../../../local/inference-server/config.ts';

const whisper = { HANSARD_PYTHON: '/venv/bin/python', HANSARD_WHISPER_MODEL: '/models/base' };

describe('parseInferenceServerConfig', () => {
  test('defaults to Whisper, any token and no faults', () => {
    expect(parseInferenceServerConfig(whisper, [])).toEqual({
      port: 8484,
      host: '127.0.0.1',
      whisper: { python: '/venv/bin/python', modelFolder: '/models/base' },
      scripted: null,
      faults: false,
      requireToken: null,
      queueDelayMs: 200,
      endpointStartMs: 1500,
      speakers: null,
      languageModel: null,
    });
  });

  test('needs no Whisper with a scripted transcriber', () => {
    const flags = ['--scripted-transcriber', '--latency-ms', '20'];
    expect(parseInferenceServerConfig({}, flags)).toMatchObject({
      whisper: null,
      scripted: { latencyMs: 20 },
    });
  });

  test('tells speakers apart where it has the models and a Python, scripted or not', () => {
    const speakers = {
      HANSARD_PYTHON: '/venv/bin/python',
      HANSARD_SPEAKER_MODELS: '/models/speakers',
    };
    expect(parseInferenceServerConfig(speakers, ['--scripted-transcriber'])).toMatchObject({
      speakers: { python: '/venv/bin/python', modelFolder: '/models/speakers', ffmpeg: 'ffmpeg' },
    });
  });

  test('has a language model where it is given one and what runs it', () => {
    const environment = { HANSARD_GGUF: '/m/a.gguf', HANSARD_LLAMA_RUNTIME: '/llama' };
    expect(parseInferenceServerConfig(environment, ['--scripted-transcriber'])).toMatchObject({
      languageModel: { path: '/m/a.gguf', runtime: '/llama' },
    });
  });

  test('reads the queue delay and the endpoint start time', () => {
    const flags = ['--queue-delay-ms', '0', '--endpoint-start-ms', '90'];
    expect(parseInferenceServerConfig(whisper, flags)).toMatchObject({
      queueDelayMs: 0,
      endpointStartMs: 90,
    });
  });

  test.each([
    [{}, [], 'HANSARD_PYTHON is missing'],
    [{ HANSARD_PYTHON: 'python3' }, [], 'HANSARD_WHISPER_MODEL is missing'],
    [{ ...whisper, HANSARD_PORT_INFERENCE: '70000' }, [], 'HANSARD_PORT_INFERENCE'],
    [{ ...whisper, HANSARD_GGUF: '/m/a.gguf' }, [], 'HANSARD_GGUF needs HANSARD_LLAMA_RUNTIME'],
    [whisper, ['--latency-ms', '5'], '--latency-ms needs --scripted-transcriber'],
    [{}, ['--scripted-transcriber', '--latency-ms', 'soon'], '--latency-ms soon'],
    [whisper, ['--queue-delay-ms', '-1'], '--queue-delay-ms'],
    [whisper, ['--endpoint-start-ms', '1.5'], '--endpoint-start-ms 1.5'],
    [whisper, ['--fault'], '--fault'],
  ])('names what is wrong in %o %o', (environment, flags, message) => {
    expect(() => parseInferenceServerConfig(environment, flags)).toThrow(message);
  });
});
