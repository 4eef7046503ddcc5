import axe from 'axe-core';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import App from '../src/App.svelte';
import { FakeTill, day, payment, period, snapshot } from './fake';

let till: FakeTill;

async function open(view: 'till' | 'history' | 'day' | 'settings') {
  render(App, { backend: till });
  await screen.findByTestId('mode-banner');
  await fireEvent.click(screen.getByTestId(`nav-${view}`));
  if (view !== 'till') await screen.findByRole('heading', { level: 1 });
}
const search = () => screen.getByTestId<HTMLInputElement>('history-search');
const type = (field: HTMLElement, value: string) => fireEvent.input(field, { target: { value } });
const problems = async () =>
  (await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })).violations.map(
    (violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(' ')}`,
  );

beforeEach(() => {
  till = new FakeTill();
});
afterEach(cleanup);

describe('the history', () => {
  test('searches while typing, and an older answer never replaces a newer one', async () => {
    await open('history');
    await screen.findByTestId('history-row');
    const answers: ((rows: { rows: ReturnType<typeof payment>[]; next: null }) => void)[] = [];
    till.onHistory = () => new Promise((resolve) => answers.push(resolve));
    await type(search(), '90');
    await type(search(), '9012');
    await waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.({ rows: [payment({ id: 'newer' })], next: null });
    await waitFor(() => expect(screen.getByTestId('history-row').dataset['paymentId']).toBe('newer'));
    answers[0]?.({ rows: [payment({ id: 'older' })], next: null });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(screen.getByTestId('history-row').dataset['paymentId']).toBe('newer');
    expect(till.searches.at(-1)).toEqual({
      text: '9012',
      states: [],
      day: null,
      operator: null,
      cashier: null,
    });
  });

  test('filters by state, day, operator and cashier, and says when nothing matches', async () => {
    await open('history');
    await screen.findByLabelText('Opérateur');
    till.onHistory = () => Promise.resolve({ rows: [], next: null });
    await fireEvent.change(screen.getByTestId('history-state'), { target: { value: 'paid' } });
    await type(screen.getByTestId('history-day'), '2026-11-24');
    await fireEvent.change(screen.getByTestId('history-day'));
    await fireEvent.change(screen.getByLabelText('Opérateur'), { target: { value: 'YAS TOGO' } });
    await fireEvent.change(screen.getByLabelText('Caissier'), { target: { value: 'Afi' } });
    await waitFor(() =>
      expect(till.searches.at(-1)).toEqual({
        text: '',
        states: ['paid'],
        day: '2026-11-24',
        operator: 'YAS TOGO',
        cashier: 'Afi',
      }),
    );
    await screen.findByText('Rien ne correspond à cette recherche.');
    await fireEvent.click(screen.getByText('Tout afficher'));
    await waitFor(() => expect(till.searches.at(-1)?.states).toEqual([]));
  });

  test('holds a scanned receipt against the ledger', async () => {
    await open('history');
    await type(search(), 'ENCAISSE1/x/5000/2026-11-24/12/0123456789abcdef');
    expect((await screen.findByTestId('receipt-verdict')).dataset['verdict']).toBe('changed');
  });

  test('shows the receipt of a paid payment and writes down a refund with its reference', async () => {
    till.paymentDetail = (id) => Promise.resolve({ payment: payment({ id, state: 'paid' }), timeline: [] });
    await open('history');
    await fireEvent.click(await screen.findByTestId('history-row'));
    await fireEvent.click(await screen.findByTestId('open-receipt'));
    const paper = await screen.findByTestId('receipt-view');
    expect(paper.textContent).toContain('cinq mille francs CFA');
    expect(paper.textContent).toContain('MODE ÉCOLE');
    await fireEvent.click(screen.getByTestId('receipt-pdf'));
    expect((await screen.findByTestId('export-path')).textContent).toContain('.pdf');
    expect(await problems()).toEqual([]);
    await fireEvent.click(screen.getByTestId('record-refund'));
    await type(await screen.findByTestId('decision-reference'), 'R-17');
    await type(screen.getByTestId('decision-who'), 'Afi');
    await type(screen.getByTestId('decision-reason'), 'Article rendu');
    await fireEvent.click(screen.getByTestId('save-decision'));
    await waitFor(() =>
      expect(till.decisions[0]).toMatchObject({ kind: 'refund_recorded', reference: 'R-17' }),
    );
  });
});

describe('the day', () => {
  test('shows what it brought, also as a table, and names what is open', async () => {
    await open('day');
    expect((await screen.findByTestId('day-total')).textContent).toContain('12\u00a0000');
    expect(screen.getByTestId('day-count').textContent).toContain('2 ventes');
    const table = screen.getByRole('table', { name: 'Recette par heure', hidden: true });
    expect(table.textContent).toContain('12 h12\u00a0000\u00a0F');
    expect(screen.getByText('1 paiement non résolu')).toBeTruthy();
    expect(screen.getAllByText(/venus après la clôture Z 1/)).toHaveLength(2);
    expect(await problems()).toEqual([]);
  });

  test('closes once, with the number that was seen', async () => {
    await open('day');
    await fireEvent.click(await screen.findByTestId('day-close'));
    await type(await screen.findByTestId('closing-who'), 'Afi');
    expect(screen.getByRole('dialog').textContent).toContain('ne se change plus');
    await fireEvent.click(screen.getByTestId('confirm-close'));
    await fireEvent.click(screen.queryByTestId('confirm-close') ?? document.body);
    await waitFor(() => expect(till.closed).toEqual([{ number: 3, who: 'Afi' }]));
    await screen.findByText(/Clôture Z 3 faite/);
  });

  test('says before a closing that the clock is wrong', async () => {
    till.now = snapshot({ clock_wrong_by_ms: -86_400_000 });
    await open('day');
    await fireEvent.click(await screen.findByTestId('day-close'));
    expect((await screen.findByTestId('closing-clock')).textContent).toContain('24\u00a0h de retard');
  });

  test('a closing made meanwhile is said and the new situation is shown', async () => {
    till.closeDay = () =>
      Promise.reject({ code: 'closing_moved', field: null, limit_xof: null, detail: null });
    await open('day');
    await fireEvent.click(await screen.findByTestId('day-close'));
    till.onDay = () => Promise.resolve(day({ reading: period({ number: 4 }) }));
    await fireEvent.click(await screen.findByTestId('confirm-close'));
    await screen.findByText('Faire la clôture Z 4 ?');
  });

  test.each([
    ['day-export-csv', 'csv_french'],
    ['day-export-xlsx', 'xlsx'],
    ['day-export-pdf', 'pdf'],
  ])('%s exports the day that is shown and tells where', async (button, format) => {
    await open('day');
    await fireEvent.click(await screen.findByTestId(button));
    expect((await screen.findByTestId('export-path')).textContent).toBe('C:/Documents/Encaisse/jour.csv');
    expect(till.exports).toEqual([
      { format, from: '2026-11-24', to: '2026-11-24', closing: null, whole_numbers: false },
    ]);
    await fireEvent.click(screen.getByText('Afficher dans le dossier'));
    expect(till.said).toEqual(['show C:/Documents/Encaisse/jour.csv']);
  });

  test('a long export shows how far it is and can be stopped', async () => {
    let refuse: (error: unknown) => void = () => {};
    till.onExport = () => new Promise((_, reject) => (refuse = reject));
    await open('day');
    await fireEvent.click(await screen.findByTestId('day-export-csv'));
    till.tell({ kind: 'export_progress', done: 50, total: 200 });
    await waitFor(() => expect(screen.getByRole('progressbar').getAttribute('max')).toBe('200'));
    await fireEvent.click(screen.getByTestId('export-stop'));
    expect(till.said).toEqual(['stop']);
    refuse({ code: 'broken_off', field: null, limit_xof: null, detail: null });
    await screen.findByText('Export arrêté ; aucun fichier n’a été laissé.');
  });

  test('an end before the start is said at its field', async () => {
    till.onExport = () =>
      Promise.reject({ code: 'end_before_start', field: 'to', limit_xof: null, detail: null });
    await open('day');
    await fireEvent.click(await screen.findByTestId('day-export-csv'));
    expect((await screen.findByTestId('field-error')).textContent).toContain('La fin est avant le début');
    expect(screen.getByTestId('export-to').getAttribute('aria-invalid')).toBe('true');
  });
});

test.each([
  ['day', 'onDay', 'day-close'],
  ['history', 'onHistory', 'history-row'],
] as const)('the %s that could not be read is read again at a press', async (view, asked, shown) => {
  const answer = till[asked];
  const held = { code: 'ledger_held', field: null, limit_xof: null, detail: null };
  till[asked] = (() => Promise.reject(held as never)) as never;
  await open(view);
  const again = await screen.findByTestId('read-again');
  till[asked] = answer as never;
  await fireEvent.click(again);
  await screen.findAllByTestId(shown);
  expect(screen.queryByTestId('read-again')).toBeNull();
});
