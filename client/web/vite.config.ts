import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** In development the gateway at HANSARD_URL answers, to the key in HANSARD_KEY if there is one. */
const { HANSARD_URL = 'http://127.0.0.1:8080', HANSARD_KEY } = process.env;

export default defineConfig({
  root: import.meta.dirname,
  // The page works wherever it is put.
  base: './',
  plugins: [react()],
  build: {
    // The first browsers with light-dark() and Intl.Segmenter.
    target: ['chrome123', 'edge123', 'firefox125', 'safari17.5'],
    // The gateway's policy lets no picture, font or script stand in an address.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      '/api': {
        target: HANSARD_URL,
        ...(HANSARD_KEY !== undefined && { headers: { authorization: `Bearer ${HANSARD_KEY}` } }),
      },
    },
  },
});
