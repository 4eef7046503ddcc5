// The guided first sale. Owns which step stands now, and nothing of the sale: the step follows from what the cashier has
// really typed and from what the till really knows, so that no step can be ahead of the money.
import type { PaymentView } from '../lib/bindings/PaymentView';
import type { Session } from '../lib/session.svelte';
import type { Sale } from '../payment/sale.svelte';

export type CoachStep =
  | 'amount'
  | 'number'
  | 'charge'
  | 'sending'
  | 'phone'
  | 'waiting'
  | 'paid'
  | 'receipt'
  | 'not_paid'
  | 'unsure';

/** The steps of a sale that goes well, as they are counted. */
export const COUNTED: CoachStep[] = ['amount', 'number', 'charge', 'phone', 'paid', 'receipt'];

/** What a step points at, in the order in which it is looked for. */
const TARGETS: Partial<Record<CoachStep, string>> = {
  amount: '[data-testid="amount-input"]',
  number: '[data-testid="phone-input"]',
  charge: '[data-testid="charge-button"]',
  phone: '[data-testid="sim-approve"]',
  paid: '[data-testid="payment-card"][data-state="paid"] [data-testid="print-receipt"]',
};

export class Coach {
  isOn = $state(false);
  /** Cards that were there before; they are not this sale's. */
  private before = $state<string[]>([]);
  private read = $state<string | null>(null);

  constructor(
    private readonly session: Session,
    private readonly sale: Sale,
  ) {}

  start(): void {
    this.before = this.session.shown.map((payment) => payment.id);
    this.read = null;
    this.isOn = true;
  }

  stop(): void {
    this.isOn = false;
  }

  /** The receipt of this payment was opened. */
  receiptSeen(id: string): void {
    this.read = id;
  }

  /** The payment of the guided sale: the newest of those that were charged since. */
  get payment(): PaymentView | undefined {
    return this.session.shown.find((payment) => !this.before.includes(payment.id));
  }

  get step(): CoachStep {
    const { payment, sale } = this;
    if (!payment) {
      if (this.read) return 'receipt';
      if (sale.step === 'sending') return 'sending';
      if (sale.amount === '' || sale.error?.field === 'amount') return 'amount';
      return sale.inspection?.valid ? 'charge' : 'number';
    }
    if (payment.state === 'recorded' || payment.state === 'submitting') return 'sending';
    if (payment.state === 'pending')
      return this.session.snapshot?.prompts.some((prompt) => prompt.payment_id === payment.id)
        ? 'phone'
        : 'waiting';
    if (payment.state === 'uncertain' || payment.state === 'review') return 'unsure';
    if (payment.state !== 'paid') return 'not_paid';
    const prints = this.session.snapshot?.settings.papers.print !== 'never';
    return prints && this.read !== payment.id ? 'paid' : 'receipt';
  }

  /** What the step points at on the page, when it is there. */
  target(): HTMLElement | null {
    const selector = TARGETS[this.step];
    return selector ? document.querySelector<HTMLElement>(selector) : null;
  }
}
