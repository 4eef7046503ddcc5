// What the page knows of the till. Owns the one snapshot and how events change it: a view of an older version never
// replaces a newer one, and on any doubt a snapshot is asked for.
import { asUiError, type Backend } from './backend';
import type { MemberView } from './bindings/MemberView';
import type { LanguageView } from './bindings/LanguageView';
import type { PaymentView } from './bindings/PaymentView';
import type { RightView } from './bindings/RightView';
import type { Snapshot } from './bindings/Snapshot';
import type { StateView } from './bindings/StateView';
import type { TillEvent } from './bindings/TillEvent';
import type { UiError } from './bindings/UiError';
import type { UnprintedView } from './bindings/UnprintedView';
import { habits } from './habits.svelte';
import { speak, words, type Catalogue } from './i18n';
import { last, remember } from './last';
import { heedsLock } from './lock';
import { play } from './sound';
import { decided, isOpen } from './standing';

/** Results of this window stay as cards until closed; older ones step aside past this number. */
const SHOWN_RESULTS_MAX = 4;
const RECENT_MAX = 5;
const MISSED_MS = 3 * 60_000;

const NOT_COMPLETED: StateView[] = ['failed', 'rejected', 'not_sent'];

export interface Alert {
  kind: 'late' | 'contradiction';
  payment: PaymentView;
}

export class Session {
  snapshot = $state<Snapshot | null>(null);
  failure = $state<UiError | null>(null);
  alerts = $state<Alert[]>([]);
  recoverySeen = $state(false);
  /** How far the export that runs has come. */
  progress = $state<{ done: number; total: number } | null>(null);
  /** Late money whose sale a person is being asked about. */
  asked = $state<PaymentView | null>(null);
  /** Receipts that did not print themselves, and a person knows. */
  private unprintedSeen = $state<string[]>([]);
  /** The last payment that the till spoke of. */
  told = $state.raw<PaymentView | null>(null);
  /** Something is on screen that is shown once: nothing takes its place. */
  holding = false;
  /** Snapshots in the order in which they were asked for, and the one on screen. */
  private turn = 0;
  private shownTurn = 0;
  /** Payments started or seen open in this window, newest first. */
  private cards = $state<PaymentView[]>([]);
  /** When what ended behind a lock, or before this page, came to the screen: shown once. */
  private news = $state<Partial<Record<string, number>>>({});
  /** Contradictions that whoever is here has put away. */
  private putAway: string[] = [];
  /** Those of them that had been put aside and that a person wants to see again. */
  private broughtBack = $state<string[]>([]);
  private stop: (() => void) | null = null;
  private closed = false;
  private readonly before = last();

  readonly backend: Backend;

  constructor(backend: Backend) {
    this.backend = heedsLock(backend, () => {
      if (this.snapshot?.presence.kind !== 'locked') void this.refresh();
    });
  }

  /** Before the till has answered: the one that was last spoken. */
  get language(): LanguageView {
    return this.snapshot?.settings.language ?? this.before.language;
  }

  get t(): Catalogue {
    return words(this.language);
  }

  get shown(): PaymentView[] {
    return this.cards;
  }

  /** The receipt that could not be printed by itself: a person must know. */
  get unprinted(): UnprintedView | null {
    const found = this.snapshot?.unprinted ?? [];
    return found.find(({ payment }) => !this.unprintedSeen.includes(payment.id)) ?? null;
  }

  dismissUnprinted(): void {
    if (this.unprinted) this.unprintedSeen.push(this.unprinted.payment.id);
  }

  /** Since when the end of a payment is on the screen. */
  endShownAt(payment: PaymentView): number | null {
    return this.news[payment.id] ?? payment.resolved_at_ms;
  }

  /** It ended long before anybody saw it: whoever paid no longer stands there. */
  wasMissed(payment: PaymentView): boolean {
    const shownAt = this.news[payment.id];
    return shownAt !== undefined && shownAt - (payment.resolved_at_ms ?? shownAt) > MISSED_MS;
  }

  /** How many are watched without a card. */
  get aside(): number {
    const seen = this.cards.filter((card) => this.isBack(card.id) && card.state === 'pending').length;
    return Math.max(0, (this.snapshot?.watched_aside ?? 0) - seen);
  }

  /** Who is signed in; none at a locked till, and where nobody has a PIN. */
  get me(): MemberView | null {
    const presence = this.snapshot?.presence;
    return presence?.kind === 'here' ? presence.person : null;
  }

  /** Whether a button makes sense. The till itself decides, whatever the page shows. */
  may(right: RightView): boolean {
    const presence = this.snapshot?.presence;
    return presence?.kind === 'here' ? presence.rights.includes(right) : presence?.kind !== 'locked';
  }

  async start(): Promise<void> {
    // Both at once, because each waits for the till; what happens between them is in a second snapshot.
    const first = this.refresh();
    const stop = await this.backend.listen((event) => this.hear(event));
    if (this.closed) stop();
    else {
      this.stop = stop;
      for (const back of ['focus', 'online']) window.addEventListener(back, this.lookAgain);
    }
    await first;
    if (!this.closed && this.snapshot) await this.refresh();
  }

  /** Whoever comes back wants to know now; when the till cannot be asked, its own schedule still holds. */
  private readonly lookAgain = () => void this.backend.lookAgain().catch(() => {});

  end(): void {
    this.closed = true;
    for (const back of ['focus', 'online']) window.removeEventListener(back, this.lookAgain);
    this.stop?.();
  }

  async refresh(): Promise<void> {
    if (this.holding) return;
    const turn = ++this.turn;
    try {
      const snapshot = await this.backend.snapshot();
      // What was asked before the one that is shown says less than it.
      if (turn >= this.shownTurn && !this.holding) this.adopt(snapshot, turn);
    } catch (error) {
      this.failure = asUiError(error);
    }
  }

  adopt(snapshot: Snapshot, turn = ++this.turn): void {
    this.shownTurn = turn;
    const modeChanged = this.snapshot !== null && this.snapshot.mode !== snapshot.mode;
    const locked = snapshot.presence.kind === 'locked';
    // Whoever comes next is told anew of what nobody looked at.
    if (modeChanged || locked) {
      this.cards = [];
      this.broughtBack = [];
      this.news = {};
      this.putAway = [];
    }
    // Alerts wait behind the lock for whoever comes next.
    if (locked) this.asked = null;
    this.failure = null;
    this.snapshot = snapshot;
    habits.adopt(snapshot.screen, (screen) => this.backend.saveScreen(screen));
    const { language, theme } = snapshot.settings;
    remember({ language, theme, contrast: habits.contrast });
    // A catalogue that cannot be read leaves the screen in French.
    speak(language).catch(() => {});
    for (const payment of [...snapshot.open].reverse()) this.take(payment);
    // A card whose payment ended while nobody told us is among the recent ones.
    for (const payment of snapshot.recent)
      if (this.cards.some((card) => card.id === payment.id)) this.take(payment);
    for (const payment of [...snapshot.ended].reverse()) this.bring(payment);
    for (const payment of snapshot.contradictions)
      if (!this.putAway.includes(payment.id) && !this.alerts.some((alert) => alert.payment.id === payment.id))
        this.raise({ kind: 'contradiction', payment });
  }

  /** What ended while nobody looked becomes a card, once. */
  private bring(payment: PaymentView): void {
    if (this.news[payment.id]) return;
    const known = this.cards.find((card) => card.id === payment.id);
    const wasShown = known !== undefined && known.version >= payment.version;
    this.news[payment.id] = wasShown ? (payment.resolved_at_ms ?? Date.now()) : Date.now();
    if (!known) this.cards.unshift(payment);
    this.take(payment);
  }

  /** Another ledger took the place of the one on screen: nothing that was shown still holds. */
  restart(snapshot: Snapshot): void {
    this.cards = [];
    this.news = {};
    this.broughtBack = [];
    this.alerts = [];
    this.asked = null;
    this.recoverySeen = false;
    this.adopt(snapshot);
  }

  /** Takes a view unless a newer one is already here. */
  take(payment: PaymentView): void {
    if (this.snapshot && payment.mode !== this.snapshot.mode) return;
    const at = this.cards.findIndex((card) => card.id === payment.id);
    const known = this.cards[at];
    if (known) {
      if (known.version > payment.version) return;
      if (payment.set_aside && !known.set_aside && payment.state === 'pending') {
        this.cards.splice(at, 1);
        // Said at once: what left the screen is still watched.
        if (this.snapshot) this.snapshot.watched_aside += 1;
      } else this.cards[at] = payment;
    } else if (isOpen(payment)) {
      this.cards.unshift(payment);
      this.cards.sort((a, b) => b.created_at_ms - a.created_at_ms);
    }
    this.trim();
    this.remember(payment);
  }

  /** Shows a payment that was just charged, whatever its state. */
  show(payment: PaymentView): void {
    if (!this.cards.some((card) => card.id === payment.id)) this.cards.unshift(payment);
    this.take(payment);
    if (NOT_COMPLETED.includes(payment.state)) play('not_completed');
  }

  dismiss(id: string): void {
    this.news[id] ??= Date.now();
    this.cards = this.cards.filter((card) => card.id !== id);
    this.broughtBack = this.broughtBack.filter((back) => back !== id);
  }

  /** Shows one that was put aside again, on this screen alone: to the till it stays aside, and watched. */
  bringBack(payment: PaymentView): void {
    if (!this.isBack(payment.id)) this.broughtBack.push(payment.id);
    this.show(payment);
  }

  isBack(id: string): boolean {
    return this.broughtBack.includes(id);
  }

  dismissAlert(id: string): void {
    // Until the till has written it down, it is said again after a restart.
    if (this.alerts.some((alert) => alert.payment.id === id && alert.kind === 'contradiction')) {
      this.putAway.push(id);
      this.backend.contradictionSeen(id).catch(() => {});
    }
    this.alerts = this.alerts.filter((alert) => alert.payment.id !== id);
  }

  private trim(): void {
    let results = 0;
    this.cards = this.cards.filter(
      (card) =>
        isOpen(card) || (card.state === 'pending' && this.isBack(card.id)) || ++results <= SHOWN_RESULTS_MAX,
    );
  }

  private remember(payment: PaymentView): void {
    const snapshot = this.snapshot;
    if (!snapshot) return;
    const at = snapshot.recent.findIndex((row) => row.id === payment.id);
    const known = snapshot.recent[at];
    if (known) {
      if (known.version <= payment.version) snapshot.recent[at] = payment;
    } else if (payment.resolved_at_ms !== null) {
      snapshot.recent = [payment, ...snapshot.recent].slice(0, RECENT_MAX);
    }
  }

  /** One that was put aside has just come to its end: whoever put it aside wants to know. */
  private comesBack(payment: PaymentView): boolean {
    return (
      payment.set_aside &&
      !decided(payment) &&
      payment.mode === this.snapshot?.mode &&
      payment.resolved_at_ms !== null &&
      // Shown once, and put away.
      this.news[payment.id] === undefined &&
      !this.snapshot.recent.some((row) => row.id === payment.id)
    );
  }

  private hear(event: TillEvent): void {
    switch (event.kind) {
      case 'payment_changed': {
        this.told = event.payment;
        const before = this.cards.find((card) => card.id === event.payment.id);
        const returns = !before && this.comesBack(event.payment);
        if (returns) this.cards.unshift(event.payment);
        this.take(event.payment);
        if (returns || (before && before.state !== event.payment.state)) this.ended(event.payment);
        // How many are still watched aside is the till's to count.
        if (event.payment.set_aside && event.payment.resolved_at_ms !== null) void this.refresh();
        break;
      }
      case 'export_progress':
        this.progress = { done: event.done, total: event.total };
        break;
      case 'late_success':
        this.raise({ kind: 'late', payment: event.payment });
        play('late');
        break;
      case 'contradiction':
        this.raise({ kind: 'contradiction', payment: event.payment });
        break;
      case 'prompts_changed':
        if (this.snapshot) this.snapshot.prompts = event.prompts;
        break;
      case 'connectivity':
        if (this.snapshot) this.snapshot.online = event.online;
        break;
      case 'clock_wrong':
        if (this.snapshot) this.snapshot.clock_wrong_by_ms = event.by_ms;
        break;
      case 'snapshot_stale':
        void this.refresh();
        break;
    }
  }

  /** A payment of this window came to an end: it is heard. Late money rings by itself. */
  private ended(payment: PaymentView): void {
    if (NOT_COMPLETED.includes(payment.state)) play('not_completed');
    if (payment.state === 'paid' && !payment.late) play('paid');
  }

  private raise(alert: Alert): void {
    this.alerts = [alert, ...this.alerts.filter((known) => known.payment.id !== alert.payment.id)];
    this.take(alert.payment);
  }
}
