// The pictures of the guide: parts of the built page in the reader's language, taken by `npm run help-pictures` and never
// by hand. One that is missing fails the build, and one that is of an older page fails the browser tests.
import type { LanguageView } from '../lib/bindings/LanguageView';
import type { Topic } from '../lib/i18n/help';
import saleEn from './pictures/sale-en.webp';
import saleFr from './pictures/sale-fr.webp';
import waitEn from './pictures/wait-en.webp';
import waitFr from './pictures/wait-fr.webp';
import uncertainEn from './pictures/uncertain-en.webp';
import uncertainFr from './pictures/uncertain-fr.webp';
import lateEn from './pictures/late-en.webp';
import lateFr from './pictures/late-fr.webp';
import dayEn from './pictures/day-en.webp';
import dayFr from './pictures/day-fr.webp';
import offlineEn from './pictures/offline-en.webp';
import offlineFr from './pictures/offline-fr.webp';
import trainingEn from './pictures/training-en.webp';
import trainingFr from './pictures/training-fr.webp';
import backupsEn from './pictures/backups-en.webp';
import backupsFr from './pictures/backups-fr.webp';
import stamps from './pictures/stamps.json';

/** Subjects with a picture. */
export type Pictured = Exclude<Topic, 'states' | 'people' | 'privacy'>;

export interface Picture {
  url: string;
  width: number;
  height: number;
}

const ADDRESSES: Record<LanguageView, Record<Pictured, string>> = {
  fr: {
    sale: saleFr,
    wait: waitFr,
    uncertain: uncertainFr,
    late: lateFr,
    day: dayFr,
    offline: offlineFr,
    training: trainingFr,
    backups: backupsFr,
  },
  en: {
    sale: saleEn,
    wait: waitEn,
    uncertain: uncertainEn,
    late: lateEn,
    day: dayEn,
    offline: offlineEn,
    training: trainingEn,
    backups: backupsEn,
  },
};

export function picture(topic: Topic, language: LanguageView): Picture | null {
  if (topic === 'states' || topic === 'people' || topic === 'privacy') return null;
  const { width, height } = stamps[`${topic}-${language}`];
  return { url: ADDRESSES[language][topic], width, height };
}
