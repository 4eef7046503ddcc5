import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test } from 'vitest';
import App from '../src/App.svelte';
import { FakeTill, payment, snapshot } from './fake';

let till: FakeTill;

async function open(): Promise<{ unmount: () => void }> {
  const page = render(App, { backend: till });
  await screen.findByTestId('mode-banner');
  return page;
}

beforeEach(() => {
  till = new FakeTill();
});
afterEach(cleanup);

test('what was learned is said with its number, and the light in words', async () => {
  till.onAnswering = () => Promise.resolve({ nine_in_ten_s: 48, approvals: 320, light: 'slow' });
  await open();
  const said = await screen.findByTestId('learned-wait');
  expect(said.textContent).toContain('Ici, 9 clients sur 10 valident en moins de 48 s');
  expect(screen.getByTestId('yas-light').textContent).toContain('YAS répond lentement');
  expect(screen.getByTestId('yas-light').dataset['light']).toBe('slow');
});

test('too little known says nothing, and an error hides nothing else', async () => {
  await open();
  expect(screen.queryByTestId('learned-wait')).toBeNull();
  cleanup();
  till.onAnswering = () => Promise.reject(new Error('the ledger does not answer'));
  await open();
  expect(screen.queryByTestId('learned-wait')).toBeNull();
  expect(screen.getByTestId('charge-button')).toBeTruthy();
});

test('it is asked again after a result', async () => {
  let asked = 0;
  till.onAnswering = () => {
    asked += 1;
    return Promise.resolve({ nine_in_ten_s: null, approvals: 3, light: asked > 1 ? 'good' : 'unknown' });
  };
  const waiting = payment();
  till.now = snapshot({ open: [waiting] });
  await open();
  expect(screen.queryByTestId('yas-light')).toBeNull();
  till.tell({
    kind: 'payment_changed',
    payment: { ...waiting, version: 2, state: 'paid', resolved_at_ms: Date.now() },
  });
  await screen.findByTestId('yas-light');
});

test('the first digit of a sale warms the way, the next ones do not', async () => {
  await open();
  const amount = screen.getByTestId<HTMLInputElement>('amount-input');
  for (const value of ['5', '50', '500']) await fireEvent.input(amount, { target: { value } });
  expect(till.warmedUp).toBe(1);
});

test('a window that comes back and a network that comes back ask again, until the page is gone', async () => {
  const page = await open();
  window.dispatchEvent(new Event('focus'));
  window.dispatchEvent(new Event('online'));
  await waitFor(() => expect(till.lookedAgain).toBe(2));
  page.unmount();
  window.dispatchEvent(new Event('focus'));
  expect(till.lookedAgain).toBe(2);
});
