// The guide inside the till, in French. Read only by its screen, so that no start waits for it.

export const help = {
  title: 'Aide',
  topics: 'Sujets',
  more: 'Apprendre en faisant',
  guideSale: 'Vente guidée',
  onlyTraining: 'La vente guidée se fait en mode école.',
  keys: 'Touches du clavier',
  topic: {
    sale: {
      title: 'Encaisser un client',
      lead: 'Un montant, un numéro, Encaisser. Le client valide sur son téléphone.',
      points: [
        'Tapez le montant, puis Entrée. De 100 F à 2 000 000 F.',
        'Tapez les huit chiffres du client, puis Entrée. Un numéro qui semble être Moov est signalé, jamais bloqué.',
        'Lisez au client la phrase affichée. Il reçoit une demande et la valide avec son code PIN, sur son téléphone à lui.',
        'Remettez la marchandise quand l’écran est vert : PAYÉ — VÉRIFIÉ. Ni un SMS, ni une capture d’écran, ni une parole ne remplace cet écran.',
        'Pendant l’attente, servez le client suivant : chaque vente a sa fiche.',
      ],
      picture: 'La colonne de gauche : 12 500 F à demander au 90 12 34 56, et le bouton Encaisser.',
    },
    states: {
      title: 'Ce que veut dire chaque état',
      lead: 'Un signe, un mot et une couleur. Seul le vert est de l’argent.',
      points: [],
      picture: '',
    },
    wait: {
      title: 'Attendre, et ne plus attendre',
      lead: 'Le temps se compte vers le haut, et l’écran en dit plus à 25 s et à 75 s.',
      points: [
        'À 25 s : téléphone allumé et déverrouillé ? réseau ? aucun autre menu USSD ouvert ? solde suffisant ?',
        'À 75 s : ne renvoyez pas tout de suite. La première demande peut encore être acceptée, et le client paierait deux fois.',
        '« Vérifier maintenant » interroge LigdiCash sans attendre.',
        '« Ne plus attendre » n’annule rien : personne ne peut annuler. La fiche s’en va, la caisse continue de vérifier pendant 30 jours.',
        'Le client paie en espèces ? « Autre moyen de paiement » le note. Si le mobile money arrive aussi, la caisse vous le dira.',
      ],
      picture:
        'Une fiche après une minute et demie d’attente, avec les boutons Vérifier maintenant et Ne plus attendre.',
    },
    uncertain: {
      title: 'Un envoi incertain',
      lead: 'La demande est partie, mais la réponse s’est perdue. Payé ou non : personne ne le sait encore.',
      points: [
        'Ne renvoyez pas la demande : le client pourrait payer deux fois.',
        'Demandez au client s’il a vu une demande ou reçu un SMS de débit. Jamais son code secret.',
        'Cherchez notre référence dans le tableau de bord client.ligdicash.com. « Que faire ? » sur la fiche mène pas à pas.',
        'Un responsable décide : accepté comme payé, avec la référence, ou non payé. La décision reste écrite, avec un nom.',
      ],
      picture: 'Une fiche violette « Envoi incertain », avec le bouton Que faire ?',
    },
    late: {
      title: 'L’argent arrivé trop tard',
      lead: 'Un client peut valider longtemps après. La caisse le voit et le dit.',
      points: [
        'Une alerte sonne et la fiche demande : que devient cet argent ?',
        'Le client a déjà payé autrement : rendez-lui l’argent dans le tableau de bord LigdiCash, puis notez la référence. La caisse ne peut pas envoyer d’argent.',
        'Cet argent compte à part, comme « tardif », jamais caché dans les ventes.',
      ],
      picture: 'La fiche d’un paiement arrivé après que la vente a été réglée autrement.',
    },
    day: {
      title: 'La journée, la clôture, les fichiers',
      lead: 'Journée montre ce qui est entré. La clôture Z le fige, sous un numéro.',
      points: [
        'La lecture X se fait à toute heure et ne change rien.',
        '« Clôturer la journée » vérifie d’abord les attentes, puis fige les ventes. Une clôture ne se modifie plus.',
        'Ce qui arrive après compte dans la clôture suivante, en disant d’où il vient.',
        'Fichiers : Excel, CSV, PDF, livre des recettes, journal SYSCOHADA ; pour un jour, un mois ou une clôture. Les numéros y sont masqués.',
      ],
      picture: 'Le panneau Clôture : les montants par classe et le bouton Clôturer la journée.',
    },
    offline: {
      title: 'Sans internet',
      lead: 'L’historique, les reçus, les exports et la clôture marchent. Encaisser, non.',
      points: [
        'Rien n’est mis en file : une vente refusée faute d’internet n’est jamais envoyée plus tard en cachette.',
        'Les attentes en cours reprennent seules dès que la connexion revient.',
        'En bas à gauche : En ligne, ou Hors ligne.',
      ],
      picture: 'L’avis rouge qui dit qu’il n’y a pas de connexion avec LigdiCash.',
    },
    training: {
      title: 'Mode école et mode réel',
      lead: 'L’école est une vraie caisse avec un faux téléphone. L’argent n’y existe pas.',
      points: [
        'Sur le téléphone simulé : accepter, refuser, ignorer, accepter plus tard. Essayez chacun.',
        'Le bandeau jaune et la mention « MODE ÉCOLE » des reçus ne s’enlèvent pas.',
        'L’école a sa propre base : rien n’y compte dans les vraies recettes.',
        'Pour le réel, il faut un nom de boutique et les deux clés de LigdiCash. Le guide mène jusqu’à une première vente de 100 F.',
      ],
      picture: 'Le téléphone simulé, avec les boutons Accepter, Refuser, Ignorer et Accepter plus tard.',
    },
    backups: {
      title: 'Les sauvegardes',
      lead: 'La caisse copie sa base chaque jour, à chaque clôture, et vérifie chaque copie.',
      points: [
        'Gardez-en une ailleurs : « Dans un dossier… », sur une clé USB, une fois par semaine.',
        'Avant une restauration, la caisse montre les paiements que la copie ne connaît pas. L’ancienne base est mise de côté, jamais effacée.',
        'Une copie ne contient ni vos clés, ni de quoi interroger LigdiCash.',
      ],
      picture: 'Le panneau Sauvegardes de Réglages.',
    },
    people: {
      title: 'Personnes, codes, code oublié',
      lead: 'Seul à la caisse, aucun code n’est exigé. À plusieurs, chacun a le sien, et ses droits.',
      points: [
        'Réglages, « Personnes » : « Mettre mon code » d’abord pour le propriétaire, puis « Ajouter une personne ».',
        'Un caissier encaisse et imprime ; un responsable décide, clôture et règle ; un contrôleur lit et vérifie ; le propriétaire peut tout.',
        'Touchez votre nom, en bas à gauche, pour verrouiller ou changer de personne. La caisse se verrouille aussi seule.',
        'Quelqu’un a oublié son code ? Le propriétaire en met un nouveau dans Réglages, « Modifier ».',
        'Le propriétaire a oublié le sien ? Sur l’écran verrouillé, « Code oublié ? », puis le code de secours : 20 lettres et chiffres, montrés une seule fois quand son code a été mis.',
        'Écrivez ce code de secours sur papier, loin de la caisse. Après usage, la caisse en montre un nouveau ; l’ancien ne sert plus.',
        'Code de secours perdu aussi ? Un autre propriétaire peut mettre un nouveau code. Sinon, fermez la caisse et sortez settings.sqlite3 de son dossier : personnes et réglages sont à refaire, les ventes restent.',
      ],
      picture: '',
    },
    privacy: {
      title: 'Le code secret et les numéros',
      lead: 'Ne demandez jamais le code secret du client.',
      points: [
        'Le code PIN se tape sur le téléphone du client, et nulle part ailleurs. Ni vous, ni LigdiCash, ni YAS n’en avez besoin.',
        'Qui demande un code se fait passer pour vous. Dites-le à vos clients.',
        'Un numéro de téléphone est une donnée personnelle (loi 2019-014) : il est masqué à l’écran, sur les reçus et dans les fichiers.',
        'Dans Réglages, les vieux numéros peuvent s’effacer seuls après quelques mois. Les comptes restent justes.',
        'La caisse ne parle qu’à LigdiCash : aucune statistique, aucun autre serveur.',
      ],
      picture: '',
    },
  },
  states: {
    recorded: 'Écrite sur le disque, pas encore partie.',
    submitting: 'La demande part peut-être en ce moment.',
    pending: 'LigdiCash a la demande. Au client de valider sur son téléphone.',
    paid: 'LigdiCash confirme : même montant, même vente. Remettez la marchandise.',
    failed: 'Le client a refusé, ou n’a pas validé. Rien n’a été payé.',
    rejected: 'LigdiCash n’a pas pris la demande. Rien n’a été créé ; la fiche dit pourquoi.',
    not_sent: 'Pas de connexion : rien n’est parti. Réessayer est sans risque.',
    uncertain: 'La réponse s’est perdue. Ne renvoyez pas ; suivez « Que faire ? ».',
    review: 'LigdiCash dit « payé », mais le montant ou la référence diffère. Appelez le responsable.',
  },
};
