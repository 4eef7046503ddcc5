import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import App from '../src/App.svelte';
import { DIAGNOSIS } from '../src/lib/i18n/diagnosis';
import { FakeTill, findings } from './fake';

let till: FakeTill;
beforeEach(() => {
  till = new FakeTill();
});

async function open(): Promise<void> {
  render(App, { backend: till });
  await fireEvent.click(await screen.findByTestId('nav-settings'));
  await fireEvent.click(await screen.findByTestId('open-diagnosis'));
  await screen.findAllByTestId('diagnosis-line');
}

test('each part has its line, and what is wrong has what to do', async () => {
  till.findings = findings({ part: 'clock', health: 'bad', found: 'clock_wrong', detail: '+3600 s' });
  await open();
  const lines = screen.getAllByTestId('diagnosis-line');
  expect(lines.map((line) => line.dataset['part'])).toEqual(till.findings.map((line) => line.part));
  const clock = lines.find((line) => line.dataset['part'] === 'clock');
  expect(clock?.textContent).toContain(DIAGNOSIS.fr.found.clock_wrong.todo);
  expect(clock?.textContent).toContain('+3600 s');
  expect(screen.getByTestId('diagnosis-summary').textContent).toContain('Une chose à régler');
});

test('what is well says so, and testing again asks the till again', async () => {
  await open();
  expect(screen.getByTestId('diagnosis-summary').textContent).toContain('Rien n’empêche une vente');
  till.findings = findings({ part: 'network', health: 'bad', found: 'no_connection', detail: '' });
  await fireEvent.click(screen.getByTestId('diagnose'));
  await waitFor(() =>
    expect(screen.getByTestId('diagnosis-summary').textContent).toContain('Une chose à régler'),
  );
});

test('the report is copied as text, line by line', async () => {
  const writeText = vi.fn(() => Promise.resolve());
  Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
  till.findings = findings({ part: 'server', health: 'notice', found: 'other_server', detail: 'shop.test' });
  await open();
  await fireEvent.click(screen.getByTestId('diagnosis-copy'));
  const [report] = writeText.mock.calls[0] as unknown as [string];
  expect(report.split('\n')).toHaveLength(11);
  expect(report).toContain('Encaisse 0.1.0');
  expect(report).toContain('(shop.test)');
  await screen.findByText(DIAGNOSIS.fr.copied);
});

test('what is being typed in the settings is there afterwards, and the focus goes back', async () => {
  await open();
  await fireEvent.input(screen.getByTestId('shop-name-input'), { target: { value: 'Chez Afi' } });
  await fireEvent.click(screen.getByTestId('diagnosis-back'));
  expect(screen.getByTestId<HTMLInputElement>('shop-name-input').value).toBe('Chez Afi');
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('open-diagnosis')));
});

test('a refusal of this connection explains the public address and has the message ready', async () => {
  till.findings = findings({ part: 'keys', health: 'bad', found: 'address_refused', detail: 'Code03' });
  await open();
  const keys = screen.getAllByTestId('diagnosis-line').find((line) => line.dataset['part'] === 'keys');
  expect(keys?.textContent).toContain('adresse IP publique');
  expect(keys?.textContent).toContain('Copier le message pour LigdiCash');
});
