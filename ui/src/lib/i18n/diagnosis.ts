// The words of the diagnosis: what each part is, what was found of it, and what to do about it. Read with its screen, so that
// the keypad does not wait for them.
import type { FoundView } from '../bindings/FoundView';
import type { HealthView } from '../bindings/HealthView';
import type { PartView } from '../bindings/PartView';
import { wordsOf } from '.';

type Told = Record<Exclude<FoundView, 'good' | 'not_tried'>, { says: string; todo: string }>;

const fr = {
  title: 'Diagnostic',
  open: 'Tout tester',
  intro:
    'Clés, internet, horloge, trousseau, imprimante, disque et base : chacun est essayé pour de vrai. Rien n’est demandé à un client.',
  again: 'Tester encore',
  testing: 'Test en cours…',
  back: 'Réglages',
  copy: 'Copier le rapport',
  copied: 'Rapport copié',
  summary: (bad: number) =>
    bad === 0
      ? 'Rien n’empêche une vente.'
      : bad === 1
        ? 'Une chose à régler.'
        : `${String(bad)} choses à régler.`,
  health: { good: 'Bon', notice: 'À savoir', untried: 'Non testé', bad: 'À régler' } satisfies Record<
    HealthView,
    string
  >,
  parts: {
    keys: 'Clés LigdiCash',
    network: 'Internet',
    server: 'Serveur',
    certificate: 'Connexion sécurisée',
    clock: 'Horloge',
    keychain: 'Trousseau du système',
    printer: 'Imprimante',
    disk: 'Disque',
    ledger: 'Base des paiements',
    chain: 'Fin de la base, au trousseau',
  } satisfies Record<PartView, string>,
  good: {
    keys: 'LigdiCash reconnaît les clés.',
    network: 'LigdiCash est joignable.',
    server: 'C’est bien LigdiCash qui répond.',
    certificate: 'Le certificat est valable.',
    clock: 'À l’heure de LigdiCash.',
    keychain: 'Il garde et rend ce qu’on lui confie.',
    printer: 'Elle répond.',
    disk: 'Il garde ce qui est écrit.',
    ledger: 'Lue en entier, rien n’est abîmé.',
    chain: 'Il ne manque rien à la base.',
  } satisfies Record<PartView, string>,
  notTried: {
    keys: 'Se teste dès que LigdiCash répond.',
    network: 'Se teste avec des clés.',
    server: 'Se teste dès qu’internet marche.',
    certificate: 'Se teste dès qu’internet marche.',
    clock: 'Se compare à celle de LigdiCash dès qu’il répond.',
    keychain: 'N’a pas pu être essayé.',
    printer: 'N’a pas pu être essayée.',
    disk: 'N’a pas pu être essayé.',
    ledger: 'N’a pas pu être lue.',
    chain: 'Se garde en mode réel.',
  } satisfies Record<PartView, string>,
  found: {
    keys_missing: {
      says: 'Aucune clé n’est enregistrée.',
      todo: 'Pour le mode réel, entrez les deux clés dans Réglages. L’école n’en a pas besoin.',
    },
    keys_unreadable: {
      says: 'Les clés scellées sont illisibles.',
      todo: 'Entrez-les de nouveau dans Réglages.',
    },
    keys_for_session: {
      says: 'Reconnues, mais oubliées à la fermeture.',
      todo: 'Enregistrez-les dans le trousseau dès qu’il répond.',
    },
    keys_refused: {
      says: 'LigdiCash refuse les clés.',
      todo: 'Recopiez la clé et le jeton depuis le projet, dans le tableau de bord LigdiCash.',
    },
    payin_not_activated: {
      says: 'Clés reconnues, mais l’encaissement n’est pas activé.',
      todo: 'Demandez à LigdiCash d’activer l’encaissement (payin) pour votre projet.',
    },
    address_refused: {
      says: 'La dernière vente a été refusée à cause de cette connexion internet (Code03).',
      todo: 'LigdiCash ne connaît pas l’adresse IP publique de votre connexion : celle de votre box ou de votre opérateur, qui peut changer. Envoyez-leur le message préparé, et demandez l’encaissement sans filtre d’adresse.',
    },
    no_connection: {
      says: 'LigdiCash est injoignable.',
      todo: 'Ouvrez un site connu. S’il ne vient pas, redémarrez la box ou passez au partage du téléphone.',
    },
    no_usable_answer: {
      says: 'Quelque chose répond, mais pas LigdiCash.',
      todo: 'Une page d’accueil Wi-Fi attend peut-être votre accord : ouvrez un site connu. Sinon, réessayez plus tard.',
    },
    other_server: {
      says: 'Un serveur d’essai est en service, pas LigdiCash.',
      todo: 'Pour de vraies ventes, videz « Adresse du serveur » dans Réglages.',
    },
    tls_refused: {
      says: 'La connexion sécurisée est refusée.',
      todo: 'Réglez la date et l’heure ; regardez si un antivirus ou un filtre surveille la connexion ; essayez le partage du téléphone.',
    },
    no_certificate: {
      says: 'Serveur d’essai sur cet ordinateur : sans certificat.',
      todo: 'Rien à faire pendant un essai.',
    },
    clock_wrong: {
      says: 'L’horloge de cet ordinateur est fausse.',
      todo: 'Réglez la date et l’heure, de préférence sur « automatique » : chaque vente est inscrite au jour que montre l’ordinateur.',
    },
    keychain_unavailable: {
      says: 'Aucun trousseau ne répond.',
      todo: 'Sous Linux, installez et ouvrez gnome-keyring ou KWallet, puis testez encore.',
    },
    keychain_locked: {
      says: 'Le trousseau est verrouillé, ou attend une réponse.',
      todo: 'Déverrouillez-le dans la fenêtre du système, puis testez encore.',
    },
    keychain_forgets: {
      says: 'Le trousseau n’a pas rendu ce qu’on lui a confié.',
      todo: 'Redémarrez l’ordinateur. Si cela reste, choisissez un autre trousseau.',
    },
    no_printer: {
      says: 'Aucune imprimante n’est choisie.',
      todo: 'Facultatif : Réglages, Reçus et imprimante.',
    },
    printer_unreachable: {
      says: 'L’imprimante ne répond pas.',
      todo: 'Regardez si elle est allumée et branchée au même réseau, et si l’adresse dans Réglages est la sienne.',
    },
    disk_fails: {
      says: 'Le disque ne garde pas ce qui est écrit.',
      todo: 'N’encaissez plus ici. Vérifiez que le dossier existe et que le disque n’est ni plein ni protégé.',
    },
    disk_low: {
      says: 'Il reste peu de place.',
      todo: 'Libérez de la place : les ventes et leurs sauvegardes en ont besoin.',
    },
    ledger_damaged: {
      says: 'La base est abîmée. Elle ne prend plus de vente.',
      todo: 'Remettez la sauvegarde la plus récente : la caisse la propose à l’ouverture.',
    },
    ledger_unreadable: {
      says: 'La base n’a pas pu être lue.',
      todo: 'Fermez la caisse, vérifiez que son dossier est à sa place, puis ouvrez-la de nouveau.',
    },
    chain_lost: {
      says: 'Il manque à la base des écritures qui y étaient.',
      todo: 'Remettez la sauvegarde la plus récente et comparez avec le dernier reçu imprimé. Prévenez le responsable.',
    },
    chain_forgotten: {
      says: 'Le trousseau ne se souvient plus de la fin de la base.',
      todo: 'Comparez avec le dernier reçu et la dernière clôture imprimés.',
    },
    chain_unkept: {
      says: 'Le trousseau ne garde pas la fin de la base.',
      todo: 'Une base raccourcie ne se verrait pas : gardez les reçus et les clôtures imprimés.',
    },
  } satisfies Told,
};

const en: typeof fr = {
  title: 'Diagnostics',
  open: 'Test everything',
  intro:
    'Keys, internet, clock, keychain, printer, disk and ledger: each is tried for real. Nothing is asked of a customer.',
  again: 'Test again',
  testing: 'Testing…',
  back: 'Settings',
  copy: 'Copy the report',
  copied: 'Report copied',
  summary: (bad) =>
    bad === 0
      ? 'Nothing stands in the way of a sale.'
      : bad === 1
        ? 'One thing to put right.'
        : `${String(bad)} things to put right.`,
  health: { good: 'Good', notice: 'To know', untried: 'Not tested', bad: 'To put right' },
  parts: {
    keys: 'LigdiCash keys',
    network: 'Internet',
    server: 'Server',
    certificate: 'Secure connection',
    clock: 'Clock',
    keychain: 'System keychain',
    printer: 'Printer',
    disk: 'Disk',
    ledger: 'Payments’ ledger',
    chain: 'End of the ledger, in the keychain',
  },
  good: {
    keys: 'LigdiCash knows the keys.',
    network: 'LigdiCash can be reached.',
    server: 'It is LigdiCash that answers.',
    certificate: 'The certificate is valid.',
    clock: 'As LigdiCash’s.',
    keychain: 'It keeps and gives back what it is given.',
    printer: 'It answers.',
    disk: 'It keeps what is written.',
    ledger: 'Read whole, nothing is damaged.',
    chain: 'Nothing is missing from the ledger.',
  },
  notTried: {
    keys: 'Tested as soon as LigdiCash answers.',
    network: 'Tested with keys.',
    server: 'Tested as soon as the internet works.',
    certificate: 'Tested as soon as the internet works.',
    clock: 'Compared with LigdiCash’s as soon as it answers.',
    keychain: 'Could not be tried.',
    printer: 'Could not be tried.',
    disk: 'Could not be tried.',
    ledger: 'Could not be read.',
    chain: 'Kept in live mode.',
  },
  found: {
    keys_missing: {
      says: 'No keys are stored.',
      todo: 'For live mode, enter both keys in Settings. Training needs none.',
    },
    keys_unreadable: { says: 'The sealed keys cannot be read.', todo: 'Enter them again in Settings.' },
    keys_for_session: {
      says: 'Accepted, but forgotten when the till closes.',
      todo: 'Store them in the keychain as soon as it answers.',
    },
    keys_refused: {
      says: 'LigdiCash refuses the keys.',
      todo: 'Copy key and token again from the project in the LigdiCash dashboard.',
    },
    payin_not_activated: {
      says: 'Keys accepted, but taking payments is not activated.',
      todo: 'Ask LigdiCash to activate payin for your project.',
    },
    address_refused: {
      says: 'The last sale was refused because of this internet connection (Code03).',
      todo: 'LigdiCash does not know your connection’s public IP address: your router’s or operator’s, which may change. Send them the prepared message, and ask for payin without an address filter.',
    },
    no_connection: {
      says: 'LigdiCash cannot be reached.',
      todo: 'Open a site you know. If it does not come, restart the router or share your phone’s connection.',
    },
    no_usable_answer: {
      says: 'Something answers, but not LigdiCash.',
      todo: 'A Wi-Fi welcome page may wait for your consent: open a site you know. Otherwise try again later.',
    },
    other_server: {
      says: 'A test server is in use, not LigdiCash.',
      todo: 'For real sales, empty “Server address” in Settings.',
    },
    tls_refused: {
      says: 'The secure connection is refused.',
      todo: 'Set date and time; see whether an antivirus or a filter watches the connection; try your phone’s connection.',
    },
    no_certificate: {
      says: 'A test server on this computer: no certificate.',
      todo: 'Nothing to do during a test.',
    },
    clock_wrong: {
      says: 'This computer’s clock is wrong.',
      todo: 'Set date and time, best to “automatic”: each sale is written to the day that the computer shows.',
    },
    keychain_unavailable: {
      says: 'No keychain answers.',
      todo: 'On Linux, install and open gnome-keyring or KWallet, then test again.',
    },
    keychain_locked: {
      says: 'The keychain is locked, or waits for an answer.',
      todo: 'Unlock it in the system’s window, then test again.',
    },
    keychain_forgets: {
      says: 'The keychain did not give back what it was given.',
      todo: 'Restart the computer. If it stays so, choose another keychain.',
    },
    no_printer: { says: 'No printer is chosen.', todo: 'Optional: Settings, Receipts and printer.' },
    printer_unreachable: {
      says: 'The printer does not answer.',
      todo: 'See whether it is on and in the same network, and whether the address in Settings is its own.',
    },
    disk_fails: {
      says: 'The disk does not keep what is written.',
      todo: 'Take no more payments here. Check that the folder exists, and that the disk is neither full nor protected.',
    },
    disk_low: {
      says: 'Little room is left.',
      todo: 'Free some room: sales and their backups need it.',
    },
    ledger_damaged: {
      says: 'The ledger is damaged. It takes no more sales.',
      todo: 'Put the newest backup in place: the till offers it when it opens.',
    },
    ledger_unreadable: {
      says: 'The ledger could not be read.',
      todo: 'Close the till, check that its folder is in its place, then open it again.',
    },
    chain_lost: {
      says: 'The ledger lacks entries that it had.',
      todo: 'Put the newest backup in place and compare with the last printed receipt. Tell the manager.',
    },
    chain_forgotten: {
      says: 'The keychain no longer remembers the end of the ledger.',
      todo: 'Compare with the last printed receipt and closing.',
    },
    chain_unkept: {
      says: 'The keychain does not keep the end of the ledger.',
      todo: 'A ledger cut short would not be seen: keep printed receipts and closings.',
    },
  },
};

export const DIAGNOSIS = wordsOf({ fr, en });
