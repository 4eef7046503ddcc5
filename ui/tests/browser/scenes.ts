// Every screen in every state it can have, as data: which till answers, and what a cashier does to get there. One list
// for the rules of accessibility, the layout, the pictures and the gallery.
import type { Page } from 'playwright-core';
import type { ErrorCode } from '../../src/lib/bindings/ErrorCode';
import type { FindingView } from '../../src/lib/bindings/FindingView';
import type { FoundView } from '../../src/lib/bindings/FoundView';
import type { PartView } from '../../src/lib/bindings/PartView';
import type { PaymentView } from '../../src/lib/bindings/PaymentView';
import type { Snapshot } from '../../src/lib/bindings/Snapshot';
import type { TillEvent } from '../../src/lib/bindings/TillEvent';
import type { TimelineEntry } from '../../src/lib/bindings/TimelineEntry';
import { FakeTill, backups, beyond, day, findings, payment, period, snapshot } from '../fake';
import { FIRST_SCENES } from './scenes-first';
import { STORY_SCENES } from './scenes-story';
import { PEOPLE_SCENES } from './people-scenes';
import { DISPLAYS } from './displays';
import { LONG_SHOP, NOW_MS, type Scene } from './moment';

export { NOW_MS, type Scene };

const ago = (seconds: number) => NOW_MS - seconds * 1000;
const TOKEN = '0192f3a4-7c11-7d02-9b1e-5f3a6c8d9e10';

function till(change: Partial<Snapshot> = {}): FakeTill {
  const fake = new FakeTill();
  fake.now = snapshot({
    backup: { newest_at_ms: ago(3600), needs_attention: false, problem: null },
    recent: RECENT,
    ...change,
  });
  fake.checkNow = (id) => Promise.resolve(fake.now.open.find((open) => open.id === id) ?? payment({ id }));
  return fake;
}

export function one(change: Partial<PaymentView>): PaymentView {
  return payment({ id: TOKEN, created_at_ms: ago(7), ...change });
}

const paid = (change: Partial<PaymentView> = {}) =>
  one({
    state: 'paid',
    operator_name: 'YAS TOGO',
    receipt_number: 214,
    request_id: 'P24112614321055',
    resolved_at_ms: ago(4),
    ...change,
  });

const RECENT: PaymentView[] = [
  payment({ id: 'r1', state: 'paid', amount_xof: 12500, phone: '91 44 •• 02', resolved_at_ms: ago(190) }),
  payment({ id: 'r2', state: 'failed', amount_xof: 3000, phone: '70 18 •• 77', resolved_at_ms: ago(420) }),
  payment({ id: 'r3', state: 'paid', amount_xof: 750, phone: '90 07 •• 31', resolved_at_ms: ago(800) }),
  payment({ id: 'r4', state: 'paid', amount_xof: 41000, phone: '93 26 •• 18', resolved_at_ms: ago(1500) }),
  payment({ id: 'r5', state: 'rejected', amount_xof: 5000, phone: '99 51 •• 60', resolved_at_ms: ago(2400) }),
];

const waits = (seconds: number, change: Partial<PaymentView> = {}) => {
  const open = one({ created_at_ms: ago(seconds), accepted_at_ms: ago(seconds - 1), ...change });
  return till({ open: [open], prompts: [promptOf(open)] });
};

function promptOf(open: PaymentView) {
  return {
    payment_id: open.id,
    amount_xof: open.amount_xof,
    phone: open.phone,
    shop_name: 'Boutique Agbalépédo',
    ignored: false,
  };
}

/** Presses what opens a dialog. */
function asks(testid: string): NonNullable<Scene['act']> {
  return async (page) => {
    await page.click(`[data-testid="${testid}"]`);
    await page.waitForSelector('[role="dialog"]');
  };
}

/** Types and charges; the till answers with each of `answers` in turn. */
function charged(answers: PaymentView[], change: Partial<Snapshot> = {}): Scene {
  return {
    till: () => {
      const fake = till(change);
      const left = answers.map((answer) => ({ ...answer }));
      fake.onCharge = () => Promise.resolve({ kind: 'charged', payment: left.shift() ?? one({}) });
      return fake;
    },
    act: async (page) => {
      for (let sold = 1; sold <= answers.length; sold += 1) {
        await sell(page, '5000', '90123456');
        await page.waitForFunction(
          (count) => document.querySelectorAll('[data-testid="payment-card"]').length >= count,
          sold,
        );
      }
    },
  };
}

function refusedAt(field: string | null, code: ErrorCode, limit_xof: number | null = null): Scene {
  return {
    till: () => {
      const fake = till();
      fake.onCharge = () => Promise.reject({ code, field, limit_xof, detail: null });
      return fake;
    },
    act: async (page) => {
      await sell(page, '50', '9012345');
      await page.waitForSelector('[data-testid="field-error"]');
    },
  };
}

async function sell(page: Page, amount: string, phone: string): Promise<void> {
  await page.fill('[data-testid="amount-input"]', amount);
  await page.fill('[data-testid="phone-input"]', phone);
  await page.press('[data-testid="phone-input"]', 'Enter');
}

const go =
  (view: 'history' | 'day' | 'settings', there: string, more?: (page: Page) => Promise<void>) =>
  async (page: Page) => {
    await page.click(`[data-testid="nav-${view}"]`);
    await page.waitForSelector(there);
    await more?.(page);
  };

const diagnoses = async (page: Page) => {
  await page.click('[data-testid="open-diagnosis"]');
  await page.waitForSelector('[data-testid="diagnosis-line"]');
};

const tell = (event: TillEvent) => async (page: Page) => {
  await page.evaluate(
    (told) => (window as unknown as { tell: (event: unknown) => Promise<void> }).tell(told),
    event,
  );
};

const rejected = (code: string): PaymentView =>
  payment({
    state: 'rejected',
    refusal: { code, text: '' },
    created_at_ms: ago(5),
    resolved_at_ms: ago(3),
  });

const CODES = [...Array.from({ length: 17 }, (_, code) => String(code).padStart(2, '0')), '42'];

const ROWS: PaymentView[] = Array.from({ length: 40 }, (_, index) =>
  payment({
    id: `row-${index}`,
    state: (['paid', 'paid', 'paid', 'failed', 'paid', 'rejected', 'uncertain', 'not_sent'] as const)[
      index % 8
    ],
    amount_xof: [5000, 12500, 700, 41000, 2000000, 250, 3500, 9900][index % 8],
    phone: `9${index % 4} ${String((index * 7) % 90).padStart(2, '0')} •• ${String((index * 13) % 90).padStart(2, '0')}`,
    created_at_ms: ago(600 * (index + 1)),
    resolved_at_ms: ago(600 * (index + 1) - 20),
  }),
);

const tally = (count: number, amount_xof: number) => ({ count, amount_xof });
const FULL_TOTALS = {
  verified: tally(61, 842750),
  late: tally(1, 5000),
  accepted: tally(2, 18000),
  refund: tally(1, -5000),
  reversal: tally(1, -8000),
  sales: 64,
  net_xof: 852750,
};

function fullDay(change: Parameters<typeof day>[0] = {}) {
  return day({
    totals: FULL_TOTALS,
    hours: Array.from({ length: 12 }, (_, index) => ({
      hour: 7 + index,
      sales: 3 + ((index * 5) % 9),
      net_xof: 18000 + ((index * 37) % 11) * 11500,
    })),
    days: Array.from({ length: 30 }, (_, index) => ({
      day: new Date(Date.UTC(2026, 9, 26 + index)).toISOString().slice(0, 10),
      sales: 40,
      net_xof: 420000 + ((index * 53) % 17) * 41000,
    })),
    states: [
      { state: 'paid', count: 64 },
      { state: 'failed', count: 9 },
      { state: 'rejected', count: 3 },
      { state: 'uncertain', count: 1 },
    ],
    success_percent: 83,
    waits: [5, 10, 20, 30, 60, 120].map((up_to_s, index) => ({
      up_to_s,
      count: [2, 9, 27, 15, 8, 3][index] ?? 0,
    })),
    wait_median_s: 17,
    reading: period({
      number: 4,
      totals: FULL_TOTALS,
      grand_total_xof: 48_912_350,
      unresolved: [
        { payment_id: 'u1', state: 'uncertain', amount_xof: 3500, created_at_ms: ago(4000) },
        { payment_id: 'u2', state: 'pending', amount_xof: 12500, created_at_ms: ago(90) },
      ],
    }),
    closings: [3, 2, 1].map((number) =>
      period({
        number,
        day: `2026-11-2${number}`,
        who: number === 2 ? 'Kossi-Emmanuel Amouzougan' : 'Afi',
        fingerprint: 'ab',
      }),
    ),
    ...change,
  });
}

const withDay = (view: ReturnType<typeof day>, change: Partial<Snapshot> = {}) => {
  const fake = till(change);
  fake.onDay = () => Promise.resolve(view);
  return fake;
};

const LIVE: Partial<Snapshot> = {
  mode: 'live',
  credentials: 'stored',
  recent: RECENT.map((row) => ({ ...row, mode: 'live' })),
};

function withPrinter(fake: FakeTill): FakeTill {
  fake.now.settings.papers.printer = 'network';
  return fake;
}

const STORY: TimelineEntry[] = [
  { at_ms: ago(40), kind: 'recorded', state: 'recorded', detail: '' },
  { at_ms: ago(40), kind: 'submission_started', state: 'submitting', detail: '' },
  { at_ms: ago(39), kind: 'create_accepted', state: 'pending', detail: '' },
  { at_ms: ago(32), kind: 'confirm_pending', state: 'pending', detail: '' },
  { at_ms: ago(27), kind: 'confirm_unknown', state: 'pending', detail: '502 Bad Gateway' },
  { at_ms: ago(22), kind: 'confirm_completed', state: 'paid', detail: '' },
  { at_ms: ago(20), kind: 'receipt_issued', state: 'paid', detail: 'PDF A4' },
];

function historyWith(found: PaymentView, rows: PaymentView[] = ROWS): FakeTill {
  const fake = till();
  fake.onHistory = () => Promise.resolve({ rows, next: rows.length > 30 ? 'more' : null });
  fake.paymentDetail = () => Promise.resolve({ payment: found, timeline: STORY });
  return fake;
}

const DECISION = { who: 'Afi', reason: 'Le client a payé en espèces', reference: null, at_ms: ago(1200) };

export const SCENES: Record<string, Scene> = {
  ...DISPLAYS,
  'till-empty': { till: () => till({ recent: [] }), main: true },
  'till-live': { till: () => till(LIVE), main: true },
  'till-selling': {
    till: () => {
      const fake = till();
      fake.onCharge = () => Promise.resolve({ kind: 'charged', payment: payment({ created_at_ms: NOW_MS }) });
      return fake;
    },
  },
  'till-typing': {
    till: () => till(LIVE),
    act: async (page) => {
      await page.fill('[data-testid="amount-input"]', '12500');
      await page.fill('[data-testid="phone-input"]', '90123456');
    },
  },
  'till-warns': {
    till: () => till(LIVE),
    act: async (page) => {
      await page.fill('[data-testid="amount-input"]', '2000000');
      await page.fill('[data-testid="phone-input"]', '99123456');
      await page.waitForSelector('.hint.warns');
    },
  },
  'till-amount-error': refusedAt('amount', 'amount_too_small', 100),
  'till-phone-error': refusedAt('phone', 'phone_not_mobile'),
  'till-keys-missing': refusedAt(null, 'credentials_missing'),
  'till-disk-full': refusedAt(null, 'ledger_moved'),
  'till-review': {
    till: () => till(LIVE),
    act: async (page) => {
      await page.fill('[data-testid="amount-input"]', '250000');
      await page.fill('[data-testid="phone-input"]', '90123456');
      await page.waitForFunction(() => document.querySelector('#phone-hint')?.textContent !== '');
      await page.press('[data-testid="phone-input"]', 'Enter');
      await page.waitForSelector('[role="dialog"]');
    },
  },
  'till-unresolved': {
    till: () => {
      const fake = waits(30);
      fake.onCharge = () => Promise.resolve({ kind: 'unresolved', existing: fake.now.open[0] ?? one({}) });
      return fake;
    },
    act: async (page) => {
      await sell(page, '5000', '90123456');
      await page.waitForSelector('[role="dialog"]');
    },
  },
  'till-sending': { till: () => waits(1, { state: 'submitting' }) },
  'till-wait-0': { till: () => waits(3), main: true },
  'till-wait-25': { till: () => waits(31), main: true },
  'till-wait-75': { till: () => waits(96), main: true },
  'till-wait-problem': { till: () => waits(96, { check_problem: 'keys_refused' }) },
  'till-wait-lost': { till: () => waits(4000, { check_problem: 'handle_lost' }) },
  'till-paid': { ...charged([paid()]), main: true },
  'till-paid-live': charged([paid({ mode: 'live' })], LIVE),
  'till-late': {
    till: () =>
      till({
        open: [
          paid({
            late: true,
            created_at_ms: ago(1500),
            decisions: [{ kind: 'settled_otherwise', ...DECISION }],
          }),
        ],
      }),
    act: tell({
      kind: 'late_success',
      payment: paid({
        late: true,
        created_at_ms: ago(1500),
        version: 2,
        decisions: [{ kind: 'settled_otherwise', ...DECISION }],
      }),
    }),
    main: true,
  },
  'till-failed': { ...charged([one({ state: 'failed', resolved_at_ms: ago(2) })]), main: true },
  ...Object.fromEntries(
    [0, 4, 8, 12, 16].map((first) => [
      `till-rejected-${CODES[first]}`,
      charged(CODES.slice(first, first + 4).map(rejected)),
    ]),
  ),
  'till-not-sent': charged([one({ state: 'not_sent', not_sent_cause: 'no_connection' })], { online: false }),
  'till-no-tls': charged([one({ state: 'not_sent', not_sent_cause: 'tls' })], { online: false }),
  'till-uncertain': {
    till: () => till({ open: [one({ state: 'uncertain', uncertain_cause: 'answer_lost' })] }),
    main: true,
  },
  'till-guide': {
    till: () => till({ open: [one({ state: 'uncertain', uncertain_cause: 'answer_lost' })] }),
    act: asks('guide'),
    main: true,
  },
  'till-late-asked': {
    till: () =>
      till({
        open: [
          paid({
            late: true,
            created_at_ms: ago(1500),
            decisions: [{ kind: 'settled_otherwise', ...DECISION }],
          }),
        ],
      }),
    act: asks('late-ask'),
    main: true,
  },
  'till-review-state': {
    till: () =>
      till({
        open: [one({ state: 'review', review_reason: 'amount_differs', confirmed_amount_xof: 500 })],
      }),
    main: true,
  },
  'till-decision': {
    till: () => till({ open: [one({ state: 'uncertain', uncertain_cause: 'answer_unreadable' })] }),
    act: asks('decide'),
  },
  'till-decided': charged([
    one({
      state: 'failed',
      decisions: [{ kind: 'settled_otherwise', ...DECISION, reference: 'MP261124.1432.A81234' }],
    }),
  ]),
  'till-aside': { till: () => till({ watched_aside: 3 }) },
  'till-many': {
    till: () => {
      const open = Array.from({ length: 9 }, (_, index) =>
        payment({
          id: `many-${index}`,
          amount_xof: [5000, 2000000, 750, 12500][index % 4],
          created_at_ms: ago([4, 28, 40, 81, 95, 130, 300, 4000, 9000][index] ?? 4),
          check_problem: index === 4 ? 'no_connection' : null,
        }),
      );
      return till({ open, prompts: open.slice(0, 6).map(promptOf), watched_aside: 4 });
    },
    main: true,
  },
  'till-offline': { till: () => till({ ...LIVE, online: false }), main: true },
  // What ended, did not print and contradicted itself while nobody looked.
  'till-nobody-looked': {
    till: () => {
      const night = paid({ id: 'night', resolved_at_ms: ago(9 * 3600) });
      const error = { code: 'printer_unreachable' as const, field: null, limit_xof: null, detail: null };
      return till({
        ended: [night, paid({ id: 'evening', amount_xof: 12_500, resolved_at_ms: ago(11 * 3600) })],
        unprinted: [{ payment: night, error }],
        contradictions: [paid({ id: 'contradicted' })],
      });
    },
  },
  'till-all-notices': {
    till: () =>
      till({
        other_server: 'une-machine-de-test-au-nom-vraiment-long.exemple.tg:8443',
        chain_notice: {
          kind: 'lost',
          entries_kept: 214,
          entries_found: 190,
          lines_kept: 800,
          lines_found: 712,
        },
        online: false,
        clock_wrong_by_ms: -86_400_000 * 3,
        recovery: { watched: 2, uncertain: 1, not_sent: 1, handle_lost: 1 },
        backup: { newest_at_ms: null, needs_attention: true, problem: 'disk_full' },
        live_open: 2,
        watched_aside: 4,
      }),
    act: tell({ kind: 'contradiction', payment: paid({ version: 9 }) }),
  },
  'till-long-shop': {
    till: () => {
      const fake = waits(3);
      fake.now.settings.shop_name = LONG_SHOP;
      fake.now.other_server = '127.0.0.1:8090';
      fake.now.prompts.forEach((prompt) => (prompt.shop_name = LONG_SHOP));
      return fake;
    },
  },
  receipt: {
    ...charged([paid()]),
    act: async (page) => {
      await sell(page, '5000', '90123456');
      await page.click('[data-testid="print-receipt"]');
      await page.waitForSelector('[data-testid="receipt-view"]');
    },
    main: true,
  },

  'history-empty': {
    till: () => historyWith(paid(), []),
    act: go('history', '.list .none'),
  },
  'history-many': {
    till: () => historyWith(paid()),
    act: go('history', '[data-testid="history-row"]'),
    main: true,
  },
  'history-nothing': {
    till: () => {
      const fake = historyWith(paid());
      fake.onHistory = () => Promise.resolve({ rows: [], next: null });
      return fake;
    },
    act: go('history', '[data-testid="history-search"]', async (page) => {
      await page.fill('[data-testid="history-search"]', '91 44 77 et bien plus long que tout numéro du Togo');
      await page.waitForSelector('.list .none .button');
    }),
  },
  'history-detail': {
    till: () =>
      historyWith(
        paid({
          amount_xof: 2000000,
          decisions: [{ kind: 'refund_recorded', ...DECISION, reference: 'R-88123' }],
        }),
      ),
    act: go('history', '[data-testid="history-row"]', async (page) => {
      await page.click('[data-testid="history-row"] >> nth=0');
      await page.waitForSelector('[data-testid="open-receipt"]');
      await page.click('[data-testid="open-receipt"]');
      await page.waitForSelector('[data-testid="receipt-view"]');
    }),
    main: true,
  },
  'history-claim': {
    till: () => historyWith(paid()),
    act: go('history', '[data-testid="history-search"]', async (page) => {
      await page.fill('[data-testid="history-search"]', 'ENCAISSE1/214/5000/abc');
      await page.waitForSelector('[data-testid="receipt-verdict"]');
    }),
  },
  'history-error': {
    till: () => {
      const fake = till();
      fake.onHistory = () =>
        Promise.reject({ code: 'ledger_held', field: null, limit_xof: null, detail: 'busy' });
      return fake;
    },
    act: go('history', '[role="alert"]'),
  },

  'day-empty': {
    till: () =>
      withDay(
        day({
          totals: {
            verified: tally(0, 0),
            late: tally(0, 0),
            accepted: tally(0, 0),
            refund: tally(0, 0),
            reversal: tally(0, 0),
            sales: 0,
            net_xof: 0,
          },
          hours: [],
          days: [],
          states: [],
          waits: [],
          success_percent: null,
          wait_median_s: null,
          closings: [],
          reading: period({
            number: 1,
            from_earlier: [],
            grand_total_xof: 0,
            totals: {
              verified: tally(0, 0),
              late: tally(0, 0),
              accepted: tally(0, 0),
              refund: tally(0, 0),
              reversal: tally(0, 0),
              sales: 0,
              net_xof: 0,
            },
          }),
        }),
      ),
    act: go('day', '[data-testid="day-total"]'),
    main: true,
  },
  'day-full': {
    till: () => withPrinter(withDay(fullDay(), LIVE)),
    act: go('day', '[data-testid="day-total"]'),
    main: true,
  },
  'day-table': {
    till: () => withDay(fullDay()),
    act: go('day', '[data-testid="day-total"]', async (page) => {
      await page.click('summary >> nth=0');
    }),
  },
  'day-closing': {
    till: () => withDay(fullDay(), { ...LIVE, clock_wrong_by_ms: 600_000 }),
    act: go('day', '[data-testid="day-close"]', async (page) => {
      await page.click('[data-testid="day-close"]');
      await page.waitForSelector('[role="dialog"]');
    }),
    main: true,
  },
  'day-exported': {
    till: () => withDay(fullDay()),
    act: go('day', '[data-testid="day-export-csv"]', async (page) => {
      await page.click('[data-testid="day-export-csv"]');
      await page.waitForSelector('[data-testid="export-path"]');
    }),
  },
  'day-export-running': {
    till: () => {
      const fake = withDay(fullDay());
      fake.onExport = () => new Promise(() => {});
      return fake;
    },
    act: go('day', '[data-testid="day-export-csv"]', async (page) => {
      await page.click('[data-testid="day-export-csv"]');
      await page.waitForSelector('[data-testid="export-stop"]');
    }),
  },
  'day-export-error': {
    till: () => {
      const fake = withDay(fullDay());
      fake.onExport = () =>
        Promise.reject({ code: 'disk_full', field: null, limit_xof: null, detail: '/media/usb' });
      return fake;
    },
    act: go('day', '[data-testid="day-export-csv"]', async (page) => {
      await page.click('[data-testid="day-export-csv"]');
      await page.waitForSelector('[data-testid="field-error"]');
    }),
  },
  'day-error': {
    till: () => {
      const fake = till();
      fake.onDay = () => Promise.reject({ code: 'ledger_held', field: null, limit_xof: null, detail: null });
      return fake;
    },
    act: go('day', '[data-testid="field-error"]'),
  },

  'settings-training': {
    till: () => till(),
    act: go('settings', '[data-testid="backup-row"]'),
    main: true,
  },
  'settings-live': {
    till: () => withPrinter(till(LIVE)),
    act: go('settings', '[data-testid="backup-row"]', async (page) => {
      await page.click('[data-testid="test-connection"]');
      await page.waitForSelector('[data-testid="connection-verdict"]');
    }),
    main: true,
  },
  'settings-errors': {
    till: () => {
      const fake = till({ credentials: 'keychain_locked' });
      fake.saveSettings = () =>
        Promise.reject({ code: 'url_not_allowed', field: 'base_url', limit_xof: null, detail: null });
      fake.saveCredentials = () =>
        Promise.reject({ code: 'keychain_locked', field: null, limit_xof: null, detail: null });
      return fake;
    },
    act: go('settings', '[data-testid="save-settings"]', async (page) => {
      await page.click('[data-testid="save-settings"]');
      await page.click('[data-testid="save-credentials"]');
      await page.waitForSelector('[data-testid="session-only"]');
    }),
  },
  'settings-go-live': {
    till: () => till({ credentials: 'stored' }),
    act: go('settings', '[data-testid="mode-live"]', async (page) => {
      await page.click('[data-testid="mode-live"]');
      await page.waitForSelector('[role="dialog"]');
    }),
  },
  'settings-restore': {
    till: () => {
      const fake = till();
      fake.onLook = () => Promise.resolve(beyond({ is_same_line: false, is_whole: false }));
      return fake;
    },
    act: go('settings', '[data-testid="backup-row"]', async (page) => {
      await page.click('[data-testid="restore-button"] >> nth=0');
      await page.waitForSelector('[role="dialog"]');
    }),
  },
  'settings-no-backup': {
    till: () => {
      const fake = till({ backup: { newest_at_ms: null, needs_attention: true, problem: 'folder' } });
      fake.backups = () => Promise.resolve({ ...backups(), copies: [] });
      return fake;
    },
    act: go('settings', '[data-testid="backup-now"]'),
  },

  'diagnosis-good': {
    till: () => withPrinter(till(LIVE)),
    act: go('settings', '[data-testid="open-diagnosis"]', diagnoses),
    main: true,
  },
  'diagnosis-bad': {
    till: () => {
      const fake = till(LIVE);
      const bad = (part: PartView, found: FoundView, detail = ''): FindingView => ({
        part,
        health: 'bad',
        found,
        detail,
      });
      fake.findings = findings(
        bad('keys', 'address_refused', 'Code03'),
        bad(
          'certificate',
          'tls_refused',
          'CN=Kaspersky Anti-Virus Personal Root Certificate, O=AO Kaspersky Lab',
        ),
        bad('clock', 'clock_wrong', '+3600 s'),
        { part: 'server', health: 'notice', found: 'other_server', detail: 'ligdicash.exemple.test' },
        bad('keychain', 'keychain_locked'),
        bad('printer', 'printer_unreachable', 'the printer 192.168.1.87 cannot be reached: no answer'),
        { part: 'disk', health: 'notice', found: 'disk_low', detail: '0.4 GB' },
        { part: 'chain', health: 'untried', found: 'not_tried', detail: '' },
      );
      return fake;
    },
    act: go('settings', '[data-testid="open-diagnosis"]', diagnoses),
    main: true,
  },
  'diagnosis-fresh': {
    till: () => {
      const fake = till();
      const untried = (part: PartView): FindingView => ({
        part,
        health: 'untried',
        found: 'not_tried',
        detail: '',
      });
      fake.findings = findings(
        { part: 'keys', health: 'bad', found: 'keys_missing', detail: '' },
        ...(['network', 'server', 'certificate', 'clock', 'chain'] as const).map(untried),
        { part: 'printer', health: 'untried', found: 'no_printer', detail: '' },
      );
      return fake;
    },
    act: go('settings', '[data-testid="open-diagnosis"]', diagnoses),
  },
  ...FIRST_SCENES,
  ...STORY_SCENES,
  ...PEOPLE_SCENES,

  opening: {
    till: () => {
      const fake = till();
      fake.onSnapshot = () => new Promise(() => {});
      return fake;
    },
  },
  fatal: {
    till: () => {
      const fake = till();
      fake.onSnapshot = () =>
        Promise.reject({ code: 'ledger_newer', field: null, limit_xof: null, detail: 'schema 14 > 9' });
      return fake;
    },
    act: async (page) => void (await page.waitForSelector('[data-testid="fatal"]')),
    main: true,
  },
  damaged: {
    till: () => damagedTill(true),
    act: async (page) => void (await page.waitForSelector('[data-testid="restore-button"]')),
    main: true,
  },
  'damaged-no-copy': {
    till: () => damagedTill(false),
    act: async (page) => void (await page.waitForSelector('[data-testid="damaged-ledger"] .button')),
  },
};

function damagedTill(hasCopy: boolean): FakeTill {
  const fake = till();
  fake.onSnapshot = () =>
    Promise.reject({ code: 'ledger_damaged', field: null, limit_xof: null, detail: 'malformed' });
  fake.onDamage = () =>
    Promise.resolve({
      mode: 'live',
      path: '/srv/Caisse de la boutique/tg.encaisse.till/live.sqlite3',
      detail: 'database disk image is malformed',
      copy: hasCopy ? beyond() : null,
    });
  return fake;
}
