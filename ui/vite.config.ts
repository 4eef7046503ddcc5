import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  clearScreen: false,
  server: {
    port: 5173,
    strictPort: true,
    // WebKit keeps modules between runs, and then a component loses its styles.
    headers: { 'Cache-Control': 'no-store' },
  },
  build: {
    target: 'es2022',
    // The content security policy refuses data: addresses.
    assetsInlineLimit: 0,
    sourcemap: false,
    // What every start reads is read as two files: each more is one more question to the program.
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: 'start', test: /node_modules|lib.format/, minShareCount: 2 }] },
      },
    },
  },
  test: {
    environment: 'jsdom',
    include: ['tests/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
    testTimeout: 20000,
  },
});
