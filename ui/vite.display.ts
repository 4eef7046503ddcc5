// The customer's screen, built apart: what it shares with the till's page is small, and the till's page starts no later
// for it.
import { mergeConfig } from 'vite';
import till from './vite.config.ts';

export default mergeConfig(till, {
  publicDir: false,
  build: { emptyOutDir: false, rollupOptions: { input: 'display.html' } },
});
