// The first minutes, the way to live mode, the guide and the keys, in every state they have.
import type { Page } from 'playwright-core';
import type { ConnectionVerdictView } from '../../src/lib/bindings/ConnectionVerdictView';
import type { PaymentView } from '../../src/lib/bindings/PaymentView';
import type { Snapshot } from '../../src/lib/bindings/Snapshot';
import { FakeTill, payment, snapshot } from '../fake';
import { NOW_MS, type Scene } from './scenes';

/** A till on its first day: what is saved stays saved. */
function fresh(change: Partial<Snapshot> = {}): FakeTill {
  const fake = new FakeTill();
  const base = snapshot();
  fake.now = snapshot({
    backup: { newest_at_ms: NOW_MS - 3_600_000, needs_attention: false, problem: null },
    settings: { ...base.settings, shop_name: '', welcome: 'fresh' },
    ...change,
  });
  fake.saveSettings = (input) => {
    fake.saved.push(input);
    fake.now = { ...fake.now, settings: { ...fake.now.settings, ...input } };
    return Promise.resolve(fake.now);
  };
  return fake;
}

async function press(page: Page, ...testids: string[]): Promise<void> {
  for (const testid of testids) await page.click(`[data-testid="${testid}"]`);
}

const at = (step: string) => async (page: Page) => {
  const steps = ['language', 'shop', 'printer', 'training'];
  await page.waitForSelector('[data-testid="welcome"]');
  for (const next of steps.slice(1, steps.indexOf(step) + 1)) {
    await press(page, 'welcome-next');
    await page.waitForSelector(`[data-step="${next}"]`);
  }
};

/** The till of a guided sale: charges, and knows of the payment what `becomes` says. */
function guided(becomes: Partial<PaymentView> = {}, isOnPhone = true): FakeTill {
  const fake = fresh();
  fake.onCharge = () => {
    const sold = payment({ id: 'first', amount_xof: 500, created_at_ms: NOW_MS - 2000, ...becomes });
    if (sold.state === 'pending' && isOnPhone)
      fake.now.prompts = [
        {
          payment_id: 'first',
          amount_xof: 500,
          phone: sold.phone,
          shop_name: 'Boutique Agbalépédo',
          ignored: false,
        },
      ];
    return Promise.resolve({ kind: 'charged', payment: sold });
  };
  return fake;
}
const begins = async (page: Page) => {
  await at('training')(page);
  await press(page, 'welcome-next');
  await page.waitForSelector('[data-testid="coach"]');
};
const sells = (step: string) => async (page: Page) => {
  await begins(page);
  await page.fill('[data-testid="amount-input"]', '500');
  await page.fill('[data-testid="phone-input"]', '90123456');
  await page.waitForSelector('[data-testid="coach"][data-step="charge"]');
  await press(page, 'charge-button');
  await page.waitForSelector('[data-testid="payment-card"]');
  // The phone is told of by an event, or by the next snapshot.
  await page.evaluate(() =>
    (window as unknown as { tell: (event: unknown) => Promise<void> }).tell({ kind: 'snapshot_stale' }),
  );
  await page.waitForSelector(`[data-testid="coach"][data-step="${step}"]`);
};

const guide = async (page: Page) => {
  await press(page, 'open-live-guide');
  await page.waitForSelector('[data-testid="live-guide"]');
};
const named = (change: Partial<Snapshot>) =>
  fresh({ settings: { ...snapshot().settings, welcome: 'left' }, ...change });

function verdict(found: ConnectionVerdictView, code: string | null = null): Scene {
  return {
    till: () => {
      const fake = named({ credentials: 'stored' });
      const detail = found === 'tls' ? 'CN=Kaspersky Anti-Virus Personal Root Certificate' : '';
      fake.testConnection = () =>
        Promise.resolve({ verdict: found, code, server: 'app.ligdicash.com', detail });
      return fake;
    },
    act: async (page) => {
      await guide(page);
      await press(page, 'test-connection');
      await page.locator('[data-testid="connection-verdict"]').scrollIntoViewIfNeeded();
    },
  };
}

const help = (topic: string): Scene => ({
  till: () => named({}),
  act: async (page) => {
    await page.keyboard.press('F1');
    await press(page, `help-${topic}`);
    await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  },
});

const paid = (): Partial<PaymentView> => ({
  state: 'paid',
  operator_name: 'YAS TOGO',
  receipt_number: 1,
  request_id: 'P24112614321055',
  resolved_at_ms: NOW_MS - 1000,
});

export const FIRST_SCENES: Record<string, Scene> = {
  'welcome-language': { till: () => fresh(), act: at('language'), main: true },
  'welcome-shop': { till: () => fresh(), act: at('shop') },
  'welcome-shop-error': {
    till: () => {
      const fake = fresh();
      fake.saveSettings = () =>
        Promise.reject({ code: 'out_of_range', field: 'shop_name', limit_xof: null, detail: null });
      return fake;
    },
    act: async (page) => {
      await at('shop')(page);
      await press(page, 'welcome-next');
      await page.waitForSelector('[data-testid="welcome"] .field-error');
    },
  },
  'welcome-printer': { till: () => fresh(), act: at('printer') },
  'welcome-printer-network': {
    till: () => {
      const fake = fresh();
      fake.printTest = () =>
        Promise.reject({
          code: 'printer_unreachable',
          field: null,
          limit_xof: null,
          detail: '192.168.1.50:9100',
        });
      return fake;
    },
    act: async (page) => {
      await at('printer')(page);
      await page.selectOption('[data-testid="welcome-printer"]', 'network');
      await page.fill('[data-testid="welcome-target"]', '192.168.1.50');
      await press(page, 'welcome-print');
      await page.waitForSelector('[data-testid="welcome"] .field-error');
    },
  },
  'welcome-training': { till: () => fresh(), act: at('training') },

  'coach-amount': { till: () => guided(), act: begins, main: true },
  'coach-number': {
    till: () => guided(),
    act: async (page) => {
      await begins(page);
      await page.fill('[data-testid="amount-input"]', '500');
      await page.waitForSelector('[data-step="number"]');
    },
  },
  'coach-charge': {
    till: () => guided(),
    act: async (page) => {
      await begins(page);
      await page.fill('[data-testid="amount-input"]', '500');
      await page.fill('[data-testid="phone-input"]', '90123456');
      await page.waitForSelector('[data-step="charge"]');
    },
  },
  'coach-sending': { till: () => guided({ state: 'submitting' }), act: sells('sending') },
  'coach-phone': { till: () => guided(), act: sells('phone'), main: true },
  'coach-waiting': { till: () => guided({}, false), act: sells('waiting') },
  'coach-paid': { till: () => guided(paid()), act: sells('paid'), main: true },
  'coach-receipt': {
    till: () => guided(paid()),
    act: async (page) => {
      await sells('paid')(page);
      await press(page, 'print-receipt');
      await page.waitForSelector('[role="dialog"]');
      await page.keyboard.press('Escape');
      await page.waitForSelector('[data-step="receipt"]');
    },
  },
  'coach-not-paid': {
    till: () => guided({ state: 'failed', resolved_at_ms: NOW_MS }),
    act: sells('not_paid'),
  },
  'coach-unsure': {
    till: () => guided({ state: 'uncertain', uncertain_cause: 'answer_lost' }),
    act: sells('unsure'),
  },

  'live-guide-fresh': {
    till: () => fresh({ settings: { ...snapshot().settings, shop_name: '' } }),
    act: guide,
    main: true,
  },
  'live-guide-copied': {
    till: () => named({}),
    act: async (page) => {
      await guide(page);
      await press(page, 'live-copy');
    },
  },
  'live-guide-ready': verdict('keys_accepted', '02'),
  'live-guide-refused': verdict('keys_refused', '00'),
  'live-guide-not-activated': verdict('payin_not_activated', '01'),
  'live-guide-offline': verdict('no_connection'),
  'live-guide-tls': verdict('tls'),
  'live-guide-no-answer': verdict('no_usable_answer'),
  'live-guide-ip': verdict('no_usable_answer', '03'),
  'live-guide-keychain': {
    till: () => named({ credentials: 'keychain_locked' }),
    act: guide,
  },
  'live-guide-ask': {
    till: () => named({ credentials: 'stored' }),
    act: async (page) => {
      await guide(page);
      await press(page, 'mode-live');
      await page.waitForSelector('[role="dialog"]');
    },
  },
  'live-guide-proof': {
    till: () => named({ mode: 'live', credentials: 'stored' }),
    act: async (page) => {
      await press(page, 'nav-settings');
      await guide(page);
      await page.locator('[data-testid="live-proof"]').scrollIntoViewIfNeeded();
    },
  },
  'live-guide-proved': {
    till: () =>
      named({
        mode: 'live',
        credentials: 'stored',
        recent: [payment({ ...paid(), id: 'proof', mode: 'live' })],
      }),
    act: async (page) => {
      await press(page, 'nav-settings');
      await guide(page);
      await page.locator('[data-testid="live-proof"]').scrollIntoViewIfNeeded();
    },
  },

  'help-sale': { ...help('sale'), main: true },
  'help-states': { ...help('states'), main: true },
  'help-wait': help('wait'),
  'help-uncertain': help('uncertain'),
  'help-late': help('late'),
  'help-day': help('day'),
  'help-offline': help('offline'),
  'help-training': help('training'),
  'help-backups': help('backups'),
  'help-privacy': help('privacy'),
  'help-in-live': {
    till: () => named({ mode: 'live', credentials: 'stored' }),
    act: async (page) => {
      await press(page, 'nav-help');
      await page.waitForSelector('[data-testid="help"]');
    },
  },
  keymap: {
    till: () => named({}),
    act: async (page) => {
      await page.keyboard.press('?');
      await page.waitForSelector('[data-testid="keymap"]');
    },
    main: true,
  },
};
