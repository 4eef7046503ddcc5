// The only way to the till. Owns the names of its commands and of its one event. Everything else in the page takes a
// `Backend`, so tests can play the till.
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { AnsweringView } from './bindings/AnsweringView';
import type { BackupListView } from './bindings/BackupListView';
import type { BeyondView } from './bindings/BeyondView';
import type { ChargeOutcome } from './bindings/ChargeOutcome';
import type { ChargeRequest } from './bindings/ChargeRequest';
import type { ConnectionReport } from './bindings/ConnectionReport';
import type { CredentialsInput } from './bindings/CredentialsInput';
import type { DamageView } from './bindings/DamageView';
import type { DayView } from './bindings/DayView';
import type { DecisionInput } from './bindings/DecisionInput';
import type { ExportedView } from './bindings/ExportedView';
import type { ExportInput } from './bindings/ExportInput';
import type { FilterWords } from './bindings/FilterWords';
import type { FindingView } from './bindings/FindingView';
import type { HistoryPage } from './bindings/HistoryPage';
import type { HistoryQuery } from './bindings/HistoryQuery';
import type { MemberInput } from './bindings/MemberInput';
import type { MemberSaved } from './bindings/MemberSaved';
import type { ModeView } from './bindings/ModeView';
import type { PageSizeView } from './bindings/PageSizeView';
import type { PaymentDetail } from './bindings/PaymentDetail';
import type { PaymentView } from './bindings/PaymentView';
import type { PeriodView } from './bindings/PeriodView';
import type { PhoneAnswerView } from './bindings/PhoneAnswerView';
import type { PhoneInspection } from './bindings/PhoneInspection';
import type { PinInput } from './bindings/PinInput';
import type { ReceiptCheck } from './bindings/ReceiptCheck';
import type { ReceiptView } from './bindings/ReceiptView';
import type { RecoveryInput } from './bindings/RecoveryInput';
import type { RecoverySaved } from './bindings/RecoverySaved';
import type { ScreenView } from './bindings/ScreenView';
import type { SettingsInput } from './bindings/SettingsInput';
import type { Snapshot } from './bindings/Snapshot';
import type { StaffView } from './bindings/StaffView';
import type { TillEvent } from './bindings/TillEvent';
import type { UiError } from './bindings/UiError';

export interface Backend {
  snapshot(): Promise<Snapshot>;
  charge(request: ChargeRequest): Promise<ChargeOutcome>;
  inspectPhone(text: string): Promise<PhoneInspection>;
  answering(): Promise<AnsweringView>;
  /** Somebody begins to type a sale. */
  warmUp(): Promise<void>;
  /** Somebody is back, or the network is. */
  lookAgain(): Promise<void>;
  /** A person has seen that LigdiCash contradicted itself. */
  contradictionSeen(paymentId: string): Promise<void>;
  checkNow(paymentId: string): Promise<PaymentView>;
  setAside(paymentId: string): Promise<PaymentView>;
  decide(input: DecisionInput): Promise<PaymentView>;
  history(query: HistoryQuery, before: string | null, limit: number): Promise<HistoryPage>;
  filterWords(): Promise<FilterWords>;
  day(day: string | null): Promise<DayView>;
  closeDay(number: number, who: string): Promise<PeriodView>;
  /** A closing by its number, or the reading of now. */
  printPeriod(number: number | null): Promise<void>;
  /** Gives the path of the file. */
  periodPdf(number: number | null): Promise<string>;
  export(input: ExportInput): Promise<ExportedView>;
  breakOffExport(): Promise<void>;
  showFile(path: string): Promise<void>;
  /** None when the dialog was left. */
  chooseFolder(): Promise<string | null>;
  receipt(paymentId: string): Promise<ReceiptView>;
  /** Tells how often it had been handed out before. */
  printReceipt(paymentId: string): Promise<number>;
  receiptPdf(paymentId: string, size: PageSizeView): Promise<string>;
  printTest(): Promise<void>;
  checkReceipt(text: string): Promise<ReceiptCheck>;
  backups(): Promise<BackupListView>;
  backupNow(): Promise<BackupListView>;
  /** Into a folder that the person chooses. Gives the path of the file; none when the dialog was left. */
  backupElsewhere(): Promise<string | null>;
  /** None when the dialog was left. */
  chooseBackup(): Promise<string | null>;
  lookAtBackup(path: string): Promise<BeyondView>;
  restoreBackup(path: string, who: string): Promise<Snapshot>;
  /** What keeps the till from opening; none when every ledger opens. */
  damage(): Promise<DamageView | null>;
  lookAtBackupOf(mode: ModeView, path: string): Promise<BeyondView>;
  /** The till opens again meanwhile. */
  restoreDamaged(mode: ModeView, path: string): Promise<void>;
  paymentDetail(paymentId: string): Promise<PaymentDetail>;
  /** Of this computer, and at once. */
  saveScreen(screen: ScreenView): Promise<Snapshot>;
  /** Opens the customer's screen, or closes it. */
  customerDisplay(open: boolean): Promise<Snapshot>;
  saveSettings(input: SettingsInput): Promise<Snapshot>;
  saveCredentials(input: CredentialsInput): Promise<Snapshot>;
  forgetCredentials(): Promise<Snapshot>;
  retryKeychain(): Promise<Snapshot>;
  acknowledgeChainLoss(who: string, reason: string): Promise<Snapshot>;
  diagnose(): Promise<FindingView[]>;
  testConnection(): Promise<ConnectionReport>;
  setMode(mode: ModeView): Promise<Snapshot>;
  answerPrompt(paymentId: string, answer: PhoneAnswerView): Promise<void>;
  /** Calls `heard` for every event until the returned function is called. */
  signIn(input: PinInput): Promise<Snapshot>;
  lock(): Promise<Snapshot>;
  /** Somebody moves at the till, which then does not lock by itself for a while. */
  stillHere(): Promise<void>;
  /** A new PIN for an owner who forgot it, and the next code, shown once. */
  recoverOwner(input: RecoveryInput): Promise<RecoverySaved>;
  staff(): Promise<StaffView>;
  savePerson(input: MemberInput): Promise<MemberSaved>;
  retirePerson(personId: string): Promise<StaffView>;
  setAutoLock(minutes: number): Promise<StaffView>;
  listen(heard: (event: TillEvent) => void): Promise<() => void>;
}

export const tauriBackend: Backend = {
  snapshot: () => invoke('snapshot'),
  charge: (request) => invoke('charge', { request }),
  inspectPhone: (text) => invoke('inspect_phone', { text }),
  answering: () => invoke('answering'),
  warmUp: () => invoke('warm_up'),
  lookAgain: () => invoke('look_again'),
  contradictionSeen: (paymentId) => invoke('contradiction_seen', { paymentId }),
  checkNow: (paymentId) => invoke('check_now', { paymentId }),
  setAside: (paymentId) => invoke('set_aside', { paymentId }),
  decide: (input) => invoke('decide', { input }),
  history: (query, before, limit) => invoke('history', { query, before, limit }),
  filterWords: () => invoke('filter_words'),
  day: (day) => invoke('day', { day }),
  closeDay: (number, who) => invoke('close_day', { number, who }),
  printPeriod: (number) => invoke('print_period', { number }),
  periodPdf: (number) => invoke('period_pdf', { number }),
  export: (input) => invoke('export', { input }),
  breakOffExport: () => invoke('break_off_export'),
  showFile: (path) => invoke('show_file', { path }),
  chooseFolder: () => invoke('choose_folder'),
  receipt: (paymentId) => invoke('receipt', { paymentId }),
  printReceipt: (paymentId) => invoke('print_receipt', { paymentId }),
  receiptPdf: (paymentId, size) => invoke('receipt_pdf', { paymentId, size }),
  printTest: () => invoke('print_test'),
  checkReceipt: (text) => invoke('check_receipt', { text }),
  backups: () => invoke('backups'),
  backupNow: () => invoke('backup_now'),
  backupElsewhere: () => invoke('backup_elsewhere'),
  chooseBackup: () => invoke('choose_backup'),
  lookAtBackup: (path) => invoke('look_at_backup', { path }),
  restoreBackup: (path, who) => invoke('restore_backup', { path, who }),
  damage: () => invoke('damage'),
  lookAtBackupOf: (mode, path) => invoke('look_at_backup_of', { mode, path }),
  restoreDamaged: (mode, path) => invoke('restore_damaged', { mode, path, who: '' }),
  paymentDetail: (paymentId) => invoke('payment_detail', { paymentId }),
  saveScreen: (screen) => invoke('save_screen', { screen }),
  customerDisplay: (open) => invoke('customer_display', { open }),
  saveSettings: (input) => invoke('save_settings', { input }),
  saveCredentials: (input) => invoke('save_credentials', { input }),
  forgetCredentials: () => invoke('forget_credentials'),
  retryKeychain: () => invoke('retry_keychain'),
  acknowledgeChainLoss: (who, reason) => invoke('acknowledge_chain_loss', { who, reason }),
  diagnose: () => invoke('diagnose'),
  testConnection: () => invoke('test_connection'),
  setMode: (mode) => invoke('set_mode', { mode }),
  answerPrompt: (paymentId, answer) => invoke('answer_prompt', { paymentId, answer }),
  signIn: (input) => invoke('sign_in', { input }),
  lock: () => invoke('lock'),
  stillHere: () => invoke('still_here'),
  recoverOwner: (input) => invoke('recover_owner', { input }),
  staff: () => invoke('staff'),
  savePerson: (input) => invoke('save_person', { input }),
  retirePerson: (personId) => invoke('retire_person', { personId }),
  setAutoLock: (minutes) => invoke('set_auto_lock', { minutes }),
  listen: (heard) => listen<TillEvent>('till-event', (event) => heard(event.payload)),
};

/** What a rejected command carries; anything else is an inner failure. */
export function asUiError(error: unknown): UiError {
  if (typeof error === 'object' && error !== null && 'code' in error) return error as UiError;
  return { code: 'internal', field: null, limit_xof: null, detail: String(error) };
}
