// The guide inside the till, in English. Read only by its screen, so that no start waits for it.
import type { help as french } from './help.fr';

export const help: typeof french = {
  title: 'Help',
  topics: 'Topics',
  more: 'Learn by doing',
  guideSale: 'Guided sale',
  onlyTraining: 'The guided sale is made in training mode.',
  keys: 'Keyboard',
  topic: {
    sale: {
      title: 'Taking a payment',
      lead: 'An amount, a number, Charge. The customer approves on the phone.',
      points: [
        'Type the amount, then Enter. From 100 F to 2 000 000 F.',
        'Type the customer’s eight digits, then Enter. A number that looks like Moov is pointed out, never blocked.',
        'Read the sentence on screen to the customer. A request comes, and is approved with their PIN, on their own phone.',
        'Hand over the goods when the screen is green: PAID — VERIFIED. No SMS, no screenshot and no word replaces that screen.',
        'While one waits, serve the next customer: each sale has its own card.',
      ],
      picture: 'The left column: 12 500 F to ask of 90 12 34 56, and the button Charge.',
    },
    states: {
      title: 'What each state means',
      lead: 'A sign, a word and a colour. Only green is money.',
      points: [],
      picture: '',
    },
    wait: {
      title: 'Waiting, and waiting no longer',
      lead: 'Time counts up, and the screen says more after 25 s and after 75 s.',
      points: [
        'After 25 s: phone on and unlocked? network? no other USSD menu open? enough balance?',
        'After 75 s: do not send again at once. The first request can still be accepted, and the customer would pay twice.',
        '“Check now” asks LigdiCash without waiting.',
        '“Stop waiting” cancels nothing: nobody can cancel. The card goes away, and the till keeps checking for 30 days.',
        'The customer pays cash? “Another way to pay” records it. If the mobile money arrives as well, the till will tell you.',
      ],
      picture:
        'A card after a minute and a half of waiting, with its buttons to check now and to stop waiting.',
    },
    uncertain: {
      title: 'An uncertain request',
      lead: 'The request left, but its answer got lost. Paid or not: nobody knows yet.',
      points: [
        'Do not send it again: the customer might pay twice.',
        'Ask the customer whether a request appeared or an SMS told of a debit. Never their secret code.',
        'Look for our reference in the dashboard, client.ligdicash.com. The first button of the card leads step by step.',
        'A manager decides: accepted as paid, with the reference, or not paid. The decision stays written, with a name.',
      ],
      picture: 'A violet card of an uncertain request, with the button that tells what to do.',
    },
    late: {
      title: 'Money that came too late',
      lead: 'A customer may approve long afterwards. The till sees it and says so.',
      points: [
        'An alert rings, and the card asks: what becomes of this money?',
        'The customer has already paid otherwise: give the money back in LigdiCash’s dashboard, then record the reference. The till cannot send money.',
        'This money counts apart, as “late”, never hidden among the sales.',
      ],
      picture: 'The card of a payment that came after the sale was settled otherwise.',
    },
    day: {
      title: 'The day, the closing, the files',
      lead: 'Day shows what came in. The closing Z seals it, under a number.',
      points: [
        'The reading X can be taken at any hour and changes nothing.',
        '“Close the day” first checks what is waiting, then seals the sales. A closing never changes.',
        'What comes afterwards counts in the next closing, and says where it comes from.',
        'Files: Excel, CSV, PDF, book of takings, SYSCOHADA journal; for a day, a month or a closing. Numbers are masked there.',
      ],
      picture: 'The panel of the closing: amounts by class, and the button that closes the day.',
    },
    offline: {
      title: 'Without internet',
      lead: 'History, receipts, exports and closing work. Charging does not.',
      points: [
        'Nothing is queued: a sale refused for want of internet is never sent later behind your back.',
        'What is waiting is watched again as soon as the connection is back.',
        'At the bottom left: Online, or Offline.',
      ],
      picture: 'The red notice that says that there is no connection with LigdiCash.',
    },
    training: {
      title: 'Training and live',
      lead: 'Training is a real till with a false phone. No money exists there.',
      points: [
        'On the simulated phone: approve, refuse, ignore, approve later. Try each of them.',
        'The yellow banner and the mark “MODE ÉCOLE” on receipts cannot be removed.',
        'Training has a ledger of its own: nothing there counts in the real takings.',
        'Live mode takes a shop’s name and LigdiCash’s two keys. The guide leads up to a first sale of 100 F.',
      ],
      picture: 'The simulated phone, with buttons to approve, refuse, ignore and approve later.',
    },
    backups: {
      title: 'Backups',
      lead: 'The till copies its ledger every day and at each closing, and verifies every copy.',
      points: [
        'Keep one elsewhere: “Into a folder…”, on a USB stick, once a week.',
        'Before a restore, the till shows the payments that the copy does not know. The old ledger is put aside, never erased.',
        'A copy holds neither your keys nor anything to ask LigdiCash with.',
      ],
      picture: 'The panel Backups of Settings.',
    },
    people: {
      title: 'People, PINs, a PIN forgotten',
      lead: 'Alone at the till, no PIN is asked. With others, each has their own, and their rights.',
      points: [
        'Settings, “People”: first the owner’s own PIN, then the others, one by one.',
        'A cashier charges and prints; a manager decides, closes and changes settings; an auditor reads and verifies; the owner may do everything.',
        'Touch your name, at the bottom left, to lock or to change places. The till also locks by itself.',
        'Somebody forgot their PIN? The owner sets a new one in Settings.',
        'The owner forgot theirs? On the locked screen, choose the forgotten PIN, then type the recovery code: 20 letters and digits, shown once when the PIN was set.',
        'Write that recovery code on paper, away from the till. After use, the till shows a new one, and the old one serves no more.',
        'The recovery code is lost too? Another owner can set a new PIN. Otherwise close the till and move settings.sqlite3 out of its folder: people and settings must be set again, the sales stay.',
      ],
      picture: '',
    },
    privacy: {
      title: 'The secret code, and numbers',
      lead: 'Never ask the customer for their secret code.',
      points: [
        'The PIN is typed on the customer’s phone and nowhere else. Neither you, nor LigdiCash, nor YAS needs it.',
        'Whoever asks for a code is pretending to be you. Tell your customers.',
        'A phone number is personal data (law 2019-014): it is masked on screen, on receipts and in files.',
        'In Settings, old numbers can be erased by themselves after some months. The accounts stay right.',
        'The till speaks to LigdiCash alone: no statistics, no other server.',
      ],
      picture: '',
    },
  },
  states: {
    recorded: 'Written on disk, not yet sent.',
    submitting: 'The request may be leaving at this moment.',
    pending: 'LigdiCash has the request. It is for the customer to approve on the phone.',
    paid: 'LigdiCash confirms: same amount, same sale. Hand over the goods.',
    failed: 'The customer refused, or did not approve. Nothing was paid.',
    rejected: 'LigdiCash did not take the request. Nothing was created; the card says why.',
    not_sent: 'No connection: nothing left. Trying again is safe.',
    uncertain: 'The answer got lost. Do not send again; follow the card.',
    review: 'LigdiCash says “paid”, but the amount or the reference differs. Call the manager.',
  },
};
