import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import App from '../src/App.svelte';
import type { ChargeOutcome } from '../src/lib/bindings/ChargeOutcome';
import { FakeTill, payment, snapshot } from './fake';

let till: FakeTill;

async function open(): Promise<{ unmount: () => void }> {
  const page = render(App, { backend: till });
  await screen.findByTestId('mode-banner');
  return page;
}
const amount = () => screen.getByTestId<HTMLInputElement>('amount-input');
const phone = () => screen.getByTestId<HTMLInputElement>('phone-input');
const type = (field: HTMLInputElement, value: string) => fireEvent.input(field, { target: { value } });
const enter = (field: HTMLInputElement, repeat = false) => fireEvent.keyDown(field, { key: 'Enter', repeat });
const cards = () => screen.queryAllByTestId('payment-card');

beforeEach(() => {
  till = new FakeTill();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

describe('the start', () => {
  test('waits for the till alone, and shows what happened before anybody listened', async () => {
    let hearing: () => void = () => {};
    const listen = till.listen;
    till.listen = (heard) => new Promise((resolve) => (hearing = () => resolve(listen(heard))));
    await open();
    till.now = snapshot({ open: [payment()] });
    expect(cards()).toHaveLength(0);
    hearing();
    await waitFor(() => expect(cards()).toHaveLength(1));
  });
});

describe('a sale at the keyboard', () => {
  test('starts in the amount, goes to the number by Enter, charges by Enter, and is fresh again', async () => {
    await open();
    expect(document.activeElement).toBe(amount());
    await type(amount(), '12500');
    expect(amount().value).toBe('12\u00a0500');
    await enter(amount());
    expect(document.activeElement).toBe(phone());
    await type(phone(), '90123456');
    expect(phone().value).toBe('90 12 34 56');
    await enter(phone());
    await waitFor(() => expect(cards()).toHaveLength(1));
    expect(till.charges).toHaveLength(1);
    expect(amount().value).toBe('');
    await waitFor(() => expect(document.activeElement).toBe(amount()));
  });

  test('pressed twice or held down makes one charge', async () => {
    let answer: (outcome: ChargeOutcome) => void = () => {};
    till.onCharge = () => new Promise((resolve) => (answer = resolve));
    await open();
    await type(amount(), '5000');
    await type(phone(), '90123456');
    await enter(phone());
    await enter(phone());
    await enter(phone(), true);
    await fireEvent.click(screen.getByTestId('charge-button'));
    expect(till.charges).toHaveLength(1);
    answer({ kind: 'charged', payment: payment() });
    await waitFor(() => expect(cards()).toHaveLength(1));
  });

  test('keeps its intent after an error until amount or number changes', async () => {
    till.onCharge = () => Promise.reject(new Error('lost'));
    await open();
    await type(amount(), '5000');
    await type(phone(), '90123456');
    await enter(phone());
    await screen.findByTestId('field-error');
    await enter(phone());
    await waitFor(() => expect(till.charges).toHaveLength(2));
    expect(till.charges[1]?.intent_id).toBe(till.charges[0]?.intent_id);
    await type(amount(), '5001');
    await enter(phone());
    await waitFor(() => expect(till.charges).toHaveLength(3));
    expect(till.charges[2]?.intent_id).not.toBe(till.charges[0]?.intent_id);
  });

  test('says at the field what is wrong and loses nothing typed', async () => {
    till.onCharge = () =>
      Promise.reject({ code: 'amount_too_small', field: 'amount', limit_xof: 100, detail: null });
    await open();
    await type(amount(), '99');
    await type(phone(), '90123456');
    await enter(phone());
    const error = await screen.findByTestId('field-error');
    expect(error.textContent).toContain('Le plus petit montant est 100\u00a0F');
    expect(amount().getAttribute('aria-describedby')).toBe(error.id);
    expect([amount().value, phone().value]).toEqual(['99', '90 12 34 56']);
  });

  test('a large amount gets one look more, and Esc keeps what was typed', async () => {
    await open();
    await type(amount(), '250000');
    await type(phone(), '90123456');
    await waitFor(() => expect(screen.getByText('Numéro YAS')).toBeTruthy());
    await enter(phone());
    await screen.findByRole('dialog');
    expect(till.charges).toHaveLength(0);
    await fireEvent.keyDown(screen.getByRole('dialog'), { key: 'Escape' });
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(amount().value).toBe('250\u00a0000');
    await enter(phone());
    await fireEvent.click(await screen.findByText('Oui, demander'));
    await waitFor(() => expect(till.charges).toHaveLength(1));
  });

  test('another operator warns and does not block', async () => {
    await open();
    await type(amount(), '500');
    await type(phone(), '99123456');
    await screen.findByText(/Moov Africa/);
    await enter(phone());
    await waitFor(() => expect(till.charges).toHaveLength(1));
  });
});

describe('a number with an unresolved payment', () => {
  test('is asked about in words, and asking again names the payment it follows', async () => {
    const existing = payment();
    till.onCharge = (request) =>
      Promise.resolve(
        request.after_payment_id ? { kind: 'charged', payment: payment() } : { kind: 'unresolved', existing },
      );
    await open();
    await type(amount(), '3000');
    await type(phone(), '90123456');
    await enter(phone());
    const safe = await screen.findByTestId('keep-waiting');
    await waitFor(() => expect(document.activeElement).toBe(safe));
    await fireEvent.click(screen.getByTestId('ask-again'));
    await waitFor(() => expect(till.charges).toHaveLength(2));
    expect(till.charges[1]?.after_payment_id).toBe(existing.id);
    expect(till.charges[1]?.intent_id).toBe(till.charges[0]?.intent_id);
  });
});

describe('what the till tells', () => {
  test('an older view never replaces a newer one', async () => {
    const newer = payment({ version: 5, state: 'paid', resolved_at_ms: Date.now() });
    till.now = snapshot({ open: [payment({ id: newer.id, version: 4 })] });
    await open();
    till.tell({ kind: 'payment_changed', payment: newer });
    await waitFor(() => expect(cards()[0]?.dataset['state']).toBe('paid'));
    till.tell({ kind: 'payment_changed', payment: payment({ id: newer.id, version: 4 }) });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(cards()[0]?.dataset['state']).toBe('paid');
    expect(screen.getAllByTestId('recent-row')).toHaveLength(1);
  });

  test('nothing is heard any more once the page is gone', async () => {
    const page = await open();
    expect(till.isHeard).toBe(true);
    page.unmount();
    expect(till.isHeard).toBe(false);
  });

  test('a late success is said loudly and asks for what became of the sale', async () => {
    await open();
    const late = payment({ state: 'paid', late: true, version: 9 });
    till.tell({ kind: 'late_success', payment: late });
    expect((await screen.findByTestId('notice')).textContent).toContain('Paiement tardif');
    expect(cards()[0]?.textContent).not.toContain('Vous pouvez remettre');
    expect(cards()[0]?.textContent).toContain('Ne remettez rien de plus');
    await fireEvent.click(screen.getByTestId('late-ask'));
    await fireEvent.click(await screen.findByTestId('late-refunded'));
    await type(await screen.findByTestId('decision-who'), 'Afi');
    await type(screen.getByTestId('decision-reason'), 'Rendu en espèces');
    await fireEvent.keyDown(screen.getByTestId('decision-reason'), { key: 'Enter' });
    await waitFor(() => expect(till.decisions).toHaveLength(1));
    expect(till.decisions[0]).toMatchObject({ kind: 'refund_recorded', who: 'Afi' });
  });

  test('offline is said, and goes when the line is back', async () => {
    await open();
    till.tell({ kind: 'connectivity', online: false, problem: 'no_connection' });
    await screen.findByText(/Pas de connexion avec LigdiCash/);
    till.tell({ kind: 'connectivity', online: true, problem: null });
    await waitFor(() => expect(screen.queryByText(/Pas de connexion avec LigdiCash/)).toBeNull());
  });
});

describe('a wrong clock', () => {
  test.each([
    [720_000, '12\u00a0min d’avance'],
    [-5_400_000, '90\u00a0min de retard'],
    [10_800_000, '3\u00a0h d’avance'],
    [-315_360_000_000, '3\u00a0650\u00a0jours de retard'],
  ])('by %i ms is said with its direction, and goes when it is right', async (ms, words) => {
    await open();
    till.tell({ kind: 'clock_wrong', by_ms: ms });
    const notice = await screen.findByText(/L’horloge de cet ordinateur/);
    expect(notice.textContent).toContain(words);
    expect(notice.textContent).toContain('Réglez la date et l’heure');
    till.tell({ kind: 'clock_wrong', by_ms: null });
    await waitFor(() => expect(screen.queryByText(/L’horloge de cet ordinateur/)).toBeNull());
  });

  test('is there from the first snapshot on', async () => {
    till.now = snapshot({ clock_wrong_by_ms: 300_000 });
    await open();
    await screen.findByText(/a 5 min d’avance/);
  });
});

describe('the wait', () => {
  test.each([
    [0, 'Demande envoyée au 90 12 •• 56'],
    [25, 'Toujours en attente'],
    [75, 'Ne renvoyez pas tout de suite'],
  ])('after %i s it says so', async (seconds, text) => {
    till.now = snapshot({ open: [payment({ created_at_ms: Date.now() - seconds * 1000 })] });
    await open();
    expect(screen.getByTestId('instruction').textContent).toContain(text);
    expect(screen.queryByText('Client suivant') !== null).toBe(seconds === 75);
  });

  test('set aside takes the card away', async () => {
    till.now = snapshot({ open: [payment()] });
    await open();
    await fireEvent.click(screen.getByTestId('set-aside'));
    await waitFor(() => expect(cards()).toHaveLength(0));
  });

  test('the simulated phone answers for its payment', async () => {
    till.now = snapshot({
      prompts: [
        { payment_id: 'p1', phone: '90 12 •• 56', amount_xof: 5000, shop_name: 'Afi', ignored: false },
      ],
    });
    await open();
    await fireEvent.click(screen.getByTestId('sim-approve'));
    expect(till.said).toEqual(['approve p1']);
  });
});

describe('a connection that is not safe', () => {
  const detail = 'certificate issued by "Avast Web Shield Root": UnknownIssuer';
  const notSent = (not_sent_cause: 'tls' | 'no_connection') =>
    till.tell({
      kind: 'payment_changed',
      payment: payment({ id: 'p1', version: 2, state: 'not_sent', not_sent_cause }),
    });

  test('says on the card that nothing left, what to look at, and who stood in between', async () => {
    till.now = snapshot({ open: [payment({ id: 'p1', state: 'submitting' })] });
    till.paymentDetail = (id) =>
      Promise.resolve({
        payment: payment({ id }),
        timeline: [
          { at_ms: 1, kind: 'submission_started', state: 'submitting', detail: '' },
          { at_ms: 2, kind: 'create_not_sent', state: 'not_sent', detail },
        ],
      });
    await open();
    notSent('tls');
    expect((await screen.findByTestId('tls-detail')).textContent).toContain(detail);
    const card = cards()[0]?.textContent ?? '';
    expect(card).toContain('rien n’est parti');
    expect(card).toContain('la date et l’heure');
    expect(card).toContain('antivirus');
  });

  test('another cause asks nothing and shows no certificate', async () => {
    till.now = snapshot({ open: [payment({ id: 'p1', state: 'submitting' })] });
    till.paymentDetail = vi.fn();
    await open();
    notSent('no_connection');
    await waitFor(() => expect(cards()[0]?.dataset['state']).toBe('not_sent'));
    expect(cards()[0]?.textContent).toContain('rien n’est parti');
    expect(cards()[0]?.textContent).not.toContain('antivirus');
    expect(till.paymentDetail).not.toHaveBeenCalled();
    expect(screen.queryByTestId('tls-detail')).toBeNull();
  });

  test('is named by the test of the connection', async () => {
    till.now = snapshot({ credentials: 'stored' });
    till.testConnection = () =>
      Promise.resolve({ verdict: 'tls' as const, code: null, server: 'app.ligdicash.com', detail });
    await open();
    await fireEvent.click(screen.getByTestId('nav-settings'));
    await fireEvent.click(await screen.findByTestId('test-connection'));
    const verdict = await screen.findByTestId('connection-verdict');
    expect(verdict.textContent).toContain(detail);
    expect(verdict.textContent).toContain('laisse passer app.ligdicash.com');
  });
});

test('a number emptied in the settings reaches the till as one it refuses, not as nothing', async () => {
  await open();
  await fireEvent.click(screen.getByTestId('nav-settings'));
  const field = await screen.findByLabelText<HTMLInputElement>('Montant le plus grand (F)');
  await type(field, '');
  await fireEvent.click(screen.getByTestId('save-settings'));
  await waitFor(() => expect(till.saved).toHaveLength(1));
  expect(till.saved[0]).toMatchObject({ amount_max_xof: -1, review_above_xof: 200000 });
});

test('a till that does not open says why', async () => {
  till.snapshot = () => Promise.reject({ code: 'already_open', field: null, limit_xof: null, detail: null });
  render(App, { backend: till });
  expect((await screen.findByTestId('fatal')).textContent).toContain('déjà ouvert');
});

describe('what the keychain says about the ledger', () => {
  test('a loss stays on every screen until a person has said who goes on, and why', async () => {
    const lost = {
      kind: 'lost' as const,
      entries_kept: 12,
      entries_found: 9,
      lines_kept: 80,
      lines_found: 61,
    };
    till.now = snapshot({ mode: 'live', chain_notice: lost });
    await open();
    expect(screen.getByTestId('chain-lost').getAttribute('role')).toBe('alert');
    expect(screen.getByTestId('chain-lost').textContent).toContain('12 écritures et 80 lignes de journal');
    await fireEvent.click(screen.getByTestId('nav-history'));
    expect(screen.getByTestId('chain-lost').textContent).toContain('ne contient plus des écritures');

    await fireEvent.click(screen.getByTestId('acknowledge-chain'));
    await fireEvent.click(screen.getByTestId('save-chain'));
    await screen.findByText('À remplir.');
    expect(screen.queryByTestId('chain-lost')).not.toBeNull();
    await fireEvent.input(screen.getByTestId('chain-who'), { target: { value: 'Afi' } });
    await fireEvent.input(screen.getByTestId('chain-reason'), { target: { value: 'disque changé' } });
    await fireEvent.click(screen.getByTestId('save-chain'));
    await waitFor(() => expect(screen.queryByTestId('chain-lost')).toBeNull());
    expect(till.said).toEqual(['Afi: disque changé']);
  });

  test('a keychain that does not serve, or forgot, is said without a shout', async () => {
    for (const kind of ['unkept', 'forgotten'] as const) {
      till.now = snapshot({ mode: 'live', chain_notice: { kind } });
      const page = await open();
      expect(screen.getByTestId(`chain-${kind}`).getAttribute('role')).toBe('status');
      expect(screen.queryByTestId('chain-lost')).toBeNull();
      page.unmount();
    }
  });
});
