// The first minutes of a till: the welcome that is never in the way, the guided sale, and the way to real money.
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import App from '../src/App.svelte';
// Read beforehand, so that what is not to be seen has had the time to come.
import '../src/first/Welcome.svelte';
import type { PaymentView } from '../src/lib/bindings/PaymentView';
import type { Snapshot } from '../src/lib/bindings/Snapshot';
import { FakeTill, payment, snapshot } from './fake';

afterEach(cleanup);
Element.prototype.scrollIntoView ??= () => {};

/** A till on its first day; what is saved stays saved. */
function fresh(change: Partial<Snapshot> = {}): FakeTill {
  const till = new FakeTill();
  till.now = snapshot({ settings: { ...snapshot().settings, shop_name: '', welcome: 'fresh' }, ...change });
  till.saveSettings = (input) => {
    till.saved.push(input);
    till.now = { ...till.now, settings: { ...till.now.settings, ...input } };
    return Promise.resolve(till.now);
  };
  return till;
}
async function open(till: FakeTill) {
  const page = render(App, { backend: till });
  await screen.findByTestId('mode-banner');
  return page;
}
const press = (testid: string) => fireEvent.click(screen.getByTestId(testid));
const amount = () => screen.getByTestId('amount-input');

test('a fresh till welcomes beside the amount, which has the focus and takes digits at once', async () => {
  await open(fresh());
  await screen.findByTestId('welcome');
  expect(document.activeElement).toBe(amount());
  await fireEvent.input(amount(), { target: { value: '5000' } });
  expect(amount()).toHaveProperty('value', '5\u00a0000');
  expect(screen.getByTestId('welcome')).toBeTruthy();
});

test.each<[string, Partial<Snapshot>]>([
  ['has results', { recent: [payment({ state: 'paid' })] }],
  ['has open payments', { open: [payment()] }],
  ['has payments set aside', { watched_aside: 1 }],
  ['has open live payments', { live_open: 1 }],
  ['has keys', { credentials: 'stored' }],
  ['is live', { mode: 'live' }],
])('a till that %s is not new', async (_, change) => {
  await open(fresh(change));
  await new Promise((later) => setTimeout(later, 50));
  expect(screen.queryByTestId('welcome')).toBeNull();
});

test('each step saves its own answer as Settings would, and the language changes at once', async () => {
  const till = fresh();
  await open(till);
  await screen.findByTestId('welcome');
  await press('welcome-en');
  await screen.findByText('Welcome to Encaisse');
  expect(till.saved.at(-1)).toMatchObject({ language: 'en', welcome: 'fresh' });
  await press('welcome-next');
  await fireEvent.input(screen.getByTestId('welcome-shop'), { target: { value: 'Chez Afi' } });
  await press('welcome-next');
  await screen.findByTestId('welcome-printer');
  expect(till.saved.at(-1)).toMatchObject({ language: 'en', shop_name: 'Chez Afi' });
  await fireEvent.change(screen.getByTestId('welcome-printer'), { target: { value: 'network' } });
  await fireEvent.input(await screen.findByTestId('welcome-target'), { target: { value: '192.168.1.50' } });
  await press('welcome-print');
  await screen.findByText('Sent to the printer.');
  expect(till.saved.at(-1)?.papers).toMatchObject({ printer: 'network', printer_target: '192.168.1.50' });
  await press('welcome-next');
  await screen.findByText('You are in training mode');
});

test('a shop name that the till refuses keeps the step, and says so at the field', async () => {
  const till = fresh();
  till.saveSettings = () =>
    Promise.reject({ code: 'out_of_range', field: 'shop_name', limit_xof: null, detail: null });
  await open(till);
  await screen.findByTestId('welcome');
  await press('welcome-next');
  await press('welcome-next');
  await screen.findByText('Trop long, trop petit ou trop grand : corrigez cette valeur.');
  expect(screen.getByTestId('welcome').dataset['step']).toBe('shop');
});

test('the welcome put off is remembered by the till, gives the amount its focus back, and is found again in Help', async () => {
  const till = fresh();
  const page = await open(till);
  await screen.findByTestId('welcome');
  await press('welcome-later');
  await waitFor(() => expect(screen.queryByTestId('welcome')).toBeNull());
  expect(till.saved.at(-1)?.welcome).toBe('left');
  await waitFor(() => expect(document.activeElement).toBe(amount()));
  page.unmount();

  await open(till);
  await new Promise((later) => setTimeout(later, 50));
  expect(screen.queryByTestId('welcome')).toBeNull();
  await press('nav-help');
  await fireEvent.click(await screen.findByTestId('help-welcome'));
  await screen.findByTestId('welcome');
});

/** Plays the guided sale up to the first payment; `tells` gives what the till tells next. */
async function guided() {
  const till = fresh();
  const sold = payment({ id: 'first', state: 'submitting', amount_xof: 500 });
  till.onCharge = () => Promise.resolve({ kind: 'charged', payment: sold });
  await open(till);
  await screen.findByTestId('welcome');
  for (let step = 0; step < 4; step += 1) {
    await press('welcome-next');
    await new Promise((later) => setTimeout(later, 10));
  }
  await screen.findByTestId('coach');
  let version = 1;
  const tells = (change: Partial<PaymentView>) =>
    till.tell({ kind: 'payment_changed', payment: { ...sold, ...change, version: ++version } });
  const prompt = { payment_id: 'first', amount_xof: 500, phone: '', shop_name: '', ignored: false };
  const phone = (isAsked: boolean) =>
    till.tell({ kind: 'prompts_changed', prompts: isAsked ? [prompt] : [] });
  return { till, tells, phone };
}
const stands = (step: string) =>
  waitFor(() => expect(screen.getByTestId('coach').dataset['step']).toBe(step));

test('the guide follows what is typed and what the till knows, from the amount to the receipt', async () => {
  const { till, tells, phone } = await guided();
  expect(till.now.settings.welcome).toBe('done');
  await stands('amount');
  expect(document.activeElement).toBe(amount());
  await fireEvent.input(amount(), { target: { value: '500' } });
  await stands('number');
  await fireEvent.input(screen.getByTestId('phone-input'), { target: { value: '9012345' } });
  await stands('number');
  await fireEvent.input(screen.getByTestId('phone-input'), { target: { value: '90123456' } });
  await stands('charge');
  await press('charge-button');
  await stands('sending');
  phone(true);
  tells({ state: 'pending' });
  await stands('phone');
  await press('coach-show');
  expect(document.activeElement).toBe(screen.getByTestId('sim-approve'));
  phone(false);
  await stands('waiting');
  tells({ state: 'paid', receipt_number: 1 });
  await stands('paid');
  await press('print-receipt');
  await stands('receipt');
  await press('coach-stop');
  await waitFor(() => expect(screen.queryByTestId('coach')).toBeNull());
});

test('the guide is never ahead of the money: a refusal is not paid, and what nobody knows is said to be unknown', async () => {
  const { tells, phone } = await guided();
  await fireEvent.input(amount(), { target: { value: '500' } });
  await fireEvent.input(screen.getByTestId('phone-input'), { target: { value: '90123456' } });
  await press('charge-button');
  phone(true);
  tells({ state: 'pending' });
  await stands('phone');
  tells({ state: 'uncertain', uncertain_cause: 'answer_lost' });
  await stands('unsure');
  tells({ state: 'failed' });
  await stands('not_paid');
  await press('coach-restart');
  await stands('amount');
});

test('the guide is said aloud, can be stopped at any moment, and takes nothing that was typed with it', async () => {
  await guided();
  await fireEvent.input(amount(), { target: { value: '500' } });
  await stands('number');
  expect(within(screen.getByTestId('coach')).getByRole('status').textContent).toContain('huit chiffres');
  await press('coach-stop');
  await waitFor(() => expect(screen.queryByTestId('coach')).toBeNull());
  expect(amount()).toHaveProperty('value', '500');
});

const done = () => screen.getAllByTestId('live-step').map((step) => step.dataset['done'] === 'true');

test('the way to live shows what is done, and leads to a proof of 100 F waiting for a number', async () => {
  const till = fresh();
  till.saveCredentials = () => Promise.resolve((till.now = { ...till.now, credentials: 'stored' }));
  till.setMode = () => Promise.resolve((till.now = { ...till.now, mode: 'live' }));
  await open(till);
  await press('open-live-guide');
  await screen.findByTestId('live-guide');
  expect(done()).toEqual([false, false, false, false, false, false]);
  await fireEvent.input(screen.getByTestId('live-shop'), { target: { value: 'Chez Afi' } });
  await press('live-save-shop');
  await waitFor(() => expect(done()[0]).toBe(true));
  expect((screen.getByTestId('live-message') as HTMLTextAreaElement).value).toContain('Chez Afi');
  await press('save-credentials');
  await waitFor(() => expect(done().slice(0, 4)).toEqual([true, true, true, false]));
  await press('test-connection');
  await waitFor(() => expect(done()[3]).toBe(true));
  expect(screen.getByTestId('live-proof')).toHaveProperty('disabled', true);
  await press('mode-live');
  await fireEvent.click(await screen.findByTestId('confirm-live'));
  await waitFor(() => expect(done()).toEqual([true, true, true, true, true, false]));
  await press('live-proof');
  await waitFor(() => expect(amount()).toHaveProperty('value', '100'));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('phone-input')));
  expect(till.charges).toEqual([]);
});

test('the message for LigdiCash asks for payin only and names the address, and is copied whole', async () => {
  const taken = vi.fn((text: string) => Promise.resolve(void text));
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: taken }, configurable: true });
  await open(fresh({ settings: { ...snapshot().settings, welcome: 'left' } }));
  await press('open-live-guide');
  await fireEvent.click(await screen.findByTestId('live-copy'));
  await screen.findByText('Message copié');
  const message = taken.mock.calls[0]?.[0] ?? '';
  for (const asked of ['Boutique Agbalépédo', 'payin seulement', 'Code03', 'YAS Togo'])
    expect(message).toContain(asked);
});

test.each([
  ['keys_refused', null, 'client.ligdicash.com'],
  ['payin_not_activated', '01', 'activer le payin direct'],
  ['no_connection', null, 'Wi-Fi'],
  ['tls', null, 'antivirus'],
  ['no_usable_answer', null, 'page web'],
  ['no_usable_answer', '03', 'adresse IP'],
] as const)('the verdict %s (%s) says what to do', async (verdict, code, words) => {
  const till = fresh({ credentials: 'stored' });
  till.testConnection = () =>
    Promise.resolve({ verdict, code, server: 'app.ligdicash.com', detail: 'CN=Antivirus' });
  await open(till);
  await press('open-live-guide');
  await fireEvent.click(await screen.findByTestId('test-connection'));
  expect((await screen.findByTestId('connection-verdict')).textContent).toContain(words);
  expect(done()[3]).toBe(false);
});

test('new keys while payments wait under the old ones: the way to live says what to do, and goes on when told', async () => {
  const till = fresh({ credentials: 'stored', live_open: 2 });
  const asked: boolean[] = [];
  till.saveCredentials = (...given: unknown[]) => {
    const input = given[0] as { replace_open: boolean };
    asked.push(input.replace_open);
    return input.replace_open
      ? Promise.resolve(till.now)
      : Promise.reject({ code: 'open_payments_with_old_keys', field: null, limit_xof: null, detail: null });
  };
  await open(till);
  await press('open-live-guide');
  await fireEvent.click(await screen.findByTestId('save-credentials'));
  expect((await screen.findByTestId('old-keys')).textContent).toContain(
    'Attendez que ces paiements finissent',
  );
  await press('replace-keys');
  await waitFor(() => expect(asked).toEqual([false, true]));
  expect(screen.queryByTestId('old-keys')).toBeNull();
});

test('each step of the welcome puts the focus into its field', async () => {
  await open(fresh());
  await screen.findByTestId('welcome');
  await press('welcome-next');
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('welcome-shop')));
  await press('welcome-next');
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('welcome-printer')));
});
