// A till played by a test: answers at once, remembers what it was asked, and speaks when told to.
import type { Backend } from '../src/lib/backend';
import type { ChargeOutcome } from '../src/lib/bindings/ChargeOutcome';
import type { ChargeRequest } from '../src/lib/bindings/ChargeRequest';
import type { DecisionInput } from '../src/lib/bindings/DecisionInput';
import type { PaymentView } from '../src/lib/bindings/PaymentView';
import type { SettingsInput } from '../src/lib/bindings/SettingsInput';
import type { Snapshot } from '../src/lib/bindings/Snapshot';
import type { TillEvent } from '../src/lib/bindings/TillEvent';

let made = 0;

export function payment(change: Partial<PaymentView> = {}): PaymentView {
  made += 1;
  return {
    id: `payment-${made}`,
    version: 1,
    mode: 'training',
    state: 'pending',
    amount_xof: 5000,
    phone: '90 12 •• 56',
    operator_hint: 'yas',
    operator_name: null,
    created_at_ms: Date.now(),
    accepted_at_ms: null,
    resolved_at_ms: null,
    last_check_at_ms: null,
    next_check_at_ms: null,
    check_problem: null,
    receipt_number: null,
    request_id: null,
    refusal: null,
    not_sent_cause: null,
    uncertain_cause: null,
    review_reason: null,
    confirmed_amount_xof: null,
    decisions: [],
    set_aside: false,
    late: false,
    previous_payment_id: null,
    ...change,
  };
}

export function snapshot(change: Partial<Snapshot> = {}): Snapshot {
  return {
    mode: 'training',
    other_server: null,
    open: [],
    recent: [],
    watched_aside: 0,
    live_open: 0,
    credentials: 'missing',
    settings: {
      shop_name: 'Boutique Agbalépédo',
      website_url: '',
      callback_url: '',
      base_url: '',
      base_url_from_environment: false,
      language: 'fr',
      theme: 'light',
      review_above_xof: 200000,
      amount_min_xof: 100,
      amount_max_xof: 2000000,
      data_dir: 'C:/Encaisse',
    },
    prompts: [],
    recovery: null,
    online: true,
    app_version: '0.1.0',
    ...change,
  };
}

export class FakeTill implements Backend {
  charges: ChargeRequest[] = [];
  decisions: DecisionInput[] = [];
  said: string[] = [];
  now = snapshot();
  onCharge: (request: ChargeRequest) => Promise<ChargeOutcome> = () =>
    Promise.resolve({ kind: 'charged', payment: payment() });
  private heard: ((event: TillEvent) => void) | null = null;

  tell(event: TillEvent): void {
    this.heard?.(event);
  }
  snapshot = () => Promise.resolve(this.now);
  charge = (request: ChargeRequest) => {
    this.charges.push(request);
    return this.onCharge(request);
  };
  inspectPhone = (text: string) =>
    Promise.resolve({
      valid: text.replace(/\D/g, '').length === 8,
      formatted: text,
      hint: text.startsWith('99') ? ('moov' as const) : ('yas' as const),
      known_operator: null,
      problem: null,
    });
  checkNow = (id: string) => Promise.resolve(payment({ id, version: 2 }));
  setAside = (id: string) => Promise.resolve(payment({ id, version: 2, set_aside: true }));
  decide = (input: DecisionInput) => {
    this.decisions.push(input);
    return Promise.resolve(payment({ id: input.payment_id, version: 3 }));
  };
  history = () => Promise.resolve({ rows: [payment({ state: 'paid' })], next: null });
  paymentDetail = (id: string) => Promise.resolve({ payment: payment({ id }), timeline: [] });
  saved: SettingsInput[] = [];
  saveSettings = (input: SettingsInput) => {
    this.saved.push(input);
    return Promise.resolve(this.now);
  };
  saveCredentials = () => Promise.resolve(this.now);
  forgetCredentials = () => Promise.resolve(this.now);
  retryKeychain = () => Promise.resolve(this.now);
  testConnection = () =>
    Promise.resolve({
      verdict: 'keys_accepted' as const,
      code: '02',
      server: 'app.ligdicash.com',
      detail: '',
    });
  setMode = () => Promise.resolve(this.now);
  answerPrompt = (id: string, answer: string) => {
    this.said.push(`${answer} ${id}`);
    return Promise.resolve();
  };
  listen = (heard: (event: TillEvent) => void) => {
    this.heard = heard;
    return Promise.resolve(() => (this.heard = null));
  };
  get isHeard(): boolean {
    return this.heard !== null;
  }
}
