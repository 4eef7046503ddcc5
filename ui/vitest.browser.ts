// Tests of the built page in a real browser: `npm run browser`, after `npm run build`.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['tests/browser/**/*.test.ts'], testTimeout: 300_000, fileParallelism: false },
});
