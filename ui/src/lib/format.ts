// How amounts and times are written. No arithmetic on money here: only digits and spaces.
import type { LanguageView } from './bindings/LanguageView';

/** Of full width: the narrow one all but closes in a heavy face, and `2 000 000` must be read at a glance. */
const GAP = '\u00a0';

/** Groups digits by three: `12 500`. */
export function group(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, GAP);
}

/** Whole XOF: `12 500 F`. */
export function xof(francs: number): string {
  return `${group(String(francs))}\u00a0F`;
}

/** What is typed in the amount field, grouped when it is only digits; otherwise as typed, for the till to refuse. */
export function amountWhileTyping(typed: string): string {
  const bare = typed.replace(/[\s\u202f\u00a0]/g, '').replace(/(F|FCFA|XOF)$/i, '');
  return /^\d+$/.test(bare) ? group(bare.replace(/^0+(?=\d)/, '')) : typed;
}

/** Nothing yet, or a whole number as `amountWhileTyping` leaves it. */
export function isAmount(shown: string): boolean {
  return /^[\d\u00a0]*$/.test(shown);
}

const LOCALE: Record<LanguageView, string> = { fr: 'fr-FR', en: 'en-GB' };

const two = (part: number) => String(part).padStart(2, '0');

/** `14:05`, the same in both languages. By hand: the first of `Intl`'s formats takes longer to make than the keypad to draw. */
export function time(atMs: number): string {
  const at = new Date(atMs);
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** `24/11/2026`, the same in both languages. */
export function date(atMs: number): string {
  const at = new Date(atMs);
  return `${two(at.getDate())}/${two(at.getMonth() + 1)}/${at.getFullYear()}`;
}

/** To the minute: `24/11/2026 14:05`. */
export function dayAndMinute(atMs: number, language: LanguageView): string {
  return `${date(atMs)}${language === 'fr' ? ' ' : ', '}${time(atMs)}`;
}

/** To the second: `24/11/2026 14:05:07`. */
export function dayAndTime(atMs: number, language: LanguageView): string {
  return `${dayAndMinute(atMs, language)}:${two(new Date(atMs).getSeconds())}`;
}

/** A business day, `YYYY-MM-DD`, as people write it in both languages: `24/11/2026`. */
export function day(iso: string): string {
  return iso.split('-').reverse().join('/');
}

/** A business day in words: `mardi 24 novembre`. */
export function longDay(iso: string, language: LanguageView): string {
  return new Intl.DateTimeFormat(LOCALE[language], {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(Date.parse(iso));
}

/** Seconds counted up: `0:07`, `12:40`, `1 h 05`. */
export function elapsed(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  if (s >= 3600) return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')}`;
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
}

/** How far two clocks are apart, as a person would say it. */
export function apart(ms: number, language: LanguageView): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  if (minutes < 120) return `${minutes}\u00a0min`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${hours}\u00a0h`;
  const days = String(Math.round(hours / 24));
  return `${group(days)}\u00a0${language === 'fr' ? 'jours' : 'days'}`;
}

/** A rate in hundredths of a percent as people write it, without its sign: `18`, `2,5`. */
export function percent(hundredths: number, language: LanguageView): string {
  const part = String(hundredths % 100)
    .padStart(2, '0')
    .replace(/0+$/, '');
  const whole = String(Math.trunc(hundredths / 100));
  return part ? `${whole}${language === 'fr' ? ',' : '.'}${part}` : whole;
}

/** A rate that was typed, in hundredths of a percent; nothing when it is none, or finer than the books are kept. */
export function hundredths(typed: string): number | null {
  const found = /^(\d{1,3})(?:[.,](\d{1,2}))?$/.exec(typed.replace(/[\s%]/g, ''));
  if (!found) return null;
  return Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0'));
}
