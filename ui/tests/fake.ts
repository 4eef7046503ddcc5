// A till played by a test: answers at once, remembers what it was asked, and speaks when told to.
import type { Backend } from '../src/lib/backend';
import type { AnsweringView } from '../src/lib/bindings/AnsweringView';
import type { BackupListView } from '../src/lib/bindings/BackupListView';
import type { BeyondView } from '../src/lib/bindings/BeyondView';
import type { ChargeOutcome } from '../src/lib/bindings/ChargeOutcome';
import type { ChargeRequest } from '../src/lib/bindings/ChargeRequest';
import type { ConnectionReport } from '../src/lib/bindings/ConnectionReport';
import type { FindingView } from '../src/lib/bindings/FindingView';
import type { PartView } from '../src/lib/bindings/PartView';
import type { DamageView } from '../src/lib/bindings/DamageView';
import type { DayView } from '../src/lib/bindings/DayView';
import type { DecisionInput } from '../src/lib/bindings/DecisionInput';
import type { DisplayShown } from '../src/lib/bindings/DisplayShown';
import type { DisplayView } from '../src/lib/bindings/DisplayView';
import type { ExportInput } from '../src/lib/bindings/ExportInput';
import type { HistoryQuery } from '../src/lib/bindings/HistoryQuery';
import type { MemberInput } from '../src/lib/bindings/MemberInput';
import type { MemberSaved } from '../src/lib/bindings/MemberSaved';
import type { MemberView } from '../src/lib/bindings/MemberView';
import type { PaymentDetail } from '../src/lib/bindings/PaymentDetail';
import type { PaymentView } from '../src/lib/bindings/PaymentView';
import type { PeriodView } from '../src/lib/bindings/PeriodView';
import type { PinInput } from '../src/lib/bindings/PinInput';
import type { PresenceView } from '../src/lib/bindings/PresenceView';
import type { ReceiptView } from '../src/lib/bindings/ReceiptView';
import type { RightView } from '../src/lib/bindings/RightView';
import type { RoleView } from '../src/lib/bindings/RoleView';
import type { ScreenView } from '../src/lib/bindings/ScreenView';
import type { SettingsInput } from '../src/lib/bindings/SettingsInput';
import type { Snapshot } from '../src/lib/bindings/Snapshot';
import type { StaffView } from '../src/lib/bindings/StaffView';
import type { TillEvent } from '../src/lib/bindings/TillEvent';

let made = 0;

export function payment(change: Partial<PaymentView> = {}): PaymentView {
  made += 1;
  return {
    id: `payment-${made}`,
    version: 1,
    mode: 'training',
    state: 'pending',
    amount_xof: 5000,
    phone: '90 12 •• 56',
    operator_hint: 'yas',
    operator_name: null,
    created_at_ms: Date.now(),
    accepted_at_ms: null,
    resolved_at_ms: null,
    last_check_at_ms: null,
    next_check_at_ms: null,
    check_problem: null,
    receipt_number: null,
    request_id: null,
    refusal: null,
    not_sent_cause: null,
    uncertain_cause: null,
    review_reason: null,
    confirmed_amount_xof: null,
    decisions: [],
    set_aside: false,
    late: false,
    previous_payment_id: null,
    ...change,
  };
}

export function snapshot(change: Partial<Snapshot> = {}): Snapshot {
  return {
    mode: 'training',
    other_server: null,
    open: [],
    recent: [],
    ended: [],
    contradictions: [],
    unprinted: [],
    watched_aside: 0,
    live_open: 0,
    credentials: 'missing',
    settings: {
      shop_name: 'Boutique Agbalépédo',
      website_url: '',
      callback_url: '',
      base_url: '',
      base_url_from_environment: false,
      language: 'fr',
      theme: 'light',
      review_above_xof: 200000,
      amount_min_xof: 100,
      amount_max_xof: 2000000,
      data_dir: 'C:/Encaisse',
      export_dir: 'C:/Documents/Encaisse',
      export_dir_from_environment: false,
      welcome: 'done',
      papers: {
        address: '',
        nif: '',
        print: 'ask',
        printer: 'none',
        printer_target: '',
        width: 'wide',
        lettering: 'cp858',
        time_zone: 'Africa/Lome',
        cut_off_hour: 0,
        account_mobile_money: '552',
        account_sales: '701',
        account_vat: '4431',
        account_fees: '631',
        vat_rate: 0,
        fee_rate: 0,
        export_dir: '',
        purge_after_months: 0,
      },
    },
    screen: { volume: 'medium', unmuted: 'medium', more_contrast: false, notify: true, display: false },
    prompts: [],
    chain_notice: null,
    recovery: null,
    online: true,
    clock_wrong_by_ms: null,
    backup: { newest_at_ms: Date.now() - 3_600_000, needs_attention: false, problem: null },
    presence: { kind: 'unguarded' },
    app_version: '0.1.0',
    ...change,
  };
}

const none = { count: 0, amount_xof: 0 };

export function period(change: Partial<PeriodView> = {}): PeriodView {
  return {
    number: 3,
    day: '2026-11-24',
    at_ms: Date.UTC(2026, 10, 24, 18),
    totals: {
      verified: { count: 2, amount_xof: 12500 },
      late: none,
      accepted: none,
      refund: { count: 1, amount_xof: -500 },
      reversal: none,
      sales: 2,
      net_xof: 12000,
    },
    grand_total_xof: 1250000,
    from_earlier: [{ closing: 1, tally: { count: 1, amount_xof: 700 } }],
    unresolved: [],
    who: null,
    fingerprint: null,
    ...change,
  };
}

export function day(change: Partial<DayView> = {}): DayView {
  return {
    mode: 'training',
    day: '2026-11-24',
    previous: '2026-11-23',
    next: null,
    is_today: true,
    totals: period().totals,
    hours: [{ hour: 12, sales: 2, net_xof: 12000 }],
    days: [{ day: '2026-11-24', sales: 2, net_xof: 12000 }],
    states: [{ state: 'paid', count: 2 }],
    success_percent: 100,
    waits: [{ up_to_s: 30, count: 2 }],
    wait_median_s: 12,
    reading: period({
      unresolved: [{ payment_id: 'p9', state: 'uncertain', amount_xof: 700, created_at_ms: 1 }],
    }),
    closings: [period({ number: 2, who: 'Afi', fingerprint: '0123456789abcdef' })],
    ...change,
  };
}

export function receipt(change: Partial<ReceiptView> = {}): ReceiptView {
  return {
    payment_id: 'payment-1',
    mode: 'training',
    shop_name: 'Boutique Agbalépédo',
    shop_address: 'Lomé',
    shop_nif: '',
    number: 12,
    date: '24/11/2026',
    time: '12:00:00',
    amount_xof: 5000,
    amount_in_words: 'cinq mille francs CFA',
    phone: '90 12 •• 56',
    operator: 'YAS TOGO',
    request_id: 'P1',
    fingerprint: '0123 4567 89ab cdef',
    issued: 0,
    qr: ['10', '01'],
    ...change,
  };
}

export function backups(): BackupListView {
  const copy = (path: string, hour: number) => ({
    path: `C:/Encaisse/backups/${path}`,
    at_ms: Date.UTC(2026, 10, 24, hour),
    reason: 'daily' as const,
    bytes: 1_240_000,
  });
  return { folder: 'C:/Encaisse/backups', copies: [20, 18, 12, 8].map((hour) => copy(`live-${hour}`, hour)) };
}

export function beyond(change: Partial<BeyondView> = {}): BeyondView {
  const newer = (id: string, in_copy: 'pending' | null) => ({
    id,
    amount_xof: 5000,
    phone: '90 12 •• 56',
    created_at_ms: Date.UTC(2026, 10, 24, 19),
    state: 'paid' as const,
    in_copy,
    receipt_number: 13,
  });
  return {
    path: 'C:/Encaisse/backups/live-18',
    last_at_ms: Date.UTC(2026, 10, 24, 18),
    payments: 214,
    receipts: 12,
    fingerprint: '0123456789ab',
    newer: [newer('p1', null), newer('p2', 'pending')],
    newer_count: 2,
    newer_closings: 1,
    is_whole: true,
    is_readable: true,
    is_same_line: true,
    ...change,
  };
}

const PARTS: PartView[] = [
  'keys',
  'network',
  'server',
  'certificate',
  'clock',
  'keychain',
  'printer',
  'disk',
  'ledger',
  'chain',
];

/** A diagnosis in which all is well, apart from what is given. */
export function findings(...changed: FindingView[]): FindingView[] {
  return PARTS.map(
    (part) =>
      changed.find((line) => line.part === part) ?? { part, health: 'good', found: 'good', detail: '' },
  );
}
/** What each role may do, as the till has it. */
const CASHIER: RightView[] = ['arrive', 'charge', 'see_today', 'print'];
const AUDITOR: RightView[] = ['arrive', 'see_today', 'see_all', 'export', 'verify'];
const MANAGER: RightView[] = [
  ...CASHIER,
  ...(['see_all', 'close', 'export', 'whole_numbers', 'verify', 'decide', 'settings', 'backups'] as const),
];
const RIGHTS: Record<RoleView, RightView[]> = {
  owner: [...MANAGER, 'keys', 'restore', 'people'],
  manager: MANAGER,
  cashier: CASHIER,
  auditor: AUDITOR,
};

export const PEOPLE: MemberView[] = [
  { id: 'p1', name: 'Afi', role: 'owner' },
  { id: 'p2', name: 'Kossi', role: 'cashier' },
  { id: 'p3', name: 'Mawuli', role: 'manager' },
];

export const locked = (people = PEOPLE): PresenceView => ({ kind: 'locked', people });
export const here = (role: RoleView, name = 'Kossi'): PresenceView => ({
  kind: 'here',
  person: { id: PEOPLE.find((one) => one.role === role)?.id ?? 'p9', name, role },
  rights: RIGHTS[role],
  people: PEOPLE,
});

export class FakeTill implements Backend {
  charges: ChargeRequest[] = [];
  decisions: DecisionInput[] = [];
  said: string[] = [];
  now = snapshot();
  onCharge: (request: ChargeRequest) => Promise<ChargeOutcome> = () =>
    Promise.resolve({ kind: 'charged', payment: payment() });
  private heard: ((event: TillEvent) => void) | null = null;

  tell(event: TillEvent): void {
    this.heard?.(event);
  }
  onSnapshot: () => Promise<Snapshot> = () => Promise.resolve(this.now);
  snapshot = () => this.onSnapshot();
  charge = (request: ChargeRequest) => {
    this.charges.push(request);
    return this.onCharge(request);
  };
  inspectPhone = (text: string) =>
    Promise.resolve({
      valid: text.replace(/\D/g, '').length === 8,
      formatted: text,
      hint: text.startsWith('99') ? ('moov' as const) : ('yas' as const),
      known_operator: null,
      problem: null,
    });
  onAnswering: () => Promise<AnsweringView> = () =>
    Promise.resolve({ nine_in_ten_s: null, approvals: 0, light: 'unknown' as const });
  answering = () => this.onAnswering();
  warmedUp = 0;
  warmUp = () => {
    this.warmedUp += 1;
    return Promise.resolve();
  };
  lookedAgain = 0;
  lookAgain = () => {
    this.lookedAgain += 1;
    return Promise.resolve();
  };
  checkNow = (id: string) => Promise.resolve(payment({ id, version: 2 }));
  setAside = (id: string) => Promise.resolve(payment({ id, version: 2, set_aside: true }));
  decide = (input: DecisionInput) => {
    this.decisions.push(input);
    return Promise.resolve(payment({ id: input.payment_id, version: 3 }));
  };
  searches: HistoryQuery[] = [];
  onHistory: (query: HistoryQuery) => Promise<{ rows: PaymentView[]; next: string | null }> = () =>
    Promise.resolve({ rows: [payment({ state: 'paid' })], next: null });
  history = (query: HistoryQuery) => {
    this.searches.push(query);
    return this.onHistory(query);
  };
  filterWords = () => Promise.resolve({ operators: ['MOOV', 'YAS TOGO'], cashiers: ['Afi', 'Kossi'] });
  onDay: (wanted: string | null) => Promise<DayView> = () => Promise.resolve(day());
  day = (wanted: string | null) => this.onDay(wanted);
  closed: { number: number; who: string }[] = [];
  closeDay = (number: number, who: string) => {
    this.closed.push({ number, who });
    return Promise.resolve(period({ number, who }));
  };
  printPeriod = (number: number | null) => {
    this.said.push(`print period ${number}`);
    return Promise.resolve();
  };
  periodPdf = (number: number | null) => Promise.resolve(`C:/Documents/Encaisse/cloture-${number}.pdf`);
  exports: ExportInput[] = [];
  onExport: () => Promise<{ path: string; entries: number; amount_xof: number }> = () =>
    Promise.resolve({ path: 'C:/Documents/Encaisse/jour.csv', entries: 3, amount_xof: 12000 });
  export = (input: ExportInput) => {
    this.exports.push(input);
    return this.onExport();
  };
  breakOffExport = () => {
    this.said.push('stop');
    return Promise.resolve();
  };
  showFile = (path: string) => {
    this.said.push(`show ${path}`);
    return Promise.resolve();
  };
  chooseFolder = () => Promise.resolve('C:/Comptes');
  receipt = (id: string) => Promise.resolve(receipt({ payment_id: id }));
  contradictionSeen = (id: string) => {
    this.said.push(`seen ${id}`);
    return Promise.resolve();
  };
  onPrint: () => Promise<number> = () => Promise.resolve(0);
  printReceipt = (id: string) => {
    this.said.push(`print ${id}`);
    return this.onPrint();
  };
  receiptPdf = (id: string) => Promise.resolve(`C:/Documents/Encaisse/${id}.pdf`);
  printTest = () => Promise.resolve();
  checkReceipt = () => Promise.resolve({ verdict: 'changed' as const, payment: payment({ state: 'paid' }) });
  backups = () => Promise.resolve(backups());
  onBackup: () => Promise<BackupListView> = () => Promise.resolve(backups());
  backupNow = () => this.onBackup();
  backupElsewhere = () => Promise.resolve('E:/live-20261124T180000Z-demande.sqlite3');
  chooseBackup = () => Promise.resolve('E:/autre.sqlite3');
  onLook: (path: string) => Promise<BeyondView> = (path) => Promise.resolve(beyond({ path }));
  lookAtBackup = (path: string) => this.onLook(path);
  restores: string[] = [];
  restoreBackup = (path: string, who: string) => {
    this.restores.push(`${path} ${who}`);
    return Promise.resolve(this.now);
  };
  onDamage: () => Promise<DamageView | null> = () => Promise.resolve(null);
  damage = () => this.onDamage();
  lookAtBackupOf = (_mode: string, path: string) => this.onLook(path);
  restoreDamaged = (mode: string, path: string) => {
    this.restores.push(`${mode} ${path}`);
    return Promise.resolve();
  };
  paymentDetail = (id: string): Promise<PaymentDetail> =>
    Promise.resolve({ payment: payment({ id }), timeline: [] });
  screens: ScreenView[] = [];
  saveScreen = (screen: ScreenView) => {
    this.screens.push(screen);
    this.now = { ...this.now, screen };
    return Promise.resolve(this.now);
  };
  customerDisplay = (display: boolean) => {
    this.now = { ...this.now, screen: { ...this.now.screen, display } };
    return Promise.resolve(this.now);
  };
  shown: DisplayShown = { kind: 'idle' };
  /** What the customer's screen asks; not the till's page. */
  display = (): Promise<DisplayView> => {
    const { shop_name, language, theme } = this.now.settings;
    const more_contrast = this.now.screen.more_contrast;
    const training = this.now.mode === 'training';
    return Promise.resolve({ shop_name, training, language, theme, more_contrast, shown: this.shown });
  };
  saved: SettingsInput[] = [];
  saveSettings = (input: SettingsInput) => {
    this.saved.push(input);
    return Promise.resolve(this.now);
  };
  saveCredentials = () => Promise.resolve(this.now);
  forgetCredentials = () => Promise.resolve(this.now);
  retryKeychain = () => Promise.resolve(this.now);
  acknowledgeChainLoss = (who: string, reason: string) => {
    if (who === '') return Promise.reject({ code: 'required', field: 'who', limit_xof: null, detail: null });
    this.said.push(`${who}: ${reason}`);
    return Promise.resolve({ ...this.now, chain_notice: null });
  };
  findings: FindingView[] = findings();
  diagnose = (): Promise<FindingView[]> => Promise.resolve(this.findings);
  testConnection = (): Promise<ConnectionReport> =>
    Promise.resolve({
      verdict: 'keys_accepted',
      code: '02',
      server: 'app.ligdicash.com',
      detail: '',
    });
  setMode = () => Promise.resolve(this.now);
  answerPrompt = (id: string, answer: string) => {
    this.said.push(`${answer} ${id}`);
    return Promise.resolve();
  };
  pins: PinInput[] = [];
  onSignIn: (input: PinInput) => Promise<Snapshot> = () => Promise.resolve(this.now);
  signIn = (input: PinInput) => {
    this.pins.push(input);
    return this.onSignIn(input);
  };
  lock = () => {
    this.said.push('lock');
    return Promise.resolve({ ...this.now, presence: locked() });
  };
  stillHere = () => Promise.resolve();
  recoverOwner = () => Promise.resolve({ recovery: 'H7KM-2QXA-90TD-W4NC-5RJE' });
  employed: StaffView = { people: [], lock_after_minutes: 5 };
  staff = () => Promise.resolve(this.employed);
  people: MemberInput[] = [];
  onPerson: (input: MemberInput) => Promise<MemberSaved> = () =>
    Promise.resolve({ staff: { people: PEOPLE, lock_after_minutes: 5 }, recovery: null });
  savePerson = (input: MemberInput) => {
    this.people.push(input);
    return this.onPerson(input);
  };
  retirePerson = () => Promise.resolve(this.employed);
  setAutoLock = (minutes: number) => Promise.resolve({ ...this.employed, lock_after_minutes: minutes });
  listen = (heard: (event: TillEvent) => void) => {
    this.heard = heard;
    return Promise.resolve(() => (this.heard = null));
  };
  get isHeard(): boolean {
    return this.heard !== null;
  }
}
