import xml, { type Element } from '@xmpp/xml';
import { expect, test } from 'vitest';
import type { EntityEvent } from '#xmpp/entity.ts';
import { connection, next } from './connect.ts';
import { BIND, careless, fakeServer, features, HEADER, PLAIN, SCRAM } from './fake-server.ts';

test('a server without STARTTLS is refused before anything is said about the account', async () => {
  let heard = '';
  const service = await fakeServer(false, (peer, text) => {
    heard += text;
    if (text.includes('<stream:stream')) peer.send(HEADER + features(PLAIN));
  });
  await expect(connection(service).start()).rejects.toMatchObject({ code: 'no-encryption' });
  expect(heard).not.toMatch(/alice|auth/);
});

test('a refusal of STARTTLS is no way around it', async () => {
  const service = await fakeServer(false, (peer, text) => {
    if (text.includes('<stream:stream'))
      peer.send(HEADER + features("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"));
    else peer.send("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>");
  });
  await expect(connection(service).start()).rejects.toMatchObject({ code: 'no-encryption' });
});

test('what answers STARTTLS without TLS is refused', async () => {
  const service = await fakeServer(false, (peer, text) => {
    if (text.includes('<stream:stream'))
      peer.send(HEADER + features("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"));
    else if (text.includes('<starttls')) peer.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    else peer.send('this is no TLS at all, is it');
  });
  await expect(connection(service).start()).rejects.toMatchObject({ code: 'no-encryption' });
});

test.each([
  ['without a signature', "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"],
  ['with a wrong signature', `<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${btoa('v=AAAA')}</success>`],
  ['with damaged data', "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>%%%</success>"],
])('a <success/> %s is not believed', async (_, success) => {
  let heard = '';
  const service = await fakeServer(true, (peer, text) => {
    heard += text;
    if (text.includes('<stream:stream')) peer.send(HEADER + features(SCRAM));
    else if (text.includes('<auth')) {
      const nonce = /r=([^,]+)/.exec(atob(/>([^<]+)</.exec(text)?.[1] ?? ''))?.[1] ?? '';
      peer.send(
        `<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${btoa(`r=${nonce}x,s=c2FsdA==,i=4096`)}</challenge>`,
      );
    } else if (text.includes('<response')) peer.send(success);
  });
  await expect(connection(service).start()).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('prove'),
  });
  // No second stream was opened.
  expect(heard.match(/<stream:stream/g)).toHaveLength(1);
});

test('a <success/> at once is not believed', async () => {
  const service = await fakeServer(true, (peer, text) => {
    if (text.includes('<stream:stream')) peer.send(HEADER + features(SCRAM));
    else if (text.includes('<auth')) peer.send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
  });
  await expect(connection(service).start()).rejects.toMatchObject({ code: 'refused' });
});

test('a nonce that is not ours ends the sign-in', async () => {
  const service = await fakeServer(true, (peer, text) => {
    if (text.includes('<stream:stream')) peer.send(HEADER + features(SCRAM));
    else if (text.includes('<auth')) {
      peer.send(`<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${btoa('r=other,s=c2FsdA==,i=4096')}</challenge>`);
    }
  });
  await expect(connection(service).start()).rejects.toMatchObject({ name: 'XmppError' });
});

test('a server that skips the sign-in is refused', async () => {
  const service = await fakeServer(true, (peer, text) => {
    if (text.includes('<stream:stream')) peer.send(HEADER + features(BIND));
  });
  await expect(connection(service).start()).rejects.toMatchObject({ code: 'refused' });
});

test('what is no XMPP is refused', async () => {
  const service = await fakeServer(false, (peer) =>
    peer.send('HTTP/1.1 400 Bad Request\r\n\r\n<html><body>&nope;</body></html>'),
  );
  await expect(connection(service).start()).rejects.toMatchObject({ name: 'XmppError' });
});

test('garbage in the stream ends it and is survived', async () => {
  const service = await fakeServer(
    true,
    careless((peer) => peer.send('<message><body>&undefined;</body></message>')),
  );
  const alice = connection(service);
  const down = next<EntityEvent>(
    (listener) => alice.on(listener),
    (event) => event.type === 'offline',
  );
  await alice.start();
  expect(await down).toMatchObject({ error: { code: 'disconnected' } });
});

test('a stanza of 100 MB ends the stream after a fraction of it, and no more of it is read', async () => {
  const piece = 'x'.repeat(64 * 1024);
  let sent = 0;
  const service = await fakeServer(
    true,
    careless((peer) => {
      peer.send('<message><body>');
      const more = (): void => {
        if (sent >= 100 * 1024 * 1024) return;
        peer.send(piece);
        sent += piece.length;
        setImmediate(more);
      };
      more();
    }),
  );
  const got: Element[] = [];
  const alice = connection(service);
  alice.onStanza((stanza) => got.push(stanza));
  const down = next<EntityEvent>(
    (listener) => alice.on(listener),
    (event) => event.type === 'offline',
  );
  await alice.start();
  expect(await down).toMatchObject({ error: { code: 'disconnected' } });
  expect(got).toEqual([]);
  expect(sent).toBeLessThan(50 * 1024 * 1024);
});

test('malformed stanzas are survived, and an answer counts only from whom was asked', async () => {
  const troubles: string[] = [];
  const service = await fakeServer(true, (peer, text) => {
    play(peer, text);
    const id = /<iq[^>]*type="get"[^>]*id="([^"]+)"/.exec(text)?.[1];
    if (id === undefined) return;
    peer.send("<message from='@@@/'/><iq/><iq type='get'/><iq type='result' id='nobody'/><presence from=''/>");
    peer.send(`<iq type='result' id='${id}' from='mallory@localhost/x'><ping xmlns='urn:forged'/></iq>`);
    peer.send(`<iq type='result' id='${id}' from='bob@localhost/y'><ping xmlns='urn:real'/></iq>`);
  });
  const play = careless(() => undefined);
  const alice = connection(service, { trouble: (message) => troubles.push(message) });
  await alice.start();
  const answer = await alice.request('get', 'bob@localhost/y', xml('ping', { xmlns: 'urn:xmpp:ping' }));
  expect(answer.getChild('ping')?.attrs['xmlns']).toBe('urn:real');
  expect(alice.online).toBe(true);
});

test('letters that are cut by the network come whole', async () => {
  const text = '漢é👩‍🎨𝒳';
  const service = await fakeServer(
    true,
    careless((peer) => {
      const bytes = Buffer.from(`<message from='bob@localhost/y'><body>${text}</body></message>`);
      let at = 0;
      // Each byte in a record of its own.
      for (; at < bytes.length; at += 1) peer.send(bytes.subarray(at, at + 1));
    }),
  );
  const alice = connection(service);
  const got = next<string | null>((listener) => alice.onStanza((stanza) => listener(stanza.getChildText('body'))));
  await alice.start();
  expect(await got).toBe(text);
});
