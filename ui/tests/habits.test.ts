// Volume, contrast and notifications are the till's to keep: what a person changes is sent at once and kept by nobody else.
import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test } from 'vitest';
import App from '../src/App.svelte';
import { FakeTill, snapshot } from './fake';

afterEach(() => {
  cleanup();
  localStorage.clear();
});

const kept = { volume: 'loud', unmuted: 'loud', more_contrast: true, notify: true, display: false } as const;

test('what the till kept is there at a start, and a change goes to the till', async () => {
  const till = new FakeTill();
  till.now = snapshot({ screen: { ...kept } });
  render(App, { backend: till });
  const mute = await screen.findByTestId('mute');
  expect(document.documentElement.dataset['contrast']).toBe('more');
  await fireEvent.click(mute);
  expect(till.screens.at(-1)).toEqual({ ...kept, volume: 'mute' });
  await fireEvent.click(mute);
  expect(till.screens.at(-1)).toEqual(kept);

  await fireEvent.click(screen.getByTestId('nav-settings'));
  await fireEvent.click(await screen.findByTestId('notify'));
  expect(till.screens.at(-1)).toEqual({ ...kept, notify: false });
  expect(JSON.stringify(localStorage)).not.toContain('volume');
});

test('a till that does not open speaks the language that was spoken last', async () => {
  localStorage.setItem(
    'encaisse.last',
    JSON.stringify({ language: 'en', theme: 'dark', contrast: 'system' }),
  );
  const till = new FakeTill();
  till.onSnapshot = () =>
    Promise.reject({ code: 'ledger_newer', field: null, limit_xof: null, detail: null });
  render(App, { backend: till });
  await screen.findByTestId('fatal');
  expect(document.documentElement.lang).toBe('en');
  expect(document.documentElement.dataset['theme']).toBe('dark');
});

test('the button opens the customer’s screen and closes it', async () => {
  const till = new FakeTill();
  render(App, { backend: till });
  await fireEvent.click(await screen.findByTestId('nav-settings'));
  const button = await screen.findByTestId('customer-display');
  await fireEvent.click(button);
  await expect.poll(() => till.now.screen.display).toBe(true);
  await expect.poll(() => button.getAttribute('aria-pressed')).toBe('true');
  await fireEvent.click(button);
  await expect.poll(() => till.now.screen.display).toBe(false);
});
