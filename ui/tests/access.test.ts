import axe from 'axe-core';
import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test } from 'vitest';
import App from '../src/App.svelte';
import type { StateView } from '../src/lib/bindings/StateView';
import { FakeTill, payment, snapshot } from './fake';

const STATES: StateView[] = [
  'recorded',
  'submitting',
  'pending',
  'paid',
  'failed',
  'rejected',
  'not_sent',
  'uncertain',
  'review',
];

afterEach(cleanup);

// Contrast needs pixels: the real window is asked about it.
const problems = async () =>
  (await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })).violations.map(
    (violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(' ')}`,
  );

test.each(['fr', 'en'] as const)('every state and screen is accessible in %s', async (language) => {
  const till = new FakeTill();
  const base = snapshot();
  till.now = snapshot({
    settings: { ...base.settings, language },
    other_server: '127.0.0.1:8090',
    open: STATES.map((state) => payment({ state, late: state === 'paid', check_problem: 'no_connection' })),
    recent: [payment({ state: 'failed', resolved_at_ms: 1 })],
    online: false,
    clock_wrong_by_ms: 600_000,
    recovery: { watched: 1, uncertain: 1, not_sent: 1, handle_lost: 1 },
    backup: { newest_at_ms: null, needs_attention: true, problem: 'disk_full' },
  });
  render(App, { backend: till });
  await screen.findByTestId('mode-banner');
  expect(await problems()).toEqual([]);
  for (const view of ['history', 'day', 'settings', 'help']) {
    await fireEvent.click(screen.getByTestId(`nav-${view}`));
    await screen.findByRole('heading', { level: 1 });
    expect(await problems()).toEqual([]);
  }
});
