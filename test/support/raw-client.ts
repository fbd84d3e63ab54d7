/** A client that follows no rules: a signed-in stream over which a test sends any stanza, and sees what comes. */
import { randomBytes } from 'node:crypto';
import xml, { type Element } from '@xmpp/xml';
import { createDial, createResolveSrv } from '#platform/xmpp-net.ts';
import { createConnection } from '#xmpp/connection.ts';
import type { Login } from './people.ts';

const NS_MUC = 'http://jabber.org/protocol/muc';

export interface RawClient {
  readonly jid: string;
  /** Messages and presences so far. */
  readonly heard: readonly Element[];
  send(stanza: Element): Promise<void>;
  /** Rejects with a StanzaError. */
  request(type: 'get' | 'set', to: string, child: Element): Promise<Element>;
  /** Enters a room, creating it as an instant room, and resolves when inside. */
  enter(room: string, nick: string): Promise<void>;
  /** Sets fields of a room's configuration (XEP-0045 section 10.2), as its owner. */
  configure(room: string, fields: Readonly<Record<string, string>>): Promise<void>;
  /** Sets an affiliation or a role (XEP-0045 sections 8 and 9). */
  admin(room: string, item: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

/** Signs in with any certificate. */
export async function startRawClient(login: Login): Promise<RawClient> {
  const [username = '', domain = ''] = login.jid.split('@');
  const connection = createConnection(
    {
      domain,
      service: login.service,
      credentials: { username, password: login.password },
      decideCertificate: () => Promise.resolve(true),
    },
    {
      dial: createDial(),
      resolveSrv: createResolveSrv(),
      clock: {
        now: () => Date.now(),
        after(ms, run) {
          const timer = setTimeout(run, ms);
          return () => clearTimeout(timer);
        },
      },
      random: { bytes: (length) => new Uint8Array(randomBytes(length)) },
    },
  );
  const heard: Element[] = [];
  connection.onStanza((stanza) => heard.push(stanza));
  const jid = await connection.start();
  const form = (fields: Readonly<Record<string, string>>): Element =>
    xml(
      'x',
      { xmlns: 'jabber:x:data', type: 'submit' },
      ...Object.entries({ FORM_TYPE: `${NS_MUC}#roomconfig`, ...fields }).map(([name, value]) =>
        xml('field', { var: name }, xml('value', {}, value)),
      ),
    );
  const configure: RawClient['configure'] = async (room, fields) => {
    await connection.request('set', room, xml('query', { xmlns: `${NS_MUC}#owner` }, form(fields)));
  };
  return {
    jid,
    heard,
    send: (stanza) => connection.send(stanza),
    request: (type, to, child) => connection.request(type, to, child),
    configure,
    async enter(room, nick) {
      const inside = new Promise<void>((resolve) => {
        const stop = connection.onStanza((stanza) => {
          if (!stanza.is('presence') || stanza.attrs.from !== `${room}/${nick}`) return;
          stop();
          resolve();
        });
      });
      await connection.send(xml('presence', { to: `${room}/${nick}` }, xml('x', { xmlns: NS_MUC })));
      await inside;
    },
    async admin(room, item) {
      await connection.request('set', room, xml('query', { xmlns: `${NS_MUC}#admin` }, xml('item', item)));
    },
    stop: () => connection.stop(),
  };
}
