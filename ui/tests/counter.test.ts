// What a hurried cashier must not be misled by: what was put aside, what was paid a while ago, and whoever stands there.
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import App from '../src/App.svelte';
import type { Snapshot } from '../src/lib/bindings/Snapshot';
import { FakeTill, here, locked, payment, snapshot } from './fake';

let till: FakeTill;
beforeEach(() => {
  till = new FakeTill();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const cards = () => screen.queryAllByTestId('payment-card');
async function open(): Promise<void> {
  render(App, { backend: till });
  await screen.findByTestId('mode-banner');
}

test('what was put aside is said at once, and comes back as a card when it ends', async () => {
  const waiting = payment({ id: 'p1', version: 2 });
  till.now = snapshot({ open: [waiting] });
  till.setAside = () => Promise.resolve({ ...waiting, version: 3, set_aside: true });
  await open();
  till.now = snapshot();
  await fireEvent.click(await screen.findByTestId('set-aside'));
  await waitFor(() => expect(cards()).toHaveLength(0));
  expect(document.body.textContent).toContain('1 paiement mis de côté');
  const paid = {
    ...waiting,
    version: 4,
    set_aside: true,
    decisions: [{ kind: 'set_aside' as const, who: '', reason: '', reference: null, at_ms: Date.now() }],
    state: 'paid' as const,
    resolved_at_ms: Date.now(),
  };
  till.tell({ kind: 'payment_changed', payment: paid });
  await waitFor(() => expect(cards().map((card) => card.dataset['state'])).toEqual(['paid']));
  expect(cards()[0]?.textContent).toContain('Mis de côté à');
  expect(cards()[0]?.textContent).not.toContain('Vous pouvez remettre');
  // What is no longer watched aside is no longer said to be.
  await waitFor(() => expect(document.body.textContent).not.toContain('1 paiement mis de côté'));
  // Told again, it does not come again.
  await fireEvent.click(screen.getByTestId('close-card'));
  till.tell({ kind: 'payment_changed', payment: { ...paid, version: 5 } });
  await new Promise((later) => setTimeout(later, 50));
  expect(cards()).toHaveLength(0);
});

test('an old green card leaves by itself, and late money does not', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  till.now = snapshot({ open: [payment({ id: 'p1', version: 1 })] });
  await open();
  const paid = payment({ id: 'p1', version: 2, state: 'paid', resolved_at_ms: Date.now() });
  till.tell({ kind: 'payment_changed', payment: paid });
  till.tell({ kind: 'late_success', payment: { ...paid, id: 'p2', late: true } });
  await waitFor(() => expect(cards()).toHaveLength(2));
  await vi.advanceTimersByTimeAsync(200_000);
  await waitFor(() => expect(cards().map((card) => card.dataset['paymentId'])).toEqual(['p2']));
});

test('a digit goes to the amount wherever the mouse left the focus, and not into a question', async () => {
  await open();
  screen.getByTestId('mute').focus();
  await fireEvent.keyDown(screen.getByTestId('mute'), { key: '5' });
  expect(document.activeElement).toBe(screen.getByTestId('amount-input'));
  screen.getByTestId('phone-input').focus();
  await fireEvent.keyDown(screen.getByTestId('phone-input'), { key: '9' });
  expect(document.activeElement).toBe(screen.getByTestId('phone-input'));
});

test('of several decisions none is chosen beforehand', async () => {
  till.now = snapshot({ open: [payment({ state: 'uncertain', uncertain_cause: 'answer_lost' })] });
  await open();
  await fireEvent.click(await screen.findByTestId('decide'));
  const dialog = await screen.findByRole('dialog');
  expect(within(dialog).queryAllByRole('radio', { checked: true })).toHaveLength(0);
  expect(screen.getByTestId<HTMLButtonElement>('save-decision').disabled).toBe(true);
});

test('an answer that was asked for before the lock does not lift it', async () => {
  const seen = snapshot({ presence: here('owner', 'Afi'), open: [payment({ id: 'p1' })] });
  till.now = seen;
  await open();
  await waitFor(() => expect(cards()).toHaveLength(1));
  let answer: (snapshot: Snapshot) => void = () => {};
  till.snapshot = () => new Promise((resolve) => (answer = resolve));
  till.tell({ kind: 'snapshot_stale' });
  till.lock = () => Promise.resolve(snapshot({ presence: locked() }));
  await fireEvent.click(screen.getByTestId('person-switch'));
  await screen.findByText('Caisse verrouillée');
  answer(seen);
  await new Promise((later) => setTimeout(later, 50));
  expect(screen.queryByText('Caisse verrouillée')).not.toBeNull();
  expect(cards()).toHaveLength(0);
});

test('an alert waits behind the lock for whoever signs in next', async () => {
  till.now = snapshot({ presence: here('owner', 'Afi') });
  await open();
  till.tell({ kind: 'contradiction', payment: payment({ state: 'failed', version: 2 }) });
  await screen.findByText(/LigdiCash se contredit/);
  till.lock = () => Promise.resolve(snapshot({ presence: locked() }));
  await fireEvent.click(screen.getByTestId('person-switch'));
  await fireEvent.click((await screen.findAllByTestId('lock-person'))[1] as HTMLElement);
  till.onSignIn = () => Promise.resolve(snapshot({ presence: here('cashier') }));
  const pin = await screen.findByTestId<HTMLInputElement>('pin-input');
  expect(screen.queryByText(/LigdiCash se contredit/)).toBeNull();
  await fireEvent.input(pin, { target: { value: '1379' } });
  await fireEvent.submit(pin.form as HTMLFormElement);
  await screen.findByText(/LigdiCash se contredit/);
});

test('a sale whose earlier request was decided is not asked for again by one press more', async () => {
  const before = payment({ id: 'p1', version: 2, state: 'uncertain' });
  till.now = snapshot({ open: [before] });
  await open();
  till.charge = () => Promise.resolve({ kind: 'unresolved', existing: before });
  await fireEvent.input(await screen.findByTestId('amount-input'), { target: { value: '5000' } });
  await fireEvent.input(screen.getByTestId('phone-input'), { target: { value: '90123456' } });
  await fireEvent.click(screen.getByTestId('charge-button'));
  await fireEvent.click(await screen.findByTestId('keep-waiting'));
  expect(screen.getByTestId<HTMLInputElement>('amount-input').value).not.toBe('');
  const decision = {
    kind: 'accepted_as_paid' as const,
    who: 'Afi',
    reason: 'SMS',
    reference: 'A1',
    at_ms: 1,
  };
  till.tell({ kind: 'payment_changed', payment: { ...before, version: 3, decisions: [decision] } });
  await waitFor(() => expect(screen.getByTestId<HTMLInputElement>('amount-input').value).toBe(''));
  expect(screen.getByTestId<HTMLInputElement>('phone-input').value).toBe('');
});

test('late money is called late wherever it stands, and its question is asked from the history too', async () => {
  const late = payment({
    id: 'p9',
    state: 'paid',
    late: true,
    receipt_number: 7,
    resolved_at_ms: Date.now(),
  });
  till.now = snapshot({ recent: [late] });
  till.onHistory = () => Promise.resolve({ rows: [late], next: null });
  till.paymentDetail = () => Promise.resolve({ payment: late, timeline: [] });
  await open();
  expect(screen.getByTestId('recent-row').textContent).toContain('TARDIF');
  await fireEvent.click(screen.getByTestId('nav-history'));
  const row = await screen.findByTestId('history-row');
  expect(row.textContent).toContain('TARDIF');
  await fireEvent.click(row);
  expect((await screen.findByTestId('detail-late')).textContent).toContain('Ne remettez rien de plus');
  await fireEvent.click(screen.getByTestId('detail-late-ask'));
  await screen.findByText('Paiement arrivé après coup');
});
