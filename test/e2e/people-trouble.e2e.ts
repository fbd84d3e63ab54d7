/** What goes wrong is said in one sentence, and nothing else is touched: not the board, not the others. */
import xml from '@xmpp/xml';
import { expect, type Page } from '@playwright/test';
import { test } from '#test/support/company.ts';
import { drag, draw, wave } from '#test/support/drawing.ts';
import * as people from '#test/support/people.ts';
import { startProsody } from '#test/support/prosody.ts';
import { freePort } from '#test/support/server-process.ts';
import { startRawClient } from '#test/support/raw-client.ts';
import { parseSxe } from '#xmpp/xep-0284-codec.ts';

/** One sentence or two, for people: no stack, and it ends. */
const SENTENCE = /^[^{}\n]{20,300}\.$/;

async function expectSentence(page: Page, says: RegExp): Promise<void> {
  const alert = page.getByRole('alert');
  await expect(alert).toHaveText(says, { timeout: 30_000 });
  await expect(alert).toHaveText(SENTENCE);
}

test('signing in that fails says why, and the board goes on', async ({ browser, company }) => {
  const alice = await people.startPerson(browser, 'alice');
  const plain = await startProsody({ plaintext: true });
  try {
    const { page } = alice;
    const login = company.login('alice');
    await people.startDrawing(page);
    await draw(page, 'p', wave([200, 200]));
    const before = await people.shapes(page);
    await page.getByRole('button', { name: 'Main menu' }).click();
    await page.getByRole('menuitem', { name: /Sign in/ }).click();

    const free = await freePort();
    const failures: [Partial<people.Login>, RegExp][] = [
      [{ service: `127.0.0.1:${free}` }, /127\.0\.0\.1|port|answer/],
      [{ service: 'no-such-host.invalid:5222' }, /no-such-host\.invalid/],
      [{ service: `127.0.0.1:${plain.port}` }, /encrypt/],
    ];
    for (const [wrong, says] of failures) {
      await people.fillSignIn(page, { ...login, ...wrong });
      await expectSentence(page, says);
    }
    await people.fillSignIn(page, { ...login, password: 'wrong' });
    await people.trust(page);
    await expectSentence(page, /password/);
    expect(await people.shapes(page)).toEqual(before);
    await page.keyboard.press('Escape');
    await draw(page, 'r', [
      [400, 300],
      [500, 380],
    ]);
    expect(alice.complaints).toEqual([]);
  } finally {
    await alice.close();
    await plain.stop();
  }
});

test('a room that does not let one in says why, and those inside draw on', async ({ company }) => {
  const { room, server } = company;
  const name = room.slice(0, room.indexOf('@'));
  const owner = await startRawClient(company.login('carol'));
  const closed = (kind: string): string => `${name}-${kind}@${server.rooms}`;
  try {
    const rooms = ['members', 'password', 'banned', 'taken'].map(closed);
    for (const one of rooms) await owner.enter(one, 'carol');
    await owner.configure(closed('members'), { 'muc#roomconfig_membersonly': '1' });
    await owner.configure(closed('password'), {
      'muc#roomconfig_passwordprotectedroom': '1',
      'muc#roomconfig_roomsecret': 'sesame',
    });
    await owner.configure(closed('banned'), {});
    await owner.configure(closed('taken'), {});
    await owner.admin(closed('banned'), { affiliation: 'outcast', jid: 'bob@localhost' });

    const alice = await company.come('alice');
    await people.startDrawing(alice.page);
    await people.share(alice.page, room);
    const bob = await company.come('bob');
    const { page } = bob;
    for (const [kind, nick, says] of [
      ['members', 'bob', /Only members may enter/],
      ['banned', 'bob', /banned/],
      ['taken', 'carol', /is called carol already/],
      ['password', 'bob', /password/],
    ] as const) {
      await people.fillJoin(page, { room: closed(kind), nick });
      await expectSentence(page, says);
      await draw(alice.page, 'p', wave([100, 120 + 40 * rooms.indexOf(closed(kind))]));
    }
    await page.getByLabel('Room password').fill('open');
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await expectSentence(page, /password/);
    await page.getByLabel('Room password').fill('sesame');
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await people.boardOpen(page);
    await people.expectState(alice.page, 'savedForAll');
    expect(await people.shapeCount(alice.page)).toBe(4);
    for (const person of [alice, bob]) expect(person.complaints).toEqual([]);
  } finally {
    await owner.stop();
  }
});

test('a file that is no drawing is refused with a sentence, and what is hostile in one is left out', async ({
  browser,
}) => {
  const alice = await people.startPerson(browser, 'alice');
  const { page } = alice;
  const open = async (svg: string | Buffer): Promise<void> => {
    const chooser = page.waitForEvent('filechooser');
    await page.keyboard.press('Control+o');
    await (await chooser).setFiles({ name: 'given.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(svg) });
  };
  const notice = page.locator('.toast');
  try {
    await people.startDrawing(page);
    await draw(page, 'p', wave([200, 200]));
    const before = await people.shapes(page);
    const bomb = [
      '<!ENTITY a "aaaaaaaaaa">',
      ...'bcdefghijk'.split('').map((one, i) => `<!ENTITY ${one} "${`&${'abcdefghij'[i]};`.repeat(10)}">`),
    ];
    for (const bad of [
      '<svg xmlns="http://www.w3.org/2000/svg"><rect></svg>',
      'not xml at all',
      `<!DOCTYPE svg [${bomb.join('')}]><svg xmlns="http://www.w3.org/2000/svg"><text>&k;</text></svg>`,
      `<svg xmlns="http://www.w3.org/2000/svg">${'<g>'.repeat(50_000)}${'</g>'.repeat(50_000)}</svg>`,
      '',
    ]) {
      await open(bad);
      await expect(notice).toHaveClass(/error/);
      await expect(notice.locator('span')).toHaveText(SENTENCE);
      await notice.getByRole('button', { name: 'Dismiss' }).click();
      await expect(notice).toHaveCount(0);
      expect(await people.shapes(page)).toEqual(before);
    }
    await open(
      '<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=1"><script>document.title = "owned"</script><foreignObject><p>hi</p></foreignObject><image href="https://example.org/spy.png" width="9" height="9"/><rect id="kept" width="90" height="60" onclick="alert(1)"/></svg>',
    );
    await expect(notice).toContainText('unsafe part');
    await expect.poll(async () => (await people.shapes(page)).some(([, { id }]) => id === 'kept')).toBe(true);
    const file = (await people.exportSvg(page)).toString('utf8');
    expect(file).toContain('id="kept"');
    expect(file).not.toMatch(/script|onload|onclick|foreignObject|example\.org/);
    expect(alice.complaints).toEqual([]);
  } finally {
    await alice.close();
  }
});

/** What a forger says in the room: each the content of an `<sxe/>`. `victim` is a record of somebody's. */
function forgeries(victim: string): (() => ReturnType<typeof xml>)[] {
  const ns = 'http://www.w3.org/2000/svg';
  return [
    () => xml('new', { rid: 'f1', type: 'wormhole', parent: victim }),
    () => xml('new', { type: 'element', parent: victim, name: 'g', ns }),
    () => xml('new', { rid: '', type: 'element', parent: '', name: 'svg', ns }),
    () => xml('new', { rid: victim, type: 'element', parent: '', name: 'svg', ns }),
    () => xml('new', { rid: 'f2', type: 'element', parent: 'nowhere', name: 'rect', ns }),
    () => xml('new', { rid: 'f3', type: 'element', parent: victim, name: 'a b<', ns }),
    () => xml('new', { rid: 'f4', type: 'element', parent: victim, name: 'g', ns, 'primary-weight': '1e999' }),
    () =>
      xml('new', { rid: 'f5', type: 'text', parent: victim, chdata: 'x\u0009\u000a\u0085\u2028\ufffe'.slice(0, 5) }),
    () => xml('set', { target: 'nobody', version: '1', parent: victim }),
    () => xml('set', { target: victim, version: '999999999999999999999', name: 'script' }),
    () => xml('set', { target: victim, version: '-7', parent: victim }),
    () => xml('set', { target: victim, version: 'NaN', chdata: 'a', replacefrom: '-1', replacen: '99999999' }),
    () => xml('set', { version: '1' }),
    () => xml('remove', { target: 'nobody' }),
    () => xml('remove', {}),
    () => xml('dance', {}),
    () => xml('state', {}, xml('document-begin', { prolog: 'data:text/html,<script>' })),
    () => xml('state-offer', {}),
    () => xml('hello', { xmlns: 'urn:x-limn:session:0', epoch: '\u00ad', opens: 'maybe' }),
  ];
}

const SXE = 'urn:xmpp:sxe:0';

test('forged stanzas from a third leave two equal, drawing and safe', async ({ company }) => {
  const { room } = company;
  const alice = await company.come('alice');
  await people.startDrawing(alice.page);
  await people.share(alice.page, room);
  const bob = await company.come('bob');
  await people.join(bob.page, { room });
  const forger = await startRawClient(company.login('carol'));
  try {
    await forger.enter(room, 'forger');
    // Who knows XEP-0284 alone is seen as soon as it says something; the others speak plainly from then on.
    const advertised = (): string =>
      String(forger.heard.map((stanza) => stanza.getChild('sxe', SXE)?.attrs.session).find(Boolean) ?? '');
    await expect.poll(advertised).toBeTruthy();
    const session = advertised();
    let count = 0;
    const say = (...content: ReturnType<typeof xml>[]): Promise<void> =>
      forger.send(
        xml(
          'message',
          { to: room, type: 'groupchat', id: `forged-${count}` },
          xml('sxe', { xmlns: SXE, session, id: `f.${++count}` }, ...content),
        ),
      );
    await say(xml('state', {}));
    await expect.poll(() => forger.heard.some((stanza) => /<turn /.test(stanza.toString()))).toBe(true);
    await draw(alice.page, 'r', [
      [100, 100],
      [200, 180],
    ]);
    const seen = (): { root: string; rid: string } | undefined => {
      for (const stanza of forger.heard) {
        const read = parseSxe(stanza);
        const edits = read?.ok && read.message.payload.kind === 'edits' ? read.message.payload.edits : [];
        for (const edit of edits)
          if (edit.kind === 'new' && edit.name === 'rect') return { root: edit.parent, rid: edit.rid };
      }
      return undefined;
    };
    await expect.poll(() => seen()?.rid).toBeTruthy();
    const { root, rid } = seen() ?? { root: '', rid: '' };
    const edit = (...edits: ReturnType<typeof xml>[]): Promise<void> => say(xml('state', {}, ...edits));
    const forged = [...forgeries(rid), ...forgeries(root)];
    const strokes = forged.filter((_, i) => i % 8 === 0).length;
    for (const [i, forge] of forged.entries()) {
      await say(xml('state', {}, forge()), forge());
      if (i % 8 !== 0) continue;
      // Nobody waits for the other: what each sees meanwhile is looked at in the end.
      const { page } = i % 16 === 0 ? alice : bob;
      await page.keyboard.press('p');
      await drag(page, wave([100 + i * 10, 300]));
    }
    // Two elements, each the other's parent; a script; a value of 1 MB, in pieces that the server lets through.
    const ns = 'http://www.w3.org/2000/svg';
    await edit(
      xml('new', { rid: 'c1', type: 'element', parent: root, name: 'g', ns }),
      xml('new', { rid: 'c2', type: 'element', parent: 'c1', name: 'g', ns }),
      xml('set', { target: 'c1', version: '1', parent: 'c2' }),
      xml('new', { rid: 's1', type: 'element', parent: root, name: 'script', ns }),
      xml('new', { rid: 's2', type: 'text', parent: 's1', chdata: 'document.title = "owned"' }),
      xml('new', { rid: 'm1', type: 'attr', parent: rid, name: 'data-m', chdata: '' }),
    );
    for (let piece = 0; piece < 8; piece++) {
      await edit(
        xml('set', {
          target: 'm1',
          version: String(piece + 1),
          chdata: 'm'.repeat(128 * 1024),
          replacefrom: String(piece * 128 * 1024),
          replacen: '0',
        }),
      );
    }
    // The last of it, in the room's order: whoever shows that has been through all the rest.
    await edit(xml('new', { rid: 'z1', type: 'element', parent: root, name: 'circle', ns }));
    for (const { page } of [alice, bob])
      await expect
        .poll(async () => (await people.shapes(page)).map(([name]) => name), { timeout: 60_000 })
        .toContain('circle');
    await people.expectSame([alice, bob], 60_000);
    await draw(alice.page, 'o', [
      [300, 400],
      [380, 460],
    ]);
    await draw(bob.page, 'l', [
      [500, 400],
      [580, 460],
    ]);
    await people.expectSame([alice, bob]);
    const one = await people.expectSameFile([alice, bob]);
    expect(one.toString('utf8')).not.toMatch(/script|owned/);
    expect(one.toString('utf8').match(/<path/g)).toHaveLength(strokes);
    for (const { page, complaints } of [alice, bob]) {
      expect(await page.title()).toMatch(/Limn/);
      expect(complaints).toEqual([]);
    }
  } finally {
    await forger.stop();
  }
});
