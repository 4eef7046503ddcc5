// What a customer reads, in both languages. Apart from the till's words, which this window does not need. Of what went
// wrong it says nothing that blames anybody: the cashier knows, and speaks.
import type { LanguageView } from '../lib/bindings/LanguageView';

const fr = {
  title: 'Écran du client',
  training: 'MODE ÉCOLE',
  welcome: 'Bienvenue',
  pay: 'Paiement Mixx by Yas',
  amount: 'À payer',
  number: 'Numéro',
  approve:
    'Validez le paiement sur votre téléphone. Vous allez recevoir une demande USSD à approuver avec votre code PIN Mixx by Yas.',
  never: 'Ne donnez jamais votre code à personne.',
  paid: 'PAYÉ — VÉRIFIÉ',
  at: (time: string) => `à ${time}`,
  thanks: 'Merci\u00a0!',
  notCompleted: 'Paiement non abouti',
  speak: 'Le vendeur vous dit la suite.',
  checking: 'Un instant, le vendeur vérifie.',
};

const en: typeof fr = {
  title: 'Customer’s screen',
  training: 'TRAINING',
  welcome: 'Welcome',
  pay: 'Pay with Mixx by Yas',
  amount: 'To pay',
  number: 'Number',
  approve:
    'Confirm the payment on your phone. You will receive a USSD request to approve with your Mixx by Yas PIN.',
  never: 'Never give your code to anybody.',
  paid: 'PAID — VERIFIED',
  at: (time) => `at ${time}`,
  thanks: 'Thank you!',
  notCompleted: 'Payment not completed',
  speak: 'The cashier will tell you what is next.',
  checking: 'One moment, the cashier is checking.',
};

export const words = (language: LanguageView) => (language === 'fr' ? fr : en);
