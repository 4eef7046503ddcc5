// Where one screen may lead to. Owns nothing: the window holds what is behind each door.

export type View = 'till' | 'history' | 'day' | 'settings' | 'help' | 'live';

export interface Doors {
  open: (view: View) => void;
  /** The guided sale, from its first step. */
  guideSale: () => void;
  /** The welcome of a fresh till, once more. */
  welcomeAgain: () => void;
  keyMap: () => void;
  /** The till with this amount typed, waiting for a number. */
  offer: (amountXof: number) => void;
}
