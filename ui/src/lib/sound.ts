// Three sounds that nobody confuses with each other: paid rises, not completed falls, late rings twice. They are made, not
// played from files, and say nothing that the screen does not say too.
import { habits } from './habits.svelte';

export type Sound = 'paid' | 'not_completed' | 'late';

interface Note {
  hertz: number;
  atS: number;
  lastsS: number;
  wave: OscillatorType;
}

const NOTES: Record<Sound, Note[]> = {
  paid: [
    { hertz: 659, atS: 0, lastsS: 0.14, wave: 'triangle' },
    { hertz: 784, atS: 0.11, lastsS: 0.14, wave: 'triangle' },
    { hertz: 1047, atS: 0.22, lastsS: 0.42, wave: 'triangle' },
  ],
  not_completed: [
    { hertz: 330, atS: 0, lastsS: 0.22, wave: 'sine' },
    { hertz: 233, atS: 0.2, lastsS: 0.45, wave: 'sine' },
  ],
  late: [0, 0.42].flatMap((atS) => [
    { hertz: 988, atS, lastsS: 0.16, wave: 'square' as const },
    { hertz: 740, atS: atS + 0.16, lastsS: 0.18, wave: 'square' as const },
  ]),
};

/** A square wave of the same height is louder than a round one. */
const LEVEL: Record<string, number> = { triangle: 0.5, sine: 0.6, square: 0.16 };
const LOUDNESS = [0, 0.25, 0.55, 1];
let context: AudioContext | null = null;

/** Not waited for by a page that nobody sees: it draws no frame. */
const FRAME_AT_MOST_MS = 100;

/** The screen comes first: the loudspeaker takes longer to open, the first time, than a frame to draw. */
function afterTheFrame(then: () => void): void {
  let done = false;
  const once = () => {
    if (!done) then();
    done = true;
  };
  requestAnimationFrame(() => setTimeout(once, 0));
  setTimeout(once, FRAME_AT_MOST_MS);
}

export function play(sound: Sound): void {
  afterTheFrame(() => sing(sound));
}

function sing(sound: Sound): void {
  const loudness = LOUDNESS[habits.volume] ?? 0;
  if (loudness === 0 || typeof AudioContext === 'undefined') return;
  try {
    context ??= new AudioContext();
    void context.resume();
    for (const note of NOTES[sound]) ring(context, note, loudness);
  } catch {
    // A computer without a loudspeaker is no reason to stop a sale.
  }
}

function ring(on: AudioContext, { hertz, atS, lastsS, wave }: Note, loudness: number): void {
  const from = on.currentTime + atS;
  const tone = new OscillatorNode(on, { type: wave, frequency: hertz });
  const level = new GainNode(on, { gain: 0 });
  level.gain.setValueAtTime(0, from);
  level.gain.linearRampToValueAtTime(loudness * (LEVEL[wave] ?? 0.5), from + 0.015);
  level.gain.exponentialRampToValueAtTime(0.001, from + lastsS);
  tone.connect(level).connect(on.destination);
  tone.start(from);
  tone.stop(from + lastsS);
}
