// People on the page: signing in by keyboard alone, what a role is not shown, and nothing of a sale on a locked screen.
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, expect, test } from 'vitest';
import App from '../src/App.svelte';
import { FakeTill, here, locked, payment, snapshot } from './fake';

afterEach(cleanup);

async function shown(fake: FakeTill, testid: string): Promise<HTMLElement> {
  render(App, { backend: fake });
  return screen.findByTestId(testid);
}

test('a locked till shows names and nothing of a payment', async () => {
  const fake = new FakeTill();
  fake.now = snapshot({ open: [payment()] });
  await shown(fake, 'payment-card');
  fake.now = snapshot({ presence: locked() });
  fake.tell({ kind: 'snapshot_stale' });
  await screen.findByTestId('lock-screen');
  expect(screen.queryByTestId('payment-card')).toBeNull();
  expect(screen.getAllByTestId('lock-person').map((name) => name.textContent?.trim())).toHaveLength(3);
});

test('a name, digits and Enter open the till, and a wrong PIN says how many tries are left', async () => {
  const fake = new FakeTill();
  fake.now = snapshot({ presence: locked() });
  await shown(fake, 'lock-screen');
  const [, kossi] = screen.getAllByTestId('lock-person');
  if (!kossi) throw new Error('nobody there');
  await fireEvent.click(kossi);
  const pin = await screen.findByTestId<HTMLInputElement>('pin-input');
  fake.onSignIn = () => Promise.reject({ code: 'pin_wrong', field: 'pin', limit_xof: null, detail: '2' });
  const typed = async (digits: string) => {
    await fireEvent.input(pin, { target: { value: digits } });
    await fireEvent.submit(pin.form as HTMLFormElement);
  };
  await typed('1379');
  await screen.findByText(/Encore 2 essais/);
  expect(pin.value).toBe('');
  fake.onSignIn = () => Promise.resolve(snapshot({ presence: here('cashier') }));
  await typed('2580');
  await screen.findByTestId('person-switch');
  expect(fake.pins).toEqual([
    { person_id: 'p2', pin: '1379' },
    { person_id: 'p2', pin: '2580' },
  ]);
});

test('a cashier is shown no day, and an auditor no keypad', async () => {
  const cashier = new FakeTill();
  cashier.now = snapshot({ presence: here('cashier') });
  await shown(cashier, 'person-switch');
  expect(screen.queryByTestId('nav-day')).toBeNull();
  cleanup();
  const auditor = new FakeTill();
  auditor.now = snapshot({ presence: here('auditor') });
  await shown(auditor, 'person-switch');
  expect(screen.queryByTestId('nav-till')).toBeNull();
  await screen.findByTestId('history-search');
});

test('whoever is signed in is asked for no name, and locks with one press', async () => {
  const fake = new FakeTill();
  fake.now = snapshot({ presence: here('manager', 'Mawuli') });
  await fireEvent.click(await shown(fake, 'nav-day'));
  await fireEvent.click(await screen.findByTestId('day-close'));
  await screen.findByTestId('confirm-close');
  expect(screen.queryByTestId('closing-who')).toBeNull();
  await fireEvent.click(screen.getByTestId('person-switch'));
  await waitFor(() => expect(screen.queryByTestId('lock-screen')).not.toBeNull());
});

test('whoever comes after a lock begins at the keypad, and not where somebody else was', async () => {
  const fake = new FakeTill();
  await fireEvent.click(await shown(fake, 'nav-settings'));
  await waitFor(() => expect(screen.getByTestId('nav-settings').getAttribute('aria-current')).toBe('page'));
  fake.now = snapshot({ presence: locked() });
  fake.tell({ kind: 'snapshot_stale' });
  await screen.findByTestId('lock-screen');
  fake.now = snapshot({ presence: here('cashier') });
  fake.tell({ kind: 'snapshot_stale' });
  await waitFor(() => expect(screen.getByTestId('nav-till').getAttribute('aria-current')).toBe('page'));
});
