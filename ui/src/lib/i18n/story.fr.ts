// How the story of a payment is told: each kind of line of its journal, and what was decided. In French.

export const storyFr = {
  /** One sentence for each kind of line that the till writes about a payment. */
  said: {
    recorded: 'Vente enregistrée sur cet ordinateur.',
    submission_started: 'Demande envoyée à LigdiCash.',
    create_accepted: 'LigdiCash a pris la demande. Au client de valider.',
    create_refused: 'LigdiCash a refusé la demande. Rien n’a été créé.',
    create_not_sent: 'La demande n’est pas partie.',
    create_unknown: 'La réponse de LigdiCash s’est perdue : la demande est peut-être arrivée.',
    confirm_pending: 'Vérifié : le client n’a pas encore validé.',
    confirm_completed: 'Vérifié : payé, LigdiCash le confirme.',
    confirm_mismatch: 'Vérifié : LigdiCash dit « payé », mais quelque chose ne correspond pas.',
    confirm_not_completed: 'Vérifié : le client a refusé, ou n’a pas validé.',
    confirm_unknown: 'Vérifié, sans réponse claire.',
    restarted: 'La caisse a redémarré et a repris ce paiement.',
    contradiction: 'LigdiCash se contredit. L’état ne change pas.',
    contradiction_seen: 'La contradiction a été vue.',
    decision: 'Une décision a été notée.',
    receipt_issued: 'Reçu remis.',
    receipt_taken_back: 'Le reçu n’a pas pu être remis (imprimante ou disque).',
  } as Record<string, string>,
  /** A kind that this page does not know. */
  other: 'Autre événement.',
  seenBy: (who: string) => `Par ${who}.`,
  by: (cashier: string) => `Encaissé par ${cashier}.`,
  after: 'Redemandé après une première demande.',
  times: (count: number, until: string) => `${count} fois, jusqu’à ${until}`,
  handed: {
    pdf_a4: 'Reçu enregistré en PDF A4.',
    pdf_80: 'Reçu enregistré en PDF 80 mm.',
  } as Record<string, string>,
  decisions: {
    set_aside: 'Mis de côté',
    settled_otherwise: 'Réglé autrement',
    accepted_as_paid: 'Accepté comme payé',
    written_off: 'Décidé : non payé',
    refund_recorded: 'Remboursement noté',
  },
  who: (name: string) => `par ${name}`,
  reason: (reason: string) => `Raison : ${reason}`,
  reference: (reference: string) => `Référence : ${reference}`,
  technical: 'Détails techniques',
  /** In a row, beside the state. */
  short: {
    set_aside: 'mis de côté',
    settled_otherwise: 'réglé autrement',
    accepted_as_paid: 'accepté',
    written_off: 'non payé',
    refund_recorded: 'remboursé',
  },
  /** What a decision means from now on. */
  means: {
    set_aside: 'La caisse continue de vérifier.',
    settled_otherwise: 'Le client a payé d’une autre façon. Rien d’autre à faire.',
    accepted_as_paid:
      'Un responsable en a la preuve et en répond : la marchandise peut être remise. Compté à part de l’argent vérifié.',
    written_off: 'Rien n’est compté pour cette vente. Vous pouvez en faire une nouvelle.',
    refund_recorded: 'L’argent a été rendu au client. Rien d’autre à faire.',
  },
  watched: 'La caisse continue de vérifier : si cet argent arrive, elle vous le dira.',
  bringBack: 'Remettre à la caisse',
  bringBackNote: 'Sa fiche revient à la caisse. Rien n’est renvoyé au client.',
  amountSigns: 'Des chiffres seuls, sans point, virgule ni signe : 2000.',
  oldKeys:
    'Attendez que ces paiements finissent (mode réel, Historique, « En attente »), ou remplacez quand même : la caisse ne pourrait alors plus les vérifier, et vous les chercheriez dans le tableau de bord LigdiCash.',
};
