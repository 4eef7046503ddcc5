// One sale being typed. Owns its intent: one random identifier a sale, kept while amount and number stay the same, so
// that a lost answer, a second press or Enter held down never makes a second payment.
import { asUiError } from '../lib/backend';
import type { ChargeRequest } from '../lib/bindings/ChargeRequest';
import type { PaymentView } from '../lib/bindings/PaymentView';
import type { PhoneInspection } from '../lib/bindings/PhoneInspection';
import type { UiError } from '../lib/bindings/UiError';
import { amountWhileTyping, isAmount } from '../lib/format';
import type { Session } from '../lib/session.svelte';
import { decided } from '../lib/standing';

export type Step = 'typing' | 'review' | 'sending' | 'unresolved';

export class Sale {
  amount = $state('');
  phone = $state('');
  step = $state<Step>('typing');
  error = $state<UiError | null>(null);
  existing = $state<PaymentView | null>(null);
  inspection = $state<PhoneInspection | null>(null);
  /** The request that already was under way for what stands in the fields. */
  private about: string | null = null;
  private intent: { id: string; of: string } | null = null;
  private inspected = 0;

  constructor(private readonly session: Session) {}

  typeAmount(text: string): void {
    // The first digit of a sale; a way that stays cold only costs a moment.
    if (this.amount === '' && text !== '') void this.session.backend.warmUp().catch(() => {});
    this.about = null;
    this.amount = amountWhileTyping(text);
    // Said while it is typed: what is no plain number is never read as another one.
    if (!isAmount(this.amount)) this.refuseAmount();
    else if (this.error?.field !== 'phone') this.error = null;
  }

  /** A key that is no digit. */
  refuseAmount(): void {
    this.error = { code: 'amount_not_a_number', field: 'amount', limit_xof: null, detail: null };
  }

  typePhone(text: string): void {
    this.about = null;
    this.phone = text;
    if (this.error?.field !== 'amount') this.error = null;
    void this.inspect();
  }

  press(key: string): void {
    if (key === 'erase') this.typeAmount(this.amount.replace(/[\s\u202f]/g, '').slice(0, -1));
    else this.typeAmount(this.amount + key);
  }

  /** Refills the fields from nothing but what the person typed; the number is not known to the page any more. */
  again(amountXof: number): void {
    this.typeAmount(String(amountXof));
    this.step = 'typing';
  }

  async submit(): Promise<void> {
    if (this.step === 'sending') return;
    if (this.step === 'typing' && this.wantsReview()) {
      this.step = 'review';
      return;
    }
    await this.send(null);
  }

  async send(after: string | null): Promise<void> {
    if (this.step === 'sending') return;
    this.step = 'sending';
    this.error = null;
    const of = `${this.amount}|${this.phone}`;
    if (this.intent?.of !== of) this.intent = { id: crypto.randomUUID(), of };
    const request: ChargeRequest = {
      intent_id: this.intent.id,
      amount: this.amount,
      phone: this.phone,
      after_payment_id: after,
    };
    try {
      const outcome = await this.session.backend.charge(request);
      if (outcome.kind === 'charged') {
        this.session.show(outcome.payment);
        this.fresh();
      } else {
        this.session.take(outcome.existing);
        this.existing = outcome.existing;
        this.about = outcome.existing.id;
        this.step = 'unresolved';
      }
    } catch (error) {
      this.error = asUiError(error);
      this.step = 'typing';
    }
  }

  /** The first request is waited for, and stands in sight while it is. */
  keepWaiting(): void {
    const { existing } = this;
    if (existing?.set_aside && existing.state === 'pending') this.session.bringBack(existing);
    this.back();
  }

  back(): void {
    this.existing = null;
    this.step = 'typing';
  }

  /** One look more at a large amount; what the till would refuse anyway is left for it to refuse. */
  private wantsReview(): boolean {
    const settings = this.session.snapshot?.settings;
    const francs = Number(this.amount.replace(/\s/g, ''));
    if (!settings || settings.review_above_xof <= 0 || !this.inspection?.valid) return false;
    return francs > settings.review_above_xof && francs <= settings.amount_max_xof;
  }

  /** Whoever decided what became of a sale has ended it: one press more must not ask for it again. */
  settled(payment: PaymentView): void {
    if (payment.id === this.about && decided(payment)) this.fresh();
  }

  private fresh(): void {
    this.about = null;
    this.amount = '';
    this.phone = '';
    this.intent = null;
    this.existing = null;
    this.inspection = null;
    this.error = null;
    this.step = 'typing';
  }

  private async inspect(): Promise<void> {
    const asked = ++this.inspected;
    try {
      const found = await this.session.backend.inspectPhone(this.phone);
      // A slower answer about what was typed before is nobody's any more.
      if (asked === this.inspected && this.phone !== '') this.inspection = found;
    } catch {
      this.inspection = null;
    }
    if (this.phone === '') this.inspection = null;
  }
}
