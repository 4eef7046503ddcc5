// A screen is read when it is first asked for, which a busy machine may take its time over.
import { configure } from '@testing-library/svelte';
import { speak } from '../src/lib/i18n';

configure({ asyncUtilTimeout: 5000 });
// Nothing is laid out here, so nothing has a size that could change.
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
await speak('en');
