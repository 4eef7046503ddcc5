// A payment's journal as its story: plain sentences for a merchant, and the technical text apart, for support. Owns how a
// detail is read; what cannot be read is told without it.
import type { DecisionKindView } from '../lib/bindings/DecisionKindView';
import type { TimelineEntry } from '../lib/bindings/TimelineEntry';
import { time } from '../lib/format';
import type { Catalogue } from '../lib/i18n';

export interface Told {
  atMs: number;
  sentence: string;
  /** What belongs to the sentence: who, why, a reference. Never empty ones. */
  notes: string[];
}

/** Lines of which many follow each other: one question after the other, with the same answer. */
const REPEATED = ['confirm_pending', 'confirm_unknown'];

/** The facts of a detail, as the till joins them: `a · b`, with what they hold of the sign itself escaped. */
export function facts(detail: string): string[] {
  return detail.split(' · ').map((fact) => fact.replace(/\\([\\·])/g, '$1'));
}

function decision(t: Catalogue, detail: string): Pick<Told, 'sentence' | 'notes'> {
  const [kind = '', who = '', reason = '', reference = ''] = facts(detail);
  const words = t.story.decisions[kind as DecisionKindView];
  if (!words) return { sentence: t.story.said['decision'] ?? t.story.other, notes: [] };
  return {
    sentence: who ? `${words}, ${t.story.who(who)}.` : `${words}.`,
    notes: [reason && t.story.reason(reason), reference && t.story.reference(reference)].filter(Boolean),
  };
}

function told(t: Catalogue, line: TimelineEntry): Told {
  const { said, other, handed } = t.story;
  const plain = { atMs: line.at_ms, sentence: said[line.kind] ?? other, notes: [] as string[] };
  if (line.kind === 'decision') return { ...plain, ...decision(t, line.detail) };
  if (line.kind === 'recorded') {
    const [, , , cashier = '', previous = ''] = facts(line.detail);
    const notes = [cashier && t.story.by(cashier), previous && t.story.after].filter(Boolean);
    return { ...plain, notes };
  }
  if (line.kind === 'contradiction_seen')
    return { ...plain, notes: facts(line.detail).filter(Boolean).map(t.story.seenBy) };
  if (line.kind === 'receipt_issued')
    return { ...plain, sentence: handed[facts(line.detail)[0] ?? ''] ?? plain.sentence };
  return plain;
}

/** Every line in plain words, in order; the same answer many times over is one line that counts. */
export function story(t: Catalogue, timeline: TimelineEntry[]): Told[] {
  const lines: Told[] = [];
  let run = 1;
  timeline.forEach((line, at) => {
    const last = lines.at(-1);
    if (last && REPEATED.includes(line.kind) && timeline[at - 1]?.kind === line.kind) {
      run += 1;
      last.notes = [t.story.times(run, time(line.at_ms))];
    } else {
      run = 1;
      lines.push(told(t, line));
    }
  });
  return lines;
}
