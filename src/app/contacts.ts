/** The account's contacts: who is there first, then by name. */
import type { Contact } from '#api/contacts.ts';
import type { Connection } from './network.ts';
import type { Clock } from './ports.ts';

export interface Contacts {
  list(): Contact[];
  connected(connection: Connection): void;
  gone(): void;
}

/** More are not shown. */
const MAX_CONTACTS = 1000;
/** Who comes online hears of all contacts at once: that is told as one, after so many milliseconds. */
const TELL_AFTER = 250;

export function createContacts(clock: Clock, onChange: (contacts: Contact[]) => void): Contacts {
  let current: Connection | undefined;
  let stop: (() => void) | undefined;
  let cancel: (() => void) | undefined;

  function list(): Contact[] {
    const all = [...(current?.direct.contacts() ?? [])];
    const isOff = ({ show }: Contact): number => Number(show === 'off');
    all.sort((a, b) => isOff(a) - isOff(b) || a.name.localeCompare(b.name) || a.jid.localeCompare(b.jid));
    return all.slice(0, MAX_CONTACTS);
  }

  const tellSoon = (): void => {
    cancel ??= clock.after(TELL_AFTER, () => {
      cancel = undefined;
      onChange(list());
    });
  };

  return {
    list,
    connected(connection) {
      if (current === connection) return;
      stop?.();
      current = connection;
      stop = connection.direct.onContacts(tellSoon);
      tellSoon();
    },
    gone() {
      stop?.();
      stop = undefined;
      current = undefined;
      tellSoon();
    },
  };
}
