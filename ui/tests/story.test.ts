// The history's detail: a payment told in a merchant's words, with the same actions as its card.
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import App from '../src/App.svelte';
import { facts, story } from '../src/history/story';
import type { PaymentView } from '../src/lib/bindings/PaymentView';
import type { TimelineEntry } from '../src/lib/bindings/TimelineEntry';
import { en } from '../src/lib/i18n/en';
import { fr } from '../src/lib/i18n/fr';
import { FakeTill, here, payment, snapshot } from './fake';

/** Every kind that the ledger writes about a payment: its own words, and those of the payment's events. */
const KINDS = [
  'recorded',
  'submission_started',
  'create_accepted',
  'create_refused',
  'create_not_sent',
  'create_unknown',
  'confirm_pending',
  'confirm_completed',
  'confirm_mismatch',
  'confirm_not_completed',
  'confirm_unknown',
  'restarted',
  'contradiction',
  'contradiction_seen',
  'decision',
  'receipt_issued',
  'receipt_taken_back',
];
const at = (kind: string, detail = '', at_ms = 0): TimelineEntry => ({ at_ms, kind, state: null, detail });
const sentences = (...lines: TimelineEntry[]) => story(fr, lines);

describe('a line of the journal', () => {
  test.each(KINDS)('%s has a sentence of its own in both languages', (kind) => {
    for (const t of [fr, en]) {
      // A name is a name, whatever it looks like.
      const detail = kind === 'contradiction_seen' ? 'Afi' : '{"response_code":"00"} 9f8e7d';
      const [line] = story(t, [at(kind, detail)]);
      expect(line?.sentence).toBe(t.story.said[kind]);
      expect(line?.sentence.length).toBeGreaterThan(10);
      expect(JSON.stringify(line)).not.toMatch(/response_code|9f8e7d|undefined/);
    }
    expect(Object.keys(fr.story.said)).toHaveLength(KINDS.length);
  });

  test('who has seen a contradiction is named', () => {
    expect(sentences(at('contradiction_seen', 'Afi'))[0]?.notes).toEqual(['Par Afi.']);
  });

  test('a decision says what, who, why and with which reference, and nothing that is empty', () => {
    expect(sentences(at('decision', 'set_aside ·  · '))).toEqual([
      { atMs: 0, sentence: 'Mis de côté.', notes: [] },
    ]);
    expect(sentences(at('decision', 'accepted_as_paid · Afi · SMS lu · MP26.1432'))).toEqual([
      {
        atMs: 0,
        sentence: 'Accepté comme payé, par Afi.',
        notes: ['Raison : SMS lu', 'Référence : MP26.1432'],
      },
    ]);
    expect(facts('written_off · Afi \\· Kossi · a \\\\ b')).toEqual(['written_off', 'Afi · Kossi', 'a \\ b']);
  });

  test('a sale says whose it was, and the same answer many times is one line that counts', () => {
    expect(sentences(at('recorded', '5000 XOF · 9f8e · intent · Kossi · '))[0]?.notes).toEqual([
      'Encaissé par Kossi.',
    ]);
    const asked = Array.from({ length: 14 }, (_, index) => at('confirm_pending', '{}', index * 60_000));
    const told = sentences(at('recorded'), ...asked, at('confirm_completed'));
    expect(told).toHaveLength(3);
    expect(told[1]?.notes[0]).toMatch(/^14 fois, jusqu’à \d\d:\d\d$/);
  });
});

describe('the detail', () => {
  let till: FakeTill;
  beforeEach(() => {
    till = new FakeTill();
  });
  afterEach(cleanup);

  const RAW = '{"response_code":"00","token":"•••"} 9f8e7d6c';
  async function open(found: PaymentView, timeline: TimelineEntry[] = []): Promise<void> {
    till.onHistory = () => Promise.resolve({ rows: [found], next: null });
    till.paymentDetail = () => Promise.resolve({ payment: found, timeline });
    render(App, { backend: till });
    await screen.findByTestId('mode-banner');
    await fireEvent.click(screen.getByTestId('nav-history'));
    await fireEvent.click(await screen.findByTestId('history-row'));
    await screen.findByTestId('story');
  }
  const press = (testid: string) => fireEvent.click(screen.getByTestId(testid));
  const aside = (change: Partial<PaymentView> = {}) =>
    payment({
      id: 'p1',
      version: 3,
      set_aside: true,
      decisions: [{ kind: 'set_aside', who: '', reason: '', reference: null, at_ms: 1 }],
      ...change,
    });

  test('keeps the technical text behind one door that is closed', async () => {
    await open(payment({ state: 'paid' }), [at('create_accepted', RAW), at('decision', 'set_aside ·  · ')]);
    expect(screen.getByTestId('story').textContent).not.toMatch(/response_code|set_aside|·/);
    const door = screen.getByTestId<HTMLDetailsElement>('technical');
    expect([door.open, door.textContent?.includes(RAW)]).toEqual([false, true]);
  });

  test('one that was put aside is checked, decided, and brought back to the till', async () => {
    till.now = snapshot({ watched_aside: 1 });
    await open(aside());
    let checked = '';
    till.checkNow = (id) => {
      checked = id;
      return Promise.resolve(aside({ version: 4 }));
    };
    await press('detail-check');
    await waitFor(() => expect(checked).toBe('p1'));
    await press('detail-decide');
    expect((await screen.findByRole('dialog')).textContent).toContain('Le client a payé autrement');
    await fireEvent.click(screen.getByText('Annuler'));
    await press('bring-back');
    const card = await screen.findByTestId('payment-card');
    expect(card.dataset['paymentId']).toBe('p1');
    expect(document.body.textContent).not.toContain('mis de côté');
    // The till has it aside already: it only leaves the screen again.
    till.setAside = () => Promise.reject({ code: 'decision_not_allowed' });
    await press('set-aside');
    await waitFor(() => expect(screen.queryByTestId('payment-card')).toBeNull());
    expect(document.body.textContent).toContain('1 paiement mis de côté');
  });

  test('an uncertain one leads to the guide and to a decision, for whoever may', async () => {
    await open(payment({ state: 'uncertain' }));
    await press('detail-guide');
    await fireEvent.click(await screen.findByTestId('guide-decide'));
    expect(await screen.findAllByRole('radio')).toHaveLength(3);
    cleanup();
    till.now = snapshot({ presence: here('auditor') });
    await open(payment({ state: 'uncertain' }));
    expect(screen.queryByTestId('detail-decide')).toBeNull();
    expect(screen.queryByTestId('detail-guide')).toBeNull();
  });

  test('what the till tells meanwhile is read at once', async () => {
    await open(aside());
    till.paymentDetail = () =>
      Promise.resolve({
        payment: aside({ version: 9, state: 'paid' }),
        timeline: [at('confirm_completed')],
      });
    till.tell({ kind: 'payment_changed', payment: aside({ version: 9, state: 'paid' }) });
    await waitFor(() => expect(screen.getByTestId('story').textContent).toContain('LigdiCash le confirme'));
    expect(screen.getByTestId('history-row').dataset['state']).toBe('paid');
  });

  test('its key puts the focus into the search, also when the screen is there already', async () => {
    render(App, { backend: till });
    await screen.findByTestId('mode-banner');
    const alt2 = () => fireEvent.keyDown(window, { key: '2', code: 'Digit2', altKey: true });
    await alt2();
    const search = await screen.findByTestId('history-search');
    await waitFor(() => expect(document.activeElement).toBe(search));
    screen.getByTestId('history-state').focus();
    await alt2();
    expect(document.activeElement).toBe(search);
  });
});
