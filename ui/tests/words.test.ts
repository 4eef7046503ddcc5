import { describe, expect, test } from 'vitest';
import { en } from '../src/lib/i18n/en';
import { fr } from '../src/lib/i18n/fr';
import { amountWhileTyping, day, dayAndTime, elapsed, group, time, xof } from '../src/lib/format';
import { refusalText, words } from '../src/lib/i18n';
import { helpWords } from '../src/lib/i18n/help';

const CODES = Array.from({ length: 17 }, (_, code) => String(code).padStart(2, '0'));

describe('every refusal', () => {
  test.each([...CODES, '03a', '42', ''])('Code%s reads in both languages', (code) => {
    for (const t of [fr, en]) expect(refusalText(t, code).length).toBeGreaterThan(20);
  });
  test.each(['04', '05', '06', '09'])('Code%s asks the customer first', (code) => {
    expect(refusalText(fr, code)).toContain('Demandez au client');
    expect(refusalText(en, code)).toContain('Ask the customer');
  });
});

test('no sentence is left empty or untranslated', () => {
  const walk = (a: unknown, b: unknown, path: string) => {
    if (typeof a === 'string') {
      if (path === '.operator.unknown') return;
      expect(a, path).not.toBe('');
      expect(b, path).not.toBe('');
      return;
    }
    if (typeof a === 'object' && a !== null)
      for (const key of Object.keys(a))
        walk((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], `${path}.${key}`);
  };
  walk(fr, en, '');
});

test('amounts are grouped while typing and left alone when they are not digits', () => {
  expect(group('2000001')).toBe('2\u00a0000\u00a0001');
  expect(xof(12500)).toBe('12\u00a0500\u00a0F');
  expect(amountWhileTyping('5 000 F')).toBe('5\u00a0000');
  expect(amountWhileTyping('0500')).toBe('500');
  expect(amountWhileTyping('abc')).toBe('abc');
  expect(amountWhileTyping('12,5')).toBe('12,5');
});

test('time is counted up', () => {
  expect([0, 7, 75, 3900].map(elapsed)).toEqual(['0:00', '0:07', '1:15', '1 h 05']);
});

describe('a moment reads as the language writes it', () => {
  const part = {
    day: '2-digit',
    month: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  } as const;
  const moments = Array.from({ length: 400 }, (_, at) => 1_700_000_000_000 + at * 7_919_777_333);
  test.each(['fr', 'en'] as const)('%s', (language) => {
    const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
    const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
    const whole = new Intl.DateTimeFormat(locale, { ...part, year: 'numeric' });
    const date = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeZone: 'UTC' });
    for (const at of moments) {
      expect(time(at)).toBe(clock.format(at));
      expect(dayAndTime(at, language)).toBe(whole.format(at));
      expect(day(new Date(at).toISOString().slice(0, 10))).toBe(date.format(at));
    }
  });
});

test('an amount in a sentence is never parted by the end of a line', () => {
  for (const language of ['fr', 'en'] as const)
    expect(JSON.stringify(helpWords(language))).not.toMatch(/\d (?:\d{3}(?!\d)|F\b)/);
  expect(words('fr').live.proofTitle).toContain('100\u00a0F');
});

test('the guide says what to do when the owner’s PIN is lost', () => {
  expect(helpWords('fr').topic.people.points.join(' ')).toContain('code de secours');
  expect(helpWords('en').topic.people.points.join(' ')).toContain('recovery code');
});
