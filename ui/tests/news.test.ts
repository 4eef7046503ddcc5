// What happened while nobody looked: it is shown once, to whoever comes.
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test } from 'vitest';
import App from '../src/App.svelte';
import { FakeTill, here, locked, payment, snapshot } from './fake';

let till: FakeTill;
beforeEach(() => {
  till = new FakeTill();
});
afterEach(cleanup);

const cards = () => screen.queryAllByTestId('payment-card').map((card) => card.dataset['paymentId']);
const paid = (id: string) =>
  payment({ id, version: 4, state: 'paid', receipt_number: 7, resolved_at_ms: Date.now() - 3_600_000 });
async function told(change: Parameters<typeof snapshot>[0]): Promise<void> {
  till.now = snapshot(change);
  till.tell({ kind: 'snapshot_stale' });
  await new Promise((later) => setTimeout(later, 20));
}

test('what was paid behind the lock is a green card after it, however long ago, and only once', async () => {
  till.now = snapshot({ presence: here('cashier'), open: [payment({ id: 'p1' })] });
  render(App, { backend: till });
  await waitFor(() => expect(cards()).toEqual(['p1']));
  await told({ presence: locked() });
  await told({ presence: here('cashier'), ended: [paid('p1')] });
  await waitFor(() => expect(cards()).toEqual(['p1']));
  // Whoever paid an hour ago no longer stands there.
  expect(screen.getByTestId('payment-card').textContent).toContain('quand personne ne regardait');
  expect(screen.getByTestId('payment-card').textContent).not.toContain('Vous pouvez remettre');
  await fireEvent.click(screen.getByTestId('close-card'));
  await told({ presence: here('cashier'), ended: [paid('p1')] });
  expect(cards()).toEqual([]);
  // Whoever locked by hand has seen it; what the till still names behind the next lock nobody has.
  await told({ presence: locked() });
  await told({ presence: here('cashier'), ended: [paid('p2'), paid('p1')] });
  await waitFor(() => expect(cards().sort()).toEqual(['p1', 'p2']));
});

test('a contradiction is told until somebody closes it, also after a restart', async () => {
  till.now = snapshot({ contradictions: [paid('p1')] });
  render(App, { backend: till });
  const notice = await screen.findByTestId('notice');
  expect(notice.textContent).toContain('LigdiCash');
  await told({ contradictions: [paid('p1')] });
  expect(screen.getAllByTestId('notice')).toHaveLength(1);
  await fireEvent.click(notice.querySelector('button')!);
  expect(till.said).toEqual(['seen p1']);
  await told({ contradictions: [paid('p1')] });
  expect(screen.queryByTestId('notice')).toBeNull();
});

test('receipts that did not print themselves are told one after the other', async () => {
  const error = { code: 'printer_unreachable' as const, field: null, limit_xof: null, detail: 'x' };
  const unprinted = [8, 7].map((number) => ({
    payment: { ...paid(`p${number}`), receipt_number: number },
    error,
  }));
  till.now = snapshot({ unprinted });
  render(App, { backend: till });
  expect((await screen.findByTestId('notice')).textContent).toContain('n° 8');
  await fireEvent.click(screen.getByTestId('notice').querySelector('button')!);
  expect(screen.getByTestId('notice').textContent).toContain('n° 7');
  await told({ unprinted: [] });
  expect(screen.queryByTestId('notice')).toBeNull();
  expect(till.said, 'the page prints nothing by itself').toEqual([]);
});

test('a payment that ends on the screen is left to the till to print', async () => {
  till.now = snapshot({ open: [payment({ id: 'p1' })] });
  render(App, { backend: till });
  await waitFor(() => expect(cards()).toEqual(['p1']));
  till.tell({ kind: 'payment_changed', payment: { ...paid('p1'), resolved_at_ms: Date.now() } });
  await new Promise((later) => setTimeout(later, 20));
  expect(till.said).toEqual([]);
});
