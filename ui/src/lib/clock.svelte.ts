// The page's own second hand, for time that counts up. Runs only while something looks at it.
import { createSubscriber } from 'svelte/reactivity';

const TICK_MS = 1000;

class Clock {
  private subscribe = createSubscriber((update) => {
    const ticking = setInterval(update, TICK_MS);
    return () => clearInterval(ticking);
  });

  /** Milliseconds since 1970; follows time inside effects and templates. */
  get nowMs(): number {
    this.subscribe();
    return Date.now();
  }
}

export const clock = new Clock();
