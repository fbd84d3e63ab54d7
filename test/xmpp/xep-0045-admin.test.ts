/** A room's settings: what is changed in its form, and what stays. */
import { describe, expect, test } from 'vitest';
import { parseSettings, withSettings } from '#xmpp/xep-0045-admin.ts';

const form = (fields: Readonly<Record<string, string>>): Map<string, readonly string[]> =>
  new Map(Object.entries(fields).map(([name, value]) => [name, [value]]));
const MODERATED = 'muc#roomconfig_moderatedroom';

describe('changing the settings of a room', () => {
  test('keeps what else the form says, and adds no field that the room does not know', () => {
    const fields = form({ FORM_TYPE: 'x', 'muc#roomconfig_roomname': 'Old', 'x-history': '20' });
    const next = withSettings(fields, { name: 'New', password: 's', membersOnly: true });
    expect([...next]).toEqual([
      ['FORM_TYPE', ['x']],
      ['muc#roomconfig_roomname', ['New']],
      ['x-history', ['20']],
    ]);
  });

  test('a password makes the room protected, and none makes it open', () => {
    const fields = form({ 'muc#roomconfig_passwordprotectedroom': '0', 'muc#roomconfig_roomsecret': '' });
    const locked = withSettings(fields, { password: 's' });
    expect(parseSettings(locked).password).toBe('s');
    expect(locked.get('muc#roomconfig_passwordprotectedroom')).toEqual(['1']);
    expect(parseSettings(withSettings(locked, { password: '' })).password).toBe('');
  });

  test('where newcomers have no voice in a moderated room, open voice means that it is not moderated', () => {
    const fields = form({ [MODERATED]: '0' });
    const closed = withSettings(fields, { openVoice: false });
    expect(parseSettings(closed)).toMatchObject({ moderated: true, openVoice: false });
    expect(parseSettings(withSettings(closed, { openVoice: true }))).toMatchObject({ moderated: false });
    expect(parseSettings(withSettings(fields, { moderated: true }))).toMatchObject({
      moderated: true,
      openVoice: false,
    });
  });

  test('where they may have it, a moderated room can be open to them', () => {
    const fields = form({ [MODERATED]: '0', members_by_default: '1' });
    const moderated = withSettings(fields, { moderated: true });
    expect(parseSettings(moderated)).toMatchObject({ moderated: true, openVoice: true });
    const closed = withSettings(moderated, { openVoice: false, moderated: true });
    expect(parseSettings(closed)).toMatchObject({ moderated: true, openVoice: false });
    expect(parseSettings(withSettings(closed, { openVoice: true }))).toMatchObject({
      moderated: true,
      openVoice: true,
    });
  });
});
