import { hansardConfigurationSchema } from './target-schema.ts';

/**
 * The chains used without a `hansard.yaml`. Their limits are low: the providers' limits are not published, and the
 * router's 429 does not tell how long to wait. Prices are left out, because providers change them; unknown is not 0.
 */
export const { roles: DEFAULT_TARGETS } = hansardConfigurationSchema.parse({
  roles: {
    transcribe: [
      {
        name: 'whisper-dedicated',
        contract: 'openai',
        url: '${WHISPER_URL}',
        token: '${WHISPER_TOKEN}',
        model: 'openai/whisper-large-v3',
        audioSeconds: 300,
        coldStart: true,
      },
      {
        name: 'whisper-large-v3',
        contract: 'hf-task',
        model: 'openai/whisper-large-v3',
        // It fails above 30 s (huggingface/hub-docs#1694).
        audioSeconds: 28,
        // The limit of Hugging Face's own chat-ui.
        bodyBytes: 25_000_000,
        requestsPerMinute: 60,
      },
      {
        name: 'whisper-large-v3-deepinfra',
        contract: 'deepinfra',
        model: 'openai/whisper-large-v3',
        // Five minutes of FLAC have about 5 MB. DeepInfra's limit is not published.
        audioSeconds: 300,
        bodyBytes: 25_000_000,
        requestsPerMinute: 60,
      },
    ],
    summarize: [
      {
        name: 'mixtral-8x7b',
        contract: 'openai',
        url: '${MIXTRAL_URL}',
        token: '${MIXTRAL_TOKEN}',
        model: 'mistralai/Mixtral-8x7B-Instruct-v0.1',
        contextTokens: 32_768,
        coldStart: true,
      },
      {
        name: 'gpt-oss-120b',
        contract: 'hf-chat',
        model: 'openai/gpt-oss-120b:cheapest',
        contextTokens: 131_072,
      },
      {
        name: 'llama-3.3-70b',
        contract: 'hf-chat',
        model: 'meta-llama/Llama-3.3-70B-Instruct',
        contextTokens: 131_072,
      },
    ],
    illustrate: [
      {
        // Hugging Face's own provider serves no FLUX.
        name: 'flux-1-schnell-nscale',
        contract: 'nscale',
        model: 'black-forest-labs/FLUX.1-schnell',
        concurrency: 1,
        requestsPerMinute: 10,
      },
      {
        // FLUX.1-dev under the provider's name: the router finds the model by the path.
        name: 'flux-1-dev-fal',
        contract: 'fal',
        model: 'fal-ai/flux/dev',
        concurrency: 1,
        requestsPerMinute: 10,
      },
      {
        name: 'stable-diffusion-3-medium',
        contract: 'hf-task',
        model: 'stabilityai/stable-diffusion-3-medium-diffusers',
        concurrency: 1,
        requestsPerMinute: 10,
      },
    ],
    moderate: [
      {
        name: 'falconsai-nsfw',
        contract: 'hf-task',
        model: 'Falconsai/nsfw_image_detection',
        requestsPerMinute: 60,
      },
    ],
  },
});
