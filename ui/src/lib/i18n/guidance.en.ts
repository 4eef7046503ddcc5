// The words that lead somebody through the till: welcome, guided first sale, way to real money, keys. In English.
import type { guidance as french } from './guidance.fr';

export const guidance: typeof french = {
  welcome: {
    title: 'Welcome to Encaisse',
    lead: 'Four small settings, then a sale for practice. You can also charge at once, on the left.',
    step: (at: number, of: number) => `Step ${at} of ${of}`,
    language: 'In which language?',
    languageNote: 'Changes at once, and can change again in Settings.',
    shop: 'What is the shop called?',
    shopNote: 'This name is shown to the customer and printed on receipts. Live mode requires it.',
    printer: 'Is there a receipt printer?',
    printerNote: 'Without a printer, a receipt is read on screen and saved as a PDF.',
    training: 'You are in training mode',
    trainingText: [
      'No real money: LigdiCash and the customer’s phone are simulated on this computer.',
      'Try anything you like: approve, refuse, leave waiting. Nothing counts in the real takings.',
      'The yellow banner stays on top, and every receipt says “MODE ÉCOLE”.',
    ],
    next: 'Continue',
    back: 'Back',
    later: 'Later',
    sale: 'Make a first sale',
    again: 'See the welcome again',
    laterNote: 'The welcome can be found again in Help (F1).',
  },
  coach: {
    title: 'Guided first sale',
    of: (at: number, of: number) => `${at} of ${of}`,
    stop: 'Stop the guide',
    show: 'Show me where',
    customer: 'The customer',
    restart: 'Start again',
    finish: 'Finish',
    does: {
      amount: 'Type a small amount, 500 for example, then Enter.',
      number: 'Type the customer’s number: eight digits, 90 12 34 56 for example.',
      charge: 'Press Charge, or Enter.',
      sending: 'The request is leaving. Nothing to do.',
      phone: 'Read the sentence to the customer. Then, in their place, press Approve on the simulated phone.',
      waiting: 'The till is asking LigdiCash. Hand nothing over before the green screen.',
      paid: 'PAID — VERIFIED: the only screen that allows you to hand over the goods. Open the receipt.',
      receipt: 'That is a whole sale. You will find it under History and Day.',
      not_paid:
        'This time the customer has not paid. This is what you will see after a refusal. Close the card, or start again.',
      unsure:
        'Nobody knows yet whether this payment went through. Hand nothing over, and follow the buttons of the card.',
    },
    sees: {
      amount: 'sees nothing yet.',
      number: 'tells you their number. Never ask for their secret code.',
      charge: 'takes out their phone.',
      sending: 'waits for a request.',
      phone: 'sees the amount and the shop’s name, and approves with their PIN, on their own phone.',
      waiting: 'has approved. The operator debits their account.',
      paid: 'receives an SMS from the operator, and your receipt.',
      receipt: 'keeps the receipt: its number and fingerprint prove the payment.',
      not_paid: 'has paid nothing.',
      unsure: 'knows whether an SMS told of a debit: ask.',
    },
  },
  live: {
    title: 'Going live',
    open: 'Go live…',
    lead: 'Six steps, once only. What is done is ticked; the rest can wait.',
    done: 'Done',
    todo: 'To do',
    shopTitle: 'The shop’s name',
    shopText: 'The customer sees it on the phone and on the receipt.',
    askTitle: 'Ask LigdiCash for the account',
    askText:
      'LigdiCash opens the project itself, after a contract. Send this message to your contact there or to developper@ligdicash.com, and fill in the lines in brackets.',
    message: (shop: string) => `Hello,

We want to take payments with the till Encaisse, installed on our shop’s computer.

Shop: ${shop || '[name of the shop]'}
Phone: [your number]
Country and operator: Togo, YAS Togo (Mixx by Yas)

Please:
1. open an API project “payin without redirection” (direct payin), and payin only: no payout, no sending of money;
2. activate YAS Togo on this project;
3. accept requests from our connection. Public IP address: [ask your internet provider]. Otherwise they would be refused with Code03;
4. tell us whether an empty callback address is accepted: the till asks “confirm” by itself;
5. give us the two keys of the project: Apikey and API_TOKEN.

Thank you.`,
    messageLabel: 'Message for LigdiCash',
    copy: 'Copy the message',
    copied: 'Message copied',
    ipNote:
      'An IP address that changes will bring Code03 back: ask your provider whether it is fixed. The till does not look it up, so that it speaks to LigdiCash alone.',
    keysTitle: 'Enter the two keys',
    keysText:
      'They are in the dashboard, client.ligdicash.com. The till keeps them in the computer’s keychain, never on this page.',
    testTitle: 'Test the connection',
    testText: 'The test asks nobody for money.',
    act: {
      keys_accepted: 'Nothing to do: go on to the next step.',
      keys_refused:
        'Copy both keys again from client.ligdicash.com, each into its own field, then test again.',
      payin_not_activated:
        'Write to LigdiCash: “Please activate direct YAS Togo payin on our project”, then test again.',
      no_connection: 'Check this computer’s cable, Wi-Fi or data plan, then test again.',
      tls: 'Follow the two points below, in order, then test again.',
      no_usable_answer:
        'Open a web page: the network of a hotel or an office may want you to sign in first. Then test again.',
    },
    ipFound: 'LigdiCash answers, but refuses this connection.',
    ipCode:
      'Code03: LigdiCash does not accept the IP address of this connection. Send them the message of step 2, with that address.',
    switchTitle: 'Switch to live mode',
    switchText: 'The live till starts empty, apart from training. You can come back to training.',
    proofTitle: 'A first sale of 100 F, as proof',
    proofText:
      'Real money: 100 F, the smallest amount at YAS. Ask it of your own number, and approve with your PIN.',
    proof: 'Prepare the sale of 100 F',
    proofChecks: [
      'The till shows PAID — VERIFIED and a receipt.',
      'On client.ligdicash.com, the YAS Togo sub-account shows 100 F (less the fee).',
      'The transaction there has the same reference (P…) as the receipt.',
    ],
    proofDone: 'A real payment has been verified on this till.',
    close: 'Back to the till',
  },
  keymap: {
    title: 'Keyboard',
    note: 'A whole sale takes only digits and Enter.',
    close: 'Close',
    places: { anywhere: 'Anywhere', sale: 'During a sale', dialog: 'In a question' },
    shift: 'Shift',
    enter: 'Enter',
    escape: 'Esc',
    does: {
      keymap: 'These keys',
      help: 'Help',
      till: 'Till, ready for an amount',
      history: 'History',
      day: 'Day',
      settings: 'Settings',
      number: 'From the amount to the number',
      charge: 'From the number to the request: charge',
      safe: 'Leave without deciding or losing anything',
    },
  },
};
