// VAT and fees as a shop owner writes them, and as the till counts them.
import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte';
import { afterEach, expect, test } from 'vitest';
import App from '../src/App.svelte';
import { hundredths, percent } from '../src/lib/format';
import { FakeTill } from './fake';

afterEach(cleanup);

test.each([
  ['18', 1800],
  ['2,5', 250],
  ['2.5', 250],
  ['2,05', 205],
  ['0', 0],
  [' 18 % ', 1800],
  ['100', 10_000],
  ['', null],
  ['-1', null],
  ['1,234', null],
  ['dix', null],
  ['1800', null],
])('%s is %s hundredths of a percent', (typed, rate) => {
  expect(hundredths(typed)).toBe(rate);
});

test('every rate reads back as it was written, in both languages', () => {
  for (let rate = 0; rate <= 5000; rate += 1)
    for (const language of ['fr', 'en'] as const) expect(hundredths(percent(rate, language))).toBe(rate);
  expect([percent(250, 'fr'), percent(205, 'en'), percent(1800, 'fr')]).toEqual(['2,5', '2.05', '18']);
});

test('the settings show percents, send hundredths, and refuse what is no rate', async () => {
  const till = new FakeTill();
  till.now.settings.papers.fee_rate = 250;
  render(App, { backend: till });
  await fireEvent.click(await screen.findByTestId('nav-settings'));
  const field = await screen.findByTestId<HTMLInputElement>('papers-vat-rate');
  expect(field.value).toBe('0');
  expect(screen.getByTestId<HTMLInputElement>('papers-fee-rate').value).toBe('2,5');
  const type = (text: string) => fireEvent.input(field, { target: { value: text } });
  await type('18,');
  expect(field.value).toBe('18,');
  await fireEvent.click(screen.getByTestId('save-settings'));
  expect(till.saved.at(-1)?.papers.vat_rate).toBe(999_999);
  await type('18,5');
  await fireEvent.click(screen.getByTestId('save-settings'));
  expect(till.saved.at(-1)?.papers).toMatchObject({ vat_rate: 1850, fee_rate: 250 });
  expect(within(document.body).queryByText(/centièmes/)).toBeNull();
});
