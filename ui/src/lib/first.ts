// The first question to the till, put before the rest of the page's script is read: both work at once while a shop waits for
// its keypad. Whoever imports this imports it before everything else.
import { tauriBackend, type Backend } from './backend';

let first: ReturnType<Backend['snapshot']> | null = tauriBackend.snapshot();
// Told by whoever takes it.
first.catch(() => {});

/** The till, whose first snapshot is under way. */
export const backend: Backend = {
  ...tauriBackend,
  snapshot: () => {
    const asked = first ?? tauriBackend.snapshot();
    first = null;
    return asked;
  },
};
