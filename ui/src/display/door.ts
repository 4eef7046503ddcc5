// The customer's screen's only way to the till: one question, answered now and whenever the answer changes.
import { Channel, invoke } from '@tauri-apps/api/core';
import type { DisplayView } from '../lib/bindings/DisplayView';

export type Follow = (heard: (view: DisplayView) => void) => Promise<DisplayView>;

export const follow: Follow = (heard) => invoke('display', { changes: new Channel<DisplayView>(heard) });
