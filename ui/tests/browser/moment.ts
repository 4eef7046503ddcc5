// What every list of scenes shares: the moment they play at, the longest name of a shop, and the shape of a scene.
import type { Page } from 'playwright-core';
import type { FakeTill } from '../fake';

/** The moment at which every scene plays, so that a picture of today is the picture of tomorrow. */
export const NOW_MS = Date.UTC(2026, 10, 24, 14, 32, 10);
export const LONG_SHOP =
  'Établissement Kokouvi-Agbalépédogan & Filles, quincaillerie, papeterie et alimentation générale';

export interface Scene {
  till: () => FakeTill;
  act?: (page: Page) => Promise<void>;
  /** The page it plays in; the till's own when none is named. */
  page?: string;
  /** Shown in the documentation. */
  main?: true;
}
