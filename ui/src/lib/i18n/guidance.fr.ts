// The words that lead somebody through the till: welcome, guided first sale, way to real money, keys. In French.

export const guidance = {
  welcome: {
    title: 'Bienvenue dans Encaisse',
    lead: 'Quatre petits réglages, puis une vente d’essai. Vous pouvez aussi encaisser tout de suite, à gauche.',
    step: (at: number, of: number) => `Étape ${at} sur ${of}`,
    language: 'Dans quelle langue ?',
    languageNote: 'Change tout de suite, et peut changer encore dans Réglages.',
    shop: 'Comment s’appelle la boutique ?',
    shopNote: 'Ce nom est montré au client et imprimé sur ses reçus. Il est exigé avant le mode réel.',
    printer: 'Y a-t-il une imprimante à tickets ?',
    printerNote: 'Sans imprimante, le reçu se lit à l’écran et s’enregistre en PDF.',
    training: 'Vous êtes en mode école',
    trainingText: [
      'Aucun argent réel : LigdiCash et le téléphone du client sont simulés sur cet ordinateur.',
      'Essayez tout ce que vous voulez : accepter, refuser, laisser attendre. Rien ne compte dans les vraies recettes.',
      'Le bandeau jaune reste en haut, et chaque reçu porte « MODE ÉCOLE ».',
    ],
    next: 'Continuer',
    back: 'Retour',
    later: 'Plus tard',
    sale: 'Faire une première vente',
    again: 'Revoir l’accueil',
    laterNote: 'L’accueil se retrouve dans l’aide (F1).',
  },
  coach: {
    title: 'Première vente guidée',
    of: (at: number, of: number) => `${at} sur ${of}`,
    stop: 'Arrêter le guide',
    show: 'Montrer où',
    customer: 'Le client',
    restart: 'Recommencer',
    finish: 'Terminer',
    does: {
      amount: 'Tapez un petit montant, par exemple 500, puis Entrée.',
      number: 'Tapez le numéro du client : huit chiffres, par exemple 90 12 34 56.',
      charge: 'Appuyez sur Encaisser, ou sur Entrée.',
      sending: 'La demande part. Rien à faire.',
      phone: 'Lisez la phrase au client. Puis, à sa place, touchez Accepter sur le téléphone simulé.',
      waiting: 'La caisse interroge LigdiCash. Ne remettez rien avant l’écran vert.',
      paid: 'PAYÉ — VÉRIFIÉ : c’est le seul écran qui autorise à remettre la marchandise. Ouvrez le reçu.',
      receipt: 'Voilà une vente complète. Elle se retrouve dans Historique et dans Journée.',
      not_paid:
        'Cette fois, le client n’a pas payé. C’est ce que vous verrez après un refus. Fermez la fiche, ou recommencez.',
      unsure:
        'Personne ne sait encore si ce paiement est passé. Ne remettez rien, et suivez les boutons de la fiche.',
    },
    sees: {
      amount: 'ne voit encore rien.',
      number: 'dicte son numéro. Ne demandez jamais son code secret.',
      charge: 'prend son téléphone.',
      sending: 'attend une demande.',
      phone:
        'voit le montant et le nom de la boutique, et valide avec son code PIN, sur son téléphone à lui.',
      waiting: 'a validé. L’opérateur débite son compte.',
      paid: 'reçoit un SMS de l’opérateur, et votre reçu.',
      receipt: 'garde son reçu : son numéro et le code « Empreinte » prouvent le paiement.',
      not_paid: 'n’a rien payé.',
      unsure: 'sait s’il a reçu un SMS de débit : demandez-le-lui.',
    },
  },
  live: {
    title: 'Passer en mode réel',
    open: 'Passer en réel…',
    lead: 'Six étapes, une seule fois. Ce qui est fait est coché ; le reste peut attendre.',
    done: 'Fait',
    todo: 'À faire',
    shopTitle: 'Le nom de la boutique',
    shopText: 'Le client le voit sur son téléphone et sur son reçu.',
    askTitle: 'Demander le compte à LigdiCash',
    askText:
      'LigdiCash ouvre le projet lui-même, après un contrat. Envoyez ce message à votre interlocuteur ou à developper@ligdicash.com, et complétez les lignes entre crochets.',
    message: (shop: string) => `Bonjour,

Nous voulons encaisser avec la caisse Encaisse, installée sur l’ordinateur de notre boutique.

Boutique : ${shop || '[nom de la boutique]'}
Téléphone : [votre numéro]
Pays et opérateur : Togo, YAS Togo (Mixx by Yas)

Merci :
1. d’ouvrir un projet API « payin sans redirection » (encaissement direct), et payin seulement : aucun retrait, aucun envoi d’argent ;
2. d’activer YAS Togo sur ce projet ;
3. d’accepter les demandes venant de notre connexion. Adresse IP publique : [demandez-la à votre fournisseur internet]. Sinon elles seraient refusées avec Code03 ;
4. de nous dire si une adresse de rappel (callback) vide est acceptée : la caisse interroge elle-même « confirm » ;
5. de nous donner les deux clés du projet : Apikey et API_TOKEN.

Merci d’avance.`,
    messageLabel: 'Message pour LigdiCash',
    copy: 'Copier le message',
    copied: 'Message copié',
    ipNote:
      'Une adresse IP qui change fera revenir Code03 : demandez à votre fournisseur si elle est fixe. La caisse ne la cherche pas elle-même, pour ne parler qu’à LigdiCash.',
    keysTitle: 'Entrer les deux clés',
    keysText:
      'Elles sont dans le tableau de bord client.ligdicash.com. La caisse les garde dans le trousseau de l’ordinateur, jamais sur cette page.',
    testTitle: 'Tester la connexion',
    testText: 'Le test ne demande d’argent à personne.',
    act: {
      keys_accepted: 'Rien à faire : passez à l’étape suivante.',
      keys_refused:
        'Copiez de nouveau les deux clés depuis client.ligdicash.com, chacune dans son champ, puis refaites le test.',
      payin_not_activated:
        'Écrivez à LigdiCash : « Merci d’activer le payin direct YAS Togo sur notre projet », puis refaites le test.',
      no_connection: 'Vérifiez le câble, le Wi-Fi ou le forfait de cet ordinateur, puis refaites le test.',
      tls: 'Suivez les deux points ci-dessous, dans l’ordre, puis refaites le test.',
      no_usable_answer:
        'Ouvrez une page web : un réseau d’hôtel ou de bureau demande peut-être de se connecter d’abord. Puis refaites le test.',
    },
    ipFound: 'LigdiCash répond, mais refuse cette connexion.',
    ipCode:
      'Code03 : LigdiCash n’accepte pas l’adresse IP de cette connexion. Envoyez-leur le message de l’étape 2, avec cette adresse.',
    switchTitle: 'Passer en mode réel',
    switchText: 'La caisse réelle commence vide, à part de l’école. Le retour à l’école reste possible.',
    proofTitle: 'Une première vente de 100 F, pour preuve',
    proofText:
      'De l’argent réel : 100 F, le plus petit montant chez YAS. Demandez-les à votre propre numéro, et validez avec votre PIN.',
    proof: 'Préparer la vente de 100 F',
    proofChecks: [
      'La caisse montre PAYÉ — VÉRIFIÉ et un reçu.',
      'Sur client.ligdicash.com, le sous-compte YAS Togo montre 100 F (moins la commission).',
      'La transaction y porte la même référence (P…) que le reçu.',
    ],
    proofDone: 'Un paiement réel est vérifié sur cette caisse.',
    close: 'Revenir à la caisse',
  },
  keymap: {
    title: 'Touches du clavier',
    note: 'Une vente entière se fait avec les chiffres et Entrée.',
    close: 'Fermer',
    places: { anywhere: 'Partout', sale: 'Pendant une vente', dialog: 'Dans une question' },
    shift: 'Maj',
    enter: 'Entrée',
    escape: 'Échap',
    does: {
      keymap: 'Ces touches',
      help: 'Aide',
      till: 'Caisse, prête à taper un montant',
      history: 'Historique',
      day: 'Journée',
      settings: 'Réglages',
      number: 'Du montant au numéro',
      charge: 'Du numéro à la demande : encaisser',
      safe: 'Sortir sans rien décider ni perdre',
    },
  },
};
