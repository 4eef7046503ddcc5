// What people read about people: the lock, the rail, the panel, and why something is refused. In French.

export const peopleFr = {
  locked: 'Caisse verrouillée',
  who: 'Qui êtes-vous ?',
  others: 'Ce n’est pas moi',
  pinOf: (name: string) => `${name}, tapez votre code`,
  open: 'Ouvrir',
  opening: 'Vérification…',
  forgot: 'Code oublié ?',
  forgotOthers: 'Code oublié ? Demandez à un propriétaire d’en mettre un nouveau, dans Réglages.',
  recoverTitle: 'Nouveau code du propriétaire',
  recoverText:
    'Tapez le code de secours que la caisse vous a montré une seule fois, puis votre nouveau code.',
  recoverLost:
    'Sans ce code de secours, personne ne peut lire votre code. Un autre propriétaire peut en mettre un nouveau, dans Réglages. Sinon : fermez la caisse et sortez settings.sqlite3 de son dossier ; personnes et réglages sont à refaire, les ventes restent.',
  recoveryCode: 'Code de secours',
  newPin: 'Nouveau code (4 à 12 chiffres)',
  pin: 'Code (4 à 12 chiffres)',
  pinAgain: 'Le même code encore une fois',
  pinDiffers: 'Les deux codes ne sont pas les mêmes.',
  keepOld: 'Vide : le code reste le même.',
  once: 'Votre code de secours',
  onceText:
    'Écrivez-le sur papier et gardez-le loin de la caisse. Il n’est montré qu’une fois, et permet de mettre un nouveau code si vous oubliez le vôtre.',
  onceDone: 'Je l’ai écrit',
  wrong: (left: number) =>
    left === 1
      ? 'Ce n’est pas le bon code. Encore un essai avant une attente.'
      : `Ce n’est pas le bon code. Encore ${left} essais avant une attente.`,
  wait: (seconds: number) =>
    seconds > 90
      ? `Trop d’essais. Attendez ${Math.ceil(seconds / 60)} minutes.`
      : `Trop d’essais. Attendez ${seconds} secondes.`,
  switchHint: (name: string) => `${name} : verrouiller ou changer de personne`,
  roles: { owner: 'Propriétaire', manager: 'Responsable', cashier: 'Caisse', auditor: 'Contrôle' },
  roleHelp: {
    owner: 'Peut tout, et dit qui peut quoi.',
    manager: 'Encaisse, voit tout, clôture, exporte, décide et change les réglages ; pas les clés.',
    cashier: 'Encaisse, voit les paiements du jour et imprime.',
    auditor: 'Lit, exporte et vérifie ; n’encaisse pas et ne change rien.',
  },
  panel: 'Personnes',
  alone:
    'Vous êtes seul à la caisse : personne n’a de code et tout est permis. Mettez votre code pour que la caisse se verrouille et que d’autres y travaillent avec leurs droits.',
  begin: 'Mettre mon code',
  beginTitle: 'Code du propriétaire',
  name: 'Nom',
  role: 'Rôle',
  add: 'Ajouter une personne',
  addTitle: 'Nouvelle personne',
  edit: (name: string) => `Modifier ${name}`,
  change: 'Modifier',
  save: 'Enregistrer',
  cancel: 'Annuler',
  retire: 'Retirer',
  retireTitle: (name: string) => `Retirer ${name} ?`,
  retireText: 'Son code n’ouvrira plus la caisse. Son nom reste dans le journal.',
  autoLock: 'Verrouiller sans activité après',
  minutes: (count: number) => (count === 0 ? 'Jamais' : `${count} minute${count > 1 ? 's' : ''}`),
  you: 'vous',
  ownersOnly: 'Réservé au propriétaire.',
  managersOnly: 'Réservé au responsable : demandez-lui.',
};

export const peopleErrorsFr = {
  locked: 'La caisse est verrouillée : choisissez votre nom et tapez votre code.',
  not_allowed: 'Vos droits ne le permettent pas. Demandez à un responsable.',
  pin_wrong: 'Ce n’est pas le bon code.',
  pin_wait: 'Trop d’essais : attendez avant de recommencer.',
  pin_malformed: 'Un code a 4 à 12 chiffres, et rien d’autre.',
  pin_weak: 'Ce code est le premier que l’on essaie. Choisissez-en un autre, sans suite ni répétition.',
  recovery_malformed: 'Un code de secours a 20 lettres et chiffres, comme ABCD-2345-…',
  name_taken: 'Quelqu’un ici a déjà ce nom. Ajoutez une initiale.',
  last_owner: 'Il faut toujours un propriétaire : ajoutez-en un autre d’abord.',
};
