// How the page looks and sounds on this computer: contrast, volume, notifications. The till keeps it, per computer; here it
// is what is heard and seen at once, before it is kept.
import type { ScreenView } from './bindings/ScreenView';
import type { VolumeView } from './bindings/VolumeView';
import { last } from './last';

export type Contrast = 'system' | 'more';
export type Volume = 0 | 1 | 2 | 3;
export const VOLUMES: Volume[] = [0, 1, 2, 3];
const WORDS: VolumeView[] = ['mute', 'soft', 'medium', 'loud'];

type Keep = (screen: ScreenView) => Promise<unknown>;

class Habits {
  private kept = $state<ScreenView>({
    volume: 'medium',
    unmuted: 'medium',
    more_contrast: last().contrast === 'more',
    notify: true,
    display: false,
  });
  private keep: Keep | null = null;
  private keeping = 0;

  /** What the till has kept. What is being kept at this moment is newer. */
  adopt(screen: ScreenView, keep: Keep): void {
    this.keep = keep;
    if (this.keeping === 0) this.kept = screen;
  }

  get contrast(): Contrast {
    return this.kept.more_contrast ? 'more' : 'system';
  }
  set contrast(contrast: Contrast) {
    this.change({ more_contrast: contrast === 'more' });
  }

  get volume(): Volume {
    return WORDS.indexOf(this.kept.volume) as Volume;
  }
  set volume(volume: Volume) {
    const word = WORDS[volume] ?? 'medium';
    this.change(volume === 0 ? { volume: word } : { volume: word, unmuted: word });
  }

  get notify(): boolean {
    return this.kept.notify;
  }
  set notify(notify: boolean) {
    this.change({ notify });
  }

  get display(): boolean {
    return this.kept.display;
  }

  toggleMute(): void {
    this.volume = this.volume === 0 ? (WORDS.indexOf(this.kept.unmuted) as Volume) : 0;
  }

  private change(change: Partial<ScreenView>): void {
    this.kept = { ...this.kept, ...change };
    this.keeping += 1;
    // What could not be kept still looks and sounds as asked, until the till says otherwise.
    void this.keep?.(this.kept)
      .catch(() => {})
      .finally(() => (this.keeping -= 1));
    if (!this.keep) this.keeping -= 1;
  }
}

export const habits = new Habits();
