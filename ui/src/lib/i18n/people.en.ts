// What people read about people: the lock, the rail, the panel, and why something is refused. In English.
import type { peopleErrorsFr, peopleFr } from './people.fr';

export const peopleEn: typeof peopleFr = {
  locked: 'The till is locked',
  who: 'Who are you?',
  others: 'That is not me',
  pinOf: (name: string) => `${name}, type your PIN`,
  open: 'Open',
  opening: 'Checking…',
  forgot: 'PIN forgotten?',
  forgotOthers: 'PIN forgotten? Ask an owner to set a new one, in Settings.',
  recoverTitle: 'A new PIN for the owner',
  recoverText: 'Type the recovery code that the till showed you once, then your new PIN.',
  recoverLost:
    'Without that recovery code nobody can read your PIN. Another owner can set a new one, in Settings. Otherwise: close the till and move settings.sqlite3 out of its folder; people and settings are to be made again, the sales stay.',
  recoveryCode: 'Recovery code',
  newPin: 'New PIN (4 to 12 digits)',
  pin: 'PIN (4 to 12 digits)',
  pinAgain: 'The same PIN once more',
  pinDiffers: 'The two PINs are not the same.',
  keepOld: 'Empty: the PIN stays the same.',
  once: 'Your recovery code',
  onceText:
    'Write it on paper and keep it away from the till. It is shown once only, and lets you set a new PIN if you forget yours.',
  onceDone: 'I have written it down',
  wrong: (left: number) =>
    left === 1
      ? 'That is not the right PIN. One more try before a wait.'
      : `That is not the right PIN. ${left} more tries before a wait.`,
  wait: (seconds: number) =>
    seconds > 90
      ? `Too many tries. Wait ${Math.ceil(seconds / 60)} minutes.`
      : `Too many tries. Wait ${seconds} seconds.`,
  switchHint: (name: string) => `${name}: lock, or let somebody else in`,
  roles: { owner: 'Owner', manager: 'Manager', cashier: 'Cashier', auditor: 'Auditor' },
  roleHelp: {
    owner: 'May do everything, and says who may do what.',
    manager: 'Charges, sees everything, closes, exports, decides and changes settings; not the keys.',
    cashier: 'Charges, sees today’s payments and prints.',
    auditor: 'Reads, exports and verifies; does not charge and changes nothing.',
  },
  panel: 'People',
  alone:
    'You are alone at this till: nobody has a PIN and everything is allowed. Set your PIN so that the till locks and others work here with rights of their own.',
  begin: 'Set my PIN',
  beginTitle: 'The owner’s PIN',
  name: 'Name',
  role: 'Role',
  add: 'Add a person',
  addTitle: 'A new person',
  edit: (name: string) => `Change ${name}`,
  change: 'Change',
  save: 'Save',
  cancel: 'Cancel',
  retire: 'Remove',
  retireTitle: (name: string) => `Remove ${name}?`,
  retireText: 'Their PIN will no longer open the till. Their name stays in the journal.',
  autoLock: 'Lock when nobody does anything for',
  minutes: (count: number) => (count === 0 ? 'Never' : `${count} minute${count === 1 ? '' : 's'}`),
  you: 'you',
  ownersOnly: 'For the owner only.',
  managersOnly: 'For a manager: ask one.',
};

export const peopleErrorsEn: typeof peopleErrorsFr = {
  locked: 'The till is locked: choose your name and type your PIN.',
  not_allowed: 'You may not do this. Ask a manager.',
  pin_wrong: 'That is not the right PIN.',
  pin_wait: 'Too many tries: wait before the next one.',
  pin_malformed: 'A PIN is 4 to 12 digits, and nothing else.',
  pin_weak: 'That is the first PIN anybody tries. Choose another one, no run and no repetition.',
  recovery_malformed: 'A recovery code has 20 letters and digits, like ABCD-2345-…',
  name_taken: 'Somebody here has that name. Add an initial.',
  last_owner: 'There must always be an owner: add another one first.',
};
