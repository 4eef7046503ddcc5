// The history's detail and what was decided, in the states that ask something of a person.
import type { PaymentView } from '../../src/lib/bindings/PaymentView';
import type { TimelineEntry } from '../../src/lib/bindings/TimelineEntry';
import { FakeTill, payment, snapshot } from '../fake';
import { NOW_MS, type Scene } from './moment';

const ago = (seconds: number) => NOW_MS - seconds * 1000;
const RAW =
  '{"response_code":"00","token":"•••","response_text":"","description":"","custom_data":{"transaction_id":"0192f3a4-7c11-7d02-9b1e-5f3a6c8d9e10"}}';
const line = (seconds: number, kind: string, detail = ''): TimelineEntry => ({
  at_ms: ago(seconds),
  kind,
  state: null,
  detail,
});
const SENT = [
  line(90_000, 'recorded', '12500 XOF · 9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4a3928 · i1 · Kossi · '),
  line(90_000, 'submission_started'),
  line(89_999, 'create_accepted', RAW),
  ...[89_990, 89_980, 89_960, 80_000, 50_000].map((seconds) => line(seconds, 'confirm_pending', RAW)),
];
const by = (kind: PaymentView['decisions'][number]['kind'], reference: string | null = null) => ({
  kind,
  who: 'Afi',
  reason: 'Le client a montré son SMS',
  reference,
  at_ms: ago(1200),
});

function seen(found: PaymentView, timeline: TimelineEntry[]): FakeTill {
  const fake = new FakeTill();
  fake.now = snapshot({ watched_aside: found.set_aside ? 1 : 0 });
  fake.onHistory = () => Promise.resolve({ rows: [found], next: null });
  fake.paymentDetail = () => Promise.resolve({ payment: found, timeline });
  return fake;
}
const detail: NonNullable<Scene['act']> = async (page) => {
  await page.click('[data-testid="nav-history"]');
  await page.click('[data-testid="history-row"]');
  await page.waitForSelector('[data-testid="story"]');
};
const one = (change: Partial<PaymentView>) =>
  payment({
    id: '0192f3a4-7c11-7d02-9b1e-5f3a6c8d9e10',
    amount_xof: 12500,
    created_at_ms: ago(90_000),
    ...change,
  });
const decidedTill = (open: PaymentView, kind: PaymentView['decisions'][number]['kind']) => ({
  till: () => {
    const fake = new FakeTill();
    fake.now = snapshot({
      open: [open],
      recent: [{ ...open, id: 'r1', decisions: [by(kind)], resolved_at_ms: ago(60) }],
    });
    return fake;
  },
  act: (async (page) => {
    await page.evaluate(
      (told) => (window as unknown as { tell: (event: unknown) => Promise<void> }).tell(told),
      {
        kind: 'payment_changed',
        payment: { ...open, version: 9, decisions: [by(kind, 'MP261124.1432.A8')] },
      },
    );
    await page.waitForSelector('[data-testid="decided"]');
  }) satisfies Scene['act'],
});

export const STORY_SCENES: Record<string, Scene> = {
  'history-aside': {
    till: () =>
      seen(one({ set_aside: true, decisions: [by('set_aside')] }), [
        ...SENT,
        line(1200, 'decision', 'set_aside ·  · '),
      ]),
    act: detail,
    main: true,
  },
  'history-uncertain': {
    till: () =>
      seen(one({ state: 'uncertain', uncertain_cause: 'answer_lost' }), [
        ...SENT.slice(0, 2),
        line(89_000, 'create_unknown', 'AnswerLost: timed out'),
      ]),
    act: detail,
  },
  'history-decided': {
    till: () =>
      seen(one({ state: 'uncertain', decisions: [by('accepted_as_paid', 'MP261124.1432.A81234')] }), [
        ...SENT.slice(0, 2),
        line(89_000, 'create_unknown', 'AnswerLost: timed out'),
        line(1200, 'decision', 'accepted_as_paid · Afi · Le client a montré son SMS · MP261124.1432.A81234'),
      ]),
    act: async (page) => {
      await detail(page);
      await page.click('[data-testid="technical"] summary');
    },
  },
  'till-decided-uncertain': decidedTill(
    one({ state: 'uncertain', uncertain_cause: 'answer_lost' }),
    'written_off',
  ),
  'till-decided-wait': decidedTill(one({}), 'settled_otherwise'),
  'till-amount-signs': {
    till: () => new FakeTill(),
    act: async (page) => {
      await page.fill('[data-testid="amount-input"]', '2.500');
      await page.waitForSelector('#amount-error');
    },
  },
  'live-old-keys': {
    till: () => {
      const fake = new FakeTill();
      fake.now = snapshot({ credentials: 'stored', live_open: 2 });
      fake.saveCredentials = () =>
        Promise.reject({ code: 'open_payments_with_old_keys', field: null, limit_xof: null, detail: null });
      return fake;
    },
    act: async (page) => {
      await page.click('[data-testid="open-live-guide"]');
      await page.click('[data-testid="save-credentials"]');
      await page.waitForSelector('[data-testid="old-keys"]');
    },
  },
  'settings-end': {
    till: () => new FakeTill(),
    act: async (page) => {
      await page.click('[data-testid="nav-settings"]');
      await page.waitForSelector('[data-testid="backup-row"]');
      await page.evaluate(() => document.querySelector('main')?.scrollTo(0, 1_000_000));
    },
  },
  'help-people': {
    till: () => new FakeTill(),
    act: async (page) => {
      await page.click('[data-testid="nav-help"]');
      await page.click('[data-testid="help-people"]');
    },
  },
  'till-server-and-chain': {
    till: () => {
      const fake = new FakeTill();
      fake.now = snapshot({
        other_server: '127.0.0.1:8090',
        chain_notice: {
          kind: 'lost',
          entries_kept: 214,
          entries_found: 190,
          lines_kept: 800,
          lines_found: 712,
        },
      });
      return fake;
    },
  },
};
