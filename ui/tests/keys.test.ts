// The keys: each one that is listed does what the list says, and none is taken from a text that is being written.
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, expect, test } from 'vitest';
import App from '../src/App.svelte';
import { KEY_TABLE, type KeyName } from '../src/lib/keys';
import { helpWords, type Topic } from '../src/lib/i18n/help';
import { FakeTill } from './fake';

afterEach(cleanup);

async function open() {
  const till = new FakeTill();
  render(App, { backend: till });
  await screen.findByTestId('mode-banner');
  return till;
}
const onScreen = (view: string) =>
  waitFor(() => expect(screen.getByTestId(`nav-${view}`).getAttribute('aria-current')).toBe('page'));
const alt = (digit: number, key = String(digit)) => ({ key, code: `Digit${digit}`, altKey: true });
const amount = () => screen.getByTestId('amount-input');
const phone = () => screen.getByTestId('phone-input');

/** What each key must be seen to do, one by one: a key without a line here is a type error. */
const DOES: Record<KeyName, (till: FakeTill) => Promise<void>> = {
  keymap: async () => {
    await fireEvent.keyDown(amount(), { key: '?', shiftKey: true });
    await screen.findByTestId('keymap');
    expect(amount()).toHaveProperty('value', '');
  },
  help: async () => {
    await fireEvent.keyDown(amount(), { key: 'F1' });
    await onScreen('help');
    await screen.findByTestId('help');
  },
  till: async () => {
    await fireEvent.click(screen.getByTestId('nav-day'));
    await onScreen('day');
    await fireEvent.keyDown(document.body, alt(1));
    await onScreen('till');
    await waitFor(() => expect(document.activeElement).toBe(amount()));
  },
  history: async () => {
    // The upper row of a French keyboard gives « é » where others have 2.
    await fireEvent.keyDown(amount(), alt(2, 'é'));
    await onScreen('history');
  },
  day: async () => {
    await fireEvent.keyDown(amount(), alt(3));
    await onScreen('day');
  },
  settings: async () => {
    await fireEvent.keyDown(amount(), alt(4));
    await onScreen('settings');
  },
  number: async () => {
    await fireEvent.input(amount(), { target: { value: '500' } });
    await fireEvent.keyDown(amount(), { key: 'Enter' });
    expect(document.activeElement).toBe(phone());
  },
  charge: async (till) => {
    await fireEvent.input(amount(), { target: { value: '500' } });
    await fireEvent.input(phone(), { target: { value: '90123456' } });
    await fireEvent.keyDown(phone(), { key: 'Enter' });
    await waitFor(() => expect(till.charges).toHaveLength(1));
  },
  safe: async (till) => {
    await fireEvent.input(amount(), { target: { value: '250000' } });
    await fireEvent.input(phone(), { target: { value: '90123456' } });
    await waitFor(() => expect(document.querySelector('#phone-hint')?.textContent).not.toBe(''));
    await fireEvent.keyDown(phone(), { key: 'Enter' });
    await fireEvent.keyDown(await screen.findByRole('dialog'), { key: 'Escape' });
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(amount()).toHaveProperty('value', '250\u00a0000');
    expect(till.charges).toEqual([]);
  },
};

test.each(Object.keys(KEY_TABLE) as KeyName[])('the key « %s » does what is listed', async (name) => {
  await DOES[name](await open());
});

test('every key is listed, under its own words', async () => {
  await open();
  await fireEvent.keyDown(document.body, { key: '?' });
  const map = await screen.findByTestId('keymap');
  expect(within(map).getAllByRole('definition')).toHaveLength(Object.keys(KEY_TABLE).length);
});

test('a question mark is text where text is written, and a key where digits are', async () => {
  await open();
  await fireEvent.keyDown(phone(), { key: '?' });
  const dialog = await screen.findByRole('dialog');
  await fireEvent.keyDown(dialog, { key: 'Escape' });
  await fireEvent.click(screen.getByTestId('nav-settings'));
  for (const field of ['shop-name-input', 'papers-address', 'api-key-input'])
    await fireEvent.keyDown(await screen.findByTestId(field), { key: '?' });
  expect(screen.queryByTestId('keymap')).toBeNull();
  await fireEvent.keyDown(screen.getByTestId('theme'), { key: '?' });
  await screen.findByTestId('keymap');
});

test('no key leads away from a question that is open', async () => {
  await open();
  await fireEvent.keyDown(document.body, { key: '?' });
  const dialog = await screen.findByRole('dialog');
  for (const event of [{ key: 'F1' }, alt(2), alt(4)]) await fireEvent.keyDown(dialog, event);
  await onScreen('till');
  expect(screen.getAllByRole('dialog')).toHaveLength(1);
});

test('what is being typed survives a look at Help', async () => {
  await open();
  await fireEvent.input(amount(), { target: { value: '12500' } });
  await fireEvent.keyDown(amount(), { key: 'F1' });
  await screen.findByTestId('help');
  await fireEvent.keyDown(document.body, alt(1));
  expect(amount()).toHaveProperty('value', '12\u00a0500');
});

test('every subject of Help reads in both languages, and every picture is described', () => {
  const [fr, en] = [helpWords('fr'), helpWords('en')];
  for (const topic of Object.keys(fr.topic) as Topic[]) {
    for (const w of [fr, en]) expect(w.topic[topic].lead.length, topic).toBeGreaterThan(10);
    expect(en.topic[topic].points.length, topic).toBe(fr.topic[topic].points.length);
    expect(en.topic[topic].picture === '', topic).toBe(fr.topic[topic].picture === '');
    expect(fr.topic[topic].picture === '', topic).toBe(['states', 'people', 'privacy'].includes(topic));
  }
});
