// The customer's screen in every state it can have. A list of its own: it is another page, with another till behind it.
import type { DisplayShown } from '../../src/lib/bindings/DisplayShown';
import type { Snapshot } from '../../src/lib/bindings/Snapshot';
import { FakeTill, snapshot } from '../fake';
import { LONG_SHOP, NOW_MS, type Scene } from './moment';

const there = '[data-testid="display"][data-shown]';

function screen(shown: DisplayShown, change: Partial<Snapshot> = {}, shop?: string): Scene {
  return {
    page: 'display.html',
    till: () => {
      const till = new FakeTill();
      till.now = snapshot({ mode: 'live', ...change });
      if (shop !== undefined) till.now.settings.shop_name = shop;
      till.shown = shown;
      return till;
    },
    act: async (page) => void (await page.waitForSelector(`[data-shown="${shown.kind}"]`)),
  };
}

const TRAINING = { mode: 'training' as const };
const MOST = 2_000_000;
const waiting = (amount_xof: number): DisplayShown => ({ kind: 'waiting', amount_xof, phone: '90 12 •• 56' });
const paid = (amount_xof: number): DisplayShown => ({ kind: 'paid', amount_xof, at_ms: NOW_MS });

export const DISPLAYS: Record<string, Scene> = {
  'display-idle': { ...screen({ kind: 'idle' }), main: true },
  'display-idle-training': screen({ kind: 'idle' }, TRAINING),
  'display-idle-long': screen({ kind: 'idle' }, TRAINING, LONG_SHOP),
  'display-idle-nameless': screen({ kind: 'idle' }, {}, ''),
  'display-waiting': { ...screen(waiting(5000)), main: true },
  'display-waiting-most': screen(waiting(MOST), TRAINING, LONG_SHOP),
  'display-waiting-purged': screen({ kind: 'waiting', amount_xof: 750, phone: '' }),
  'display-paid': { ...screen(paid(5000)), main: true },
  'display-paid-most': screen(paid(MOST), TRAINING, LONG_SHOP),
  'display-not-completed': { ...screen({ kind: 'not_completed', amount_xof: 5000 }), main: true },
  'display-not-completed-most': screen({ kind: 'not_completed', amount_xof: MOST }, TRAINING, LONG_SHOP),
  'display-checking': { ...screen({ kind: 'checking', amount_xof: 5000 }), main: true },
  'display-checking-most': screen({ kind: 'checking', amount_xof: MOST }, TRAINING, LONG_SHOP),
  'display-no-till': {
    page: 'display.html',
    till: () => {
      const till = new FakeTill();
      till.display = () =>
        Promise.reject({ code: 'ledger_newer', field: null, limit_xof: null, detail: null });
      return till;
    },
    act: async (page) => void (await page.waitForSelector(there)),
  },
};
