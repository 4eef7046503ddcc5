// After a decision: the card says what was decided and what it means, and no advice that no longer holds.
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test } from 'vitest';
import App from '../src/App.svelte';
import type { DecisionKindView } from '../src/lib/bindings/DecisionKindView';
import type { PaymentView } from '../src/lib/bindings/PaymentView';
import { FakeTill, here, locked, payment, snapshot } from './fake';

let till: FakeTill;
beforeEach(() => {
  till = new FakeTill();
});
afterEach(cleanup);

async function open(): Promise<void> {
  render(App, { backend: till });
  await screen.findByTestId('mode-banner');
}
const by = (kind: DecisionKindView) => ({ kind, who: 'Afi', reason: 'vu', reference: null, at_ms: 1 });
const type = (testid: string, value: string) =>
  fireEvent.input(screen.getByTestId(testid), { target: { value } });
async function ask(): Promise<void> {
  await type('amount-input', '5000');
  await type('phone-input', '90123456');
  await fireEvent.keyDown(screen.getByTestId('phone-input'), { key: 'Enter' });
}
const card = () => screen.getByTestId('payment-card').textContent ?? '';

test.each<[PaymentView['state'], DecisionKindView, string]>([
  ['uncertain', 'written_off', 'Rien n’est compté'],
  ['uncertain', 'accepted_as_paid', 'Compté à part'],
  ['review', 'settled_otherwise', 'payé d’une autre façon'],
  ['pending', 'settled_otherwise', 'La caisse continue de vérifier'],
])('%s and %s: the decision stands first, and the old advice is gone', async (state, kind, means) => {
  const before = payment({ id: 'p1', state });
  till.now = snapshot({ open: [before] });
  await open();
  till.now = snapshot();
  till.tell({ kind: 'payment_changed', payment: { ...before, version: 2, decisions: [by(kind)] } });
  await screen.findByTestId('decided');
  expect(card()).toContain(means);
  expect(card()).not.toMatch(/Ne la renvoyez pas|Questionnez|À lire au client|Appelez le responsable/);
  expect(screen.queryByTestId('guide')).toBeNull();
  expect(screen.getByTestId('close-card')).toBeTruthy();
});

test('late money still asks, whatever was decided before it came', async () => {
  const late = payment({ state: 'paid', late: true, decisions: [by('settled_otherwise')] });
  till.now = snapshot({ open: [late] });
  await open();
  expect(card()).toContain('Ne remettez rien de plus');
  expect(screen.getByTestId('late-ask')).toBeTruthy();
});

test.each<[DecisionKindView, string]>([
  ['written_off', 'non payé'],
  ['accepted_as_paid', 'accepté'],
  ['settled_otherwise', 'réglé autrement'],
  ['refund_recorded', 'remboursé'],
])('a recent row mentions %s in a word', async (kind, word) => {
  till.now = snapshot({ recent: [payment({ state: 'uncertain', decisions: [by('set_aside'), by(kind)] })] });
  await open();
  expect(screen.getByTestId('recent-row').textContent).toContain(word);
});

test('waiting for one that was put aside brings its card back', async () => {
  const existing = payment({ id: 'p1', set_aside: true, decisions: [by('set_aside')] });
  till.now = snapshot({ watched_aside: 1 });
  till.onCharge = () => Promise.resolve({ kind: 'unresolved', existing });
  await open();
  await ask();
  await fireEvent.click(await screen.findByTestId('keep-waiting'));
  await waitFor(() => expect(screen.getByTestId('payment-card').dataset['paymentId']).toBe('p1'));
});

test('a command refused because the till is locked brings the lock', async () => {
  till.now = snapshot({ presence: here('cashier') });
  await open();
  till.now = snapshot({ presence: locked() });
  till.onCharge = () => Promise.reject({ code: 'locked', field: null, limit_xof: null, detail: null });
  await ask();
  await screen.findByText('Caisse verrouillée');
});
