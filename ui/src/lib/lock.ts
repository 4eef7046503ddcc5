// A till that locked by itself says so to whoever asks anything of it. Owns that the page then looks, so that the lock is
// what stands on the screen and not an error on a screen that is nobody's.
import { asUiError, type Backend } from './backend';

/** The same till; `locked` is called when it refuses a command because it is locked. Its answers stay what they are. */
export function heedsLock(backend: Backend, locked: () => void): Backend {
  return new Proxy(backend, {
    get(till, name) {
      const command: unknown = Reflect.get(till, name, till);
      if (typeof command !== 'function' || name === 'snapshot' || name === 'listen') return command;
      return (...given: unknown[]): unknown => {
        const answer: unknown = command.apply(till, given);
        if (answer instanceof Promise)
          answer.catch((error: unknown) => {
            if (asUiError(error).code === 'locked') locked();
          });
        return answer;
      };
    },
  });
}
