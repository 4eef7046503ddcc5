// How the page looks and sounds on this computer: contrast and volume. Owns where that is remembered; the till itself
// does not know, because a shop's two screens may differ.

export type Contrast = 'system' | 'more';
export type Volume = 0 | 1 | 2 | 3;
export const VOLUMES: Volume[] = [0, 1, 2, 3];
const KEY = 'encaisse.habits';

interface Kept {
  contrast: Contrast;
  volume: Volume;
  /** What a press on the loudspeaker goes back to. */
  loud: Volume;
}

const FRESH: Kept = { contrast: 'system', volume: 2, loud: 2 };

function read(): Kept {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Kept>;
    const volume = (found: unknown) => (VOLUMES.includes(found as Volume) ? (found as Volume) : FRESH.volume);
    return {
      contrast: kept.contrast === 'more' ? 'more' : 'system',
      volume: volume(kept.volume),
      loud: volume(kept.loud) || FRESH.loud,
    };
  } catch {
    return { ...FRESH };
  }
}

class Habits {
  private kept = $state<Kept>(read());

  get contrast(): Contrast {
    return this.kept.contrast;
  }
  set contrast(contrast: Contrast) {
    this.keep({ ...this.kept, contrast });
  }

  get volume(): Volume {
    return this.kept.volume;
  }
  set volume(volume: Volume) {
    this.keep({ ...this.kept, volume, loud: volume || this.kept.loud });
  }

  toggleMute(): void {
    this.volume = this.kept.volume === 0 ? this.kept.loud : 0;
  }

  private keep(kept: Kept): void {
    this.kept = kept;
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // A page that may keep nothing still looks and sounds as asked until it is closed.
    }
  }
}

export const habits = new Habits();
