/** What an administrator may ask: accounts and their sign-ins, keys of programs, webhooks; and everybody about their own account. */
import type {
  Account,
  AccountMade,
  Accounts,
  ChangeAccount,
  Deliveries,
  Delivery,
  Erasure,
  Hook,
  Hooks,
  Key,
  Keys,
  NewAccount,
  NewHook,
  NewKey,
  StaffSession,
} from '../../protocol/types';
import { type CallerDeps, createCaller } from '../../signal/caller';
import { StaffDoor } from '../../signal/staff';
import { type AuditSource, auditOf } from './audit';

export interface OfficeDesk {
  accounts(): Promise<Account[]>;
  addAccount(account: NewAccount): Promise<AccountMade>;
  changeAccount(id: string, change: ChangeAccount): Promise<AccountMade>;
  endSession(account: string, session: string): Promise<void>;
  /** of the installation: who signed in, which accounts were changed */
  readonly houseAudit: AuditSource;
  keys(): Promise<Key[]>;
  addKey(key: NewKey): Promise<Key>;
  revokeKey(id: string): Promise<Key>;
  hooks(): Promise<Hook[]>;
  addHook(hook: NewHook): Promise<Hook>;
  deleteHook(id: string): Promise<void>;
  deliveries(hook: string): Promise<Delivery[]>;
  replay(hook: string, delivery: string): Promise<Delivery>;
  /** takes a party's name, contacts and words away for good */
  erase(party: string, reason: string): Promise<Erasure>;
  /** of whoever has signed in here; a console opened by a link has none */
  readonly own: OwnDesk;
}

export interface OwnDesk {
  sessions(): Promise<StaffSession[]>;
  endSession(id: string): Promise<void>;
  changePassphrase(old: string, next: string): Promise<void>;
  signOut(): Promise<void>;
}

export function createOfficeDesk(deps: CallerDeps & { event: string }): OfficeDesk {
  const house = createCaller(deps, '');
  const event = createCaller(deps, `/events/${encodeURIComponent(deps.event)}`);
  const door = new StaffDoor(deps.fetcher);
  const one = encodeURIComponent;
  return {
    accounts: async () => (await house.json<Accounts>('GET', '/accounts')).accounts,
    addAccount: (account) => house.json('POST', '/accounts', account),
    changeAccount: (id, change) => house.json('PATCH', `/accounts/${one(id)}`, change),
    endSession: (account, session) =>
      house.done('POST', `/accounts/${one(account)}/sessions/${one(session)}/end`),
    houseAudit: auditOf(house),
    keys: async () => (await event.json<Keys>('GET', '/keys')).keys,
    addKey: (key) => event.json('POST', '/keys', key),
    revokeKey: (id) => event.json('POST', `/keys/${one(id)}/revoke`),
    hooks: async () => (await event.json<Hooks>('GET', '/hooks')).hooks,
    addHook: (hook) => event.json('POST', '/hooks', hook),
    deleteHook: (id) => event.done('DELETE', `/hooks/${one(id)}`),
    deliveries: async (hook) =>
      (await event.json<Deliveries>('GET', `/hooks/${one(hook)}/deliveries`)).deliveries,
    replay: (hook, delivery) => event.json('POST', `/hooks/${one(hook)}/deliveries/${one(delivery)}/replay`),
    erase: (party, reason) => event.json('POST', '/erasures', { party, reason }),
    own: {
      sessions: () => door.sessions(),
      endSession: (id) => door.endSession(id),
      changePassphrase: (old, next) => door.changePassphrase(old, next),
      signOut: () => door.signOut(),
    },
  };
}
