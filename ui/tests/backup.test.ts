import axe from 'axe-core';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import App from '../src/App.svelte';
import type { DamageView } from '../src/lib/bindings/DamageView';
import { FakeTill, beyond, payment, snapshot } from './fake';

let till: FakeTill;
const problems = async () =>
  (await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })).violations.map(
    (violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(' ')}`,
  );
const first = (testid: string) => screen.getAllByTestId(testid)[0] as HTMLElement;

beforeEach(() => {
  till = new FakeTill();
});
afterEach(cleanup);

describe('the backups', () => {
  async function open() {
    render(App, { backend: till });
    await screen.findByTestId('mode-banner');
    await fireEvent.click(screen.getByTestId('nav-settings'));
    await screen.findAllByTestId('backup-row');
  }

  test('say how old the newest is, and turn amber when it is too old, missing, or failed', async () => {
    await open();
    expect(screen.getByTestId('backup-age').textContent).toContain('il y a 1 h');
    expect(screen.getByTestId('backup-age').dataset['attention']).toBe('false');
    cleanup();
    till.now = snapshot({
      backup: { newest_at_ms: Date.now() - 50 * 3_600_000, needs_attention: true, problem: 'disk_full' },
    });
    await open();
    expect(screen.getByTestId('backup-age').textContent).toContain('il y a 2 jours');
    expect(screen.getByTestId('backup-age').textContent).toContain('le disque est plein');
    expect(screen.getByTestId('backup-age').dataset['attention']).toBe('true');
    expect(screen.getByTestId('notice').textContent).toContain('le disque est plein');
  });

  test('are made on request, and a failure is told beside the button', async () => {
    await open();
    await fireEvent.click(screen.getByTestId('backup-now'));
    await screen.findByText('Sauvegarde faite et vérifiée.');
    till.onBackup = () =>
      Promise.reject({ code: 'disk_full', field: null, limit_xof: null, detail: 'no room left' });
    await fireEvent.click(screen.getByTestId('backup-now'));
    expect((await screen.findByTestId('field-error')).textContent).toContain('plein');
  });

  test('are put back only after what is newer was named', async () => {
    await open();
    await fireEvent.click(first('restore-button'));
    await screen.findByRole('dialog');
    expect(screen.getByTestId('newer-count').dataset['count']).toBe('2');
    expect(screen.getAllByTestId('newer-row').map((row) => row.dataset['paymentId'])).toEqual(['p1', 'p2']);
    expect(await problems()).toEqual([]);
    expect(till.restores).toEqual([]);
    await fireEvent.keyDown(screen.getByRole('dialog'), { key: 'Escape' });
    expect(till.restores).toEqual([]);

    await fireEvent.click(first('restore-button'));
    await screen.findByRole('dialog');
    await fireEvent.input(screen.getByTestId('restore-who'), { target: { value: 'Afi' } });
    await fireEvent.click(screen.getByTestId('confirm-restore'));
    await waitFor(() => expect(till.restores).toEqual(['C:/Encaisse/backups/live-20 Afi']));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  test('of another line say so, and one that cannot be used opens no question', async () => {
    till.onLook = () => Promise.resolve(beyond({ is_same_line: false, newer: [], newer_count: 0 }));
    await open();
    await fireEvent.click(first('restore-button'));
    expect((await screen.findByRole('dialog')).textContent).toContain('ne vient pas de la base actuelle');
    cleanup();
    till.onLook = () => Promise.reject({ code: 'backup_unusable', field: null, limit_xof: null, detail: '' });
    await open();
    await fireEvent.click(first('restore-button'));
    expect((await screen.findByTestId('field-error')).textContent).toContain('ne peut pas servir');
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});

describe('a damaged ledger', () => {
  const failed = { code: 'ledger_damaged', field: null, limit_xof: null, detail: 'malformed' };
  const damage = (copy: DamageView['copy']): DamageView => ({
    mode: 'live',
    path: 'C:/Encaisse/live.sqlite3',
    detail: 'database disk image is malformed',
    copy,
  });

  test('is told in plain words, with its newest good copy and what is newer, and one button restores', async () => {
    till.onSnapshot = () => Promise.reject(failed);
    till.onDamage = () => Promise.resolve(damage(beyond()));
    render(App, { backend: till });
    const screenOf = await screen.findByTestId('damaged-ledger');
    await screen.findByTestId('newer-count');
    expect(screenOf.textContent).toContain('Rien n’a été effacé');
    expect(screenOf.textContent).toContain('214');
    expect(await problems()).toEqual([]);
    till.onSnapshot = () => Promise.resolve(till.now);
    await fireEvent.click(screen.getByTestId('restore-button'));
    await screen.findByTestId('mode-banner');
    expect(till.restores).toEqual(['live C:/Encaisse/backups/live-18']);
  });

  test('of which nothing can be read says what to compare with', async () => {
    till.onSnapshot = () => Promise.reject(failed);
    const blind = { is_readable: false, is_whole: false, newer: [], newer_count: 0 };
    till.onDamage = () => Promise.resolve(damage(beyond(blind)));
    render(App, { backend: till });
    expect((await screen.findByTestId('newer-unknown')).textContent).toContain('après le n° 12');
  });

  test('that lost its log never claims that nothing is newer', async () => {
    till.onSnapshot = () => Promise.reject(failed);
    till.onDamage = () => Promise.resolve(damage(beyond({ is_same_line: false, newer: [], newer_count: 0 })));
    render(App, { backend: till });
    expect((await screen.findByTestId('newer-unknown')).textContent).toContain('sans laisser de trace');
    expect(screen.queryByTestId('newer-none')).toBeNull();
  });

  test('without a copy asks for a file', async () => {
    till.onSnapshot = () => Promise.reject(failed);
    till.onDamage = () => Promise.resolve(damage(null));
    render(App, { backend: till });
    await fireEvent.click(await screen.findByText('Choisir un fichier…'));
    await screen.findByTestId('newer-count');
    await fireEvent.click(screen.getByTestId('restore-button'));
    await waitFor(() => expect(till.restores).toEqual(['live E:/autre.sqlite3']));
  });
});

test('a payment whose handle stayed behind is not shown as watched, and can be decided', async () => {
  till.now = snapshot({ open: [payment({ state: 'pending', check_problem: 'handle_lost' })] });
  render(App, { backend: till });
  const card = await screen.findByTestId('payment-card');
  expect(card.textContent).toContain('ne peut plus suivre ce paiement');
  expect(card.textContent).toContain('tableau de bord LigdiCash');
  expect(screen.queryByTestId('instruction')).toBeNull();
  expect(screen.queryByTestId('elapsed')).toBeNull();
  expect(card.textContent).toContain('Noter une décision');
});
