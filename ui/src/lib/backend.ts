// The only way to the till. Owns the names of its commands and of its one event. Everything else in the page takes a
// `Backend`, so tests can play the till.
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { ChargeOutcome } from './bindings/ChargeOutcome';
import type { ChargeRequest } from './bindings/ChargeRequest';
import type { ConnectionReport } from './bindings/ConnectionReport';
import type { CredentialsInput } from './bindings/CredentialsInput';
import type { DecisionInput } from './bindings/DecisionInput';
import type { HistoryPage } from './bindings/HistoryPage';
import type { ModeView } from './bindings/ModeView';
import type { PaymentDetail } from './bindings/PaymentDetail';
import type { PaymentView } from './bindings/PaymentView';
import type { PhoneAnswerView } from './bindings/PhoneAnswerView';
import type { PhoneInspection } from './bindings/PhoneInspection';
import type { SettingsInput } from './bindings/SettingsInput';
import type { Snapshot } from './bindings/Snapshot';
import type { TillEvent } from './bindings/TillEvent';
import type { UiError } from './bindings/UiError';

export interface Backend {
  snapshot(): Promise<Snapshot>;
  charge(request: ChargeRequest): Promise<ChargeOutcome>;
  inspectPhone(text: string): Promise<PhoneInspection>;
  checkNow(paymentId: string): Promise<PaymentView>;
  setAside(paymentId: string): Promise<PaymentView>;
  decide(input: DecisionInput): Promise<PaymentView>;
  history(before: string | null, limit: number): Promise<HistoryPage>;
  paymentDetail(paymentId: string): Promise<PaymentDetail>;
  saveSettings(input: SettingsInput): Promise<Snapshot>;
  saveCredentials(input: CredentialsInput): Promise<Snapshot>;
  forgetCredentials(): Promise<Snapshot>;
  retryKeychain(): Promise<Snapshot>;
  testConnection(): Promise<ConnectionReport>;
  setMode(mode: ModeView): Promise<Snapshot>;
  answerPrompt(paymentId: string, answer: PhoneAnswerView): Promise<void>;
  /** Calls `heard` for every event until the returned function is called. */
  listen(heard: (event: TillEvent) => void): Promise<() => void>;
}

export const tauriBackend: Backend = {
  snapshot: () => invoke('snapshot'),
  charge: (request) => invoke('charge', { request }),
  inspectPhone: (text) => invoke('inspect_phone', { text }),
  checkNow: (paymentId) => invoke('check_now', { paymentId }),
  setAside: (paymentId) => invoke('set_aside', { paymentId }),
  decide: (input) => invoke('decide', { input }),
  history: (before, limit) => invoke('history', { before, limit }),
  paymentDetail: (paymentId) => invoke('payment_detail', { paymentId }),
  saveSettings: (input) => invoke('save_settings', { input }),
  saveCredentials: (input) => invoke('save_credentials', { input }),
  forgetCredentials: () => invoke('forget_credentials'),
  retryKeychain: () => invoke('retry_keychain'),
  testConnection: () => invoke('test_connection'),
  setMode: (mode) => invoke('set_mode', { mode }),
  answerPrompt: (paymentId, answer) => invoke('answer_prompt', { paymentId, answer }),
  listen: (heard) => listen<TillEvent>('till-event', (event) => heard(event.payload)),
};

/** What a rejected command carries; anything else is an inner failure. */
export function asUiError(error: unknown): UiError {
  if (typeof error === 'object' && error !== null && 'code' in error) return error as UiError;
  return { code: 'internal', field: null, limit_xof: null, detail: String(error) };
}
