// The screens of people: the lock, the panel, and what a role does not see. Spread into the one list of scenes.
import type { Page } from 'playwright-core';
import type { ErrorCode } from '../../src/lib/bindings/ErrorCode';
import type { MemberView } from '../../src/lib/bindings/MemberView';
import type { RoleView } from '../../src/lib/bindings/RoleView';
import type { Snapshot } from '../../src/lib/bindings/Snapshot';
import { FakeTill, PEOPLE, here, locked, payment, snapshot } from '../fake';
import type { Scene } from './scenes';

const LONG: MemberView[] = [
  { id: 'p1', name: 'Adjovi-Kokoè Agbalépédogan-Mensah', role: 'owner' },
  { id: 'p2', name: 'Kouassi-Emmanuel Amouzou-Adjanohoun', role: 'auditor' },
];
const ROLES: RoleView[] = ['owner', 'manager', 'cashier', 'cashier', 'auditor'];
const NAMES = [
  'Afi',
  'Kossi',
  'Mawuli',
  'Essi',
  'Yao',
  'Akouvi',
  'Edem',
  'Sena',
  'Kodjo',
  'Dédé',
  'Folly',
  'Ablavi',
];
const MANY: MemberView[] = NAMES.map((name, at) => ({
  id: `p${at}`,
  name,
  role: ROLES[at % 5] ?? 'cashier',
}));

function till(change: Partial<Snapshot>): FakeTill {
  const fake = new FakeTill();
  fake.now = snapshot(change);
  return fake;
}

const choose = async (page: Page) => {
  await page.click('[data-testid="lock-person"] >> nth=0');
  await page.waitForSelector('[data-testid="pin-input"]');
};

function refusedWith(code: ErrorCode, detail: string): Scene {
  return {
    till: () => {
      const fake = till({ presence: locked() });
      fake.onSignIn = () => Promise.reject({ code, field: 'pin', limit_xof: null, detail });
      return fake;
    },
    act: async (page) => {
      await choose(page);
      await page.fill('[data-testid="pin-input"]', '1379');
      await page.keyboard.press('Enter');
      await page.waitForFunction(
        () => (document.querySelector('[data-testid="field-error"]')?.textContent ?? '') !== '',
      );
    },
  };
}

function employing(people: MemberView[], role: RoleView = 'owner'): FakeTill {
  const fake = till(people.length > 0 ? { presence: here(role, 'Afi') } : {});
  fake.employed = { people, lock_after_minutes: 5 };
  return fake;
}

const settings = (there: string, more?: (page: Page) => Promise<void>) => async (page: Page) => {
  await page.click('[data-testid="nav-settings"]');
  await page.waitForSelector(there);
  await more?.(page);
};

export const PEOPLE_SCENES: Record<string, Scene> = {
  'lock-names': {
    till: () => till({ presence: locked() }),
    act: async (page) => void (await page.waitForSelector('[data-testid="lock-person"]')),
    main: true,
  },
  'lock-many': {
    till: () => till({ presence: locked(MANY) }),
    act: async (page) => void (await page.waitForSelector('[data-testid="lock-person"]')),
  },
  'lock-long': {
    till: () => till({ presence: locked(LONG) }),
    act: async (page) => void (await page.waitForSelector('[data-testid="lock-person"]')),
  },
  'lock-pin': { till: () => till({ presence: locked() }), act: choose, main: true },
  'lock-pin-long': { till: () => till({ presence: locked(LONG) }), act: choose },
  'lock-alone': {
    till: () => till({ presence: locked(PEOPLE.slice(0, 1)) }),
    act: async (page) => void (await page.waitForSelector('[data-testid="pin-input"]')),
  },
  'lock-wrong': refusedWith('pin_wrong', '3'),
  'lock-wait': refusedWith('pin_wait', '480'),
  'lock-forgot': {
    till: () => till({ presence: locked(PEOPLE.slice(0, 1)) }),
    act: async (page) => {
      await page.click('[data-testid="pin-forgot"]');
      await page.waitForSelector('[role="dialog"]');
    },
  },
  'people-nobody': { till: () => employing([]), act: settings('[data-testid="set-owner"]') },
  'people-first': {
    till: () => employing([]),
    act: settings('[data-testid="set-owner"]', async (page) => {
      await page.click('[data-testid="set-owner"]');
      await page.waitForSelector('[role="dialog"]');
    }),
  },
  'people-recovery': {
    till: () => {
      const fake = employing([]);
      fake.onPerson = () =>
        Promise.resolve({
          staff: { people: PEOPLE.slice(0, 1), lock_after_minutes: 5 },
          recovery: 'H7KM-2QXA-90TD-W4NC-5RJE',
        });
      return fake;
    },
    act: settings('[data-testid="set-owner"]', async (page) => {
      await page.click('[data-testid="set-owner"]');
      await page.fill('[data-testid="person-name"]', 'Afi');
      await page.fill('[data-testid="person-pin"]', '904117');
      await page.fill('[data-testid="person-pin-again"]', '904117');
      await page.click('[data-testid="person-save"]');
      await page.waitForSelector('[data-testid="recovery-code"]');
    }),
  },
  'people-many': { till: () => employing(MANY), act: settings('[data-testid="person-row"]'), main: true },
  'people-add': {
    till: () => {
      const fake = employing(PEOPLE);
      fake.onPerson = () =>
        Promise.reject({ code: 'name_taken', field: 'person_name', limit_xof: null, detail: null });
      return fake;
    },
    act: settings('[data-testid="add-person"]', async (page) => {
      await page.click('[data-testid="add-person"]');
      await page.fill('[data-testid="person-name"]', 'Kossi');
      await page.click('[data-testid="person-save"]');
      await page.waitForSelector('[data-testid="field-error"]');
    }),
  },
  'people-retire': {
    till: () => employing(PEOPLE),
    act: settings('[data-testid="person-row"]', async (page) => {
      await page.click('[data-testid="person-row"] >> nth=1 >> button >> nth=1');
      await page.waitForSelector('[role="dialog"]');
    }),
  },
  'as-cashier': {
    till: () => till({ presence: here('cashier'), open: [payment({ state: 'uncertain' })] }),
    act: async (page) => void (await page.waitForSelector('[data-testid="person-switch"]')),
    main: true,
  },
  'as-cashier-settings': {
    till: () => till({ presence: here('cashier', 'Kouassi-Emmanuel Amouzou-Adjanohoun') }),
    act: settings('[data-testid="settings-refused"]'),
  },
  'as-manager-settings': {
    till: () => till({ presence: here('manager', 'Mawuli') }),
    act: settings('[data-testid="keys-refused"]'),
  },
  'as-auditor': {
    till: () => till({ presence: here('auditor', 'Dédé') }),
    act: async (page) => {
      await page.click('[data-testid="nav-day"]');
      await page.waitForSelector('[data-testid="closing-refused"]');
    },
  },
};
