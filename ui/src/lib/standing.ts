// What people decided about a payment, and what is left to do about it. Owns which decisions are offered for which payment;
// the till itself refuses what is not possible.
import type { DecisionKindView } from './bindings/DecisionKindView';
import type { DecisionView } from './bindings/DecisionView';
import type { PaymentView } from './bindings/PaymentView';
import type { StateView } from './bindings/StateView';

const OPEN: StateView[] = ['recorded', 'submitting', 'pending', 'uncertain', 'review'];
const UNSURE: DecisionKindView[] = ['accepted_as_paid', 'written_off', 'settled_otherwise'];

/** What became of the sale, in the words of whoever decided last. Putting it aside decides nothing. */
export function decided(payment: PaymentView): DecisionView | undefined {
  return payment.decisions.filter((decision) => decision.kind !== 'set_aside').at(-1);
}

/** Its money was given back. */
function isRefunded(payment: PaymentView): boolean {
  return payment.decisions.some((decision) => decision.kind === 'refund_recorded');
}

/** It wants somebody's eye: its card is shown whatever was started in this window. */
export function isOpen(payment: PaymentView): boolean {
  if (payment.late) return !isRefunded(payment);
  if (payment.set_aside && payment.state === 'pending') return false;
  return !decided(payment) && OPEN.includes(payment.state);
}

/** What to ask with did not come with a restored copy: a person must look it up. */
export function isLost(payment: PaymentView): boolean {
  return payment.state === 'pending' && payment.check_problem === 'handle_lost';
}

/** The till still asks LigdiCash, whatever was decided. */
export function isWatched(payment: PaymentView): boolean {
  return payment.state === 'pending' && !isLost(payment);
}

/** Nobody knows what became of it, and only a person can say. */
export function isUnsure(payment: PaymentView): boolean {
  return isLost(payment) || payment.state === 'uncertain' || payment.state === 'review';
}

/** What a person can still decide about it. */
export function choices(payment: PaymentView): DecisionKindView[] {
  if (decided(payment)) return [];
  if (isUnsure(payment)) return UNSURE;
  return payment.state === 'pending' ? ['settled_otherwise'] : [];
}

/** What was decided is what the card is about: what it advised before no longer holds. Late money still asks. */
export function isOverruled(payment: PaymentView): boolean {
  const kind = decided(payment)?.kind;
  return kind !== undefined && (payment.state !== 'paid' || kind === 'refund_recorded');
}
