// The amount while it is typed: digits, and nothing that could be read as another amount without a word.
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test } from 'vitest';
import App from '../src/App.svelte';
import { FakeTill } from './fake';

let till: FakeTill;
beforeEach(async () => {
  till = new FakeTill();
  render(App, { backend: till });
  await screen.findByTestId('mode-banner');
});
afterEach(cleanup);

const amount = () => screen.getByTestId<HTMLInputElement>('amount-input');
const fill = (value: string) => fireEvent.input(amount(), { target: { value } });
/** As a keyboard does it: asked first, then there. */
async function key(data: string): Promise<void> {
  const asked = new InputEvent('beforeinput', {
    data,
    inputType: 'insertText',
    bubbles: true,
    cancelable: true,
  });
  if (amount().dispatchEvent(asked)) await fill(amount().value + data);
}

test.each([
  ['500', '500'],
  ['2 000', '2\u00a0000'],
  ['2\u202f000\u00a0F', '2\u00a0000'],
  ['0500', '500'],
])('%s is an amount', async (typed, shown) => {
  await fill(typed);
  expect(amount().value).toBe(shown);
  expect(screen.queryByTestId('field-error')).toBeNull();
});

test.each(['2.5', '1,50', '-5', '2.000', '2,000', '5e3', '٥٠٠', 'abc', '+500'])(
  '%s stays as it is and is refused at once, next to the field',
  async (typed) => {
    await fill(typed);
    expect(amount().value).toBe(typed);
    const error = await screen.findByTestId('field-error');
    expect(amount().getAttribute('aria-describedby')).toBe(error.id);
    await fireEvent.keyDown(amount(), { key: 'Enter' });
    expect(document.activeElement).toBe(amount());
    await fill('500');
    await waitFor(() => expect(screen.queryByTestId('field-error')).toBeNull());
  },
);

test('key by key: digits come, a letter does not and is said, a sign stays in sight', async () => {
  for (const one of '500') await key(one);
  expect(amount().value).toBe('500');
  await key('x');
  expect(amount().value).toBe('500');
  await screen.findByTestId('field-error');
  await key('0');
  expect(amount().value).toBe('5\u00a0000');
  expect(screen.queryByTestId('field-error')).toBeNull();
  await key(',');
  await key('5');
  expect(amount().value).toMatch(/,5$/);
  await screen.findByTestId('field-error');
});
