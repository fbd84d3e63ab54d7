/** XEP-0353: what a message says of an invitation, read and written. */
import { describe, expect, test } from 'vitest';
import { type JingleMessage, parseJingleMessage, serializeJingleMessage } from '#xmpp/xep-0353.ts';
import { readElement } from './elements.ts';
import { goldenPairs } from './golden.ts';

goldenPairs<JingleMessage>(
  'xep-0353',
  (element) => {
    const message = parseJingleMessage(element);
    if (!message) throw new Error('not read');
    return message;
  },
  // Read back as a server would: on a stream, what says no namespace is jabber:client.
  (message) => readElement(serializeJingleMessage('bo@example.org', message).toString()),
);

describe('what says nothing of an invitation is passed over', () => {
  test.each([
    ['no id', "<propose xmlns='urn:xmpp:jingle-message:0'/>"],
    ['an unknown word', "<sing xmlns='urn:xmpp:jingle-message:0' id='1'/>"],
    ['another namespace', "<propose xmlns='urn:x' id='1'/>"],
    ['an id without end', `<propose xmlns='urn:xmpp:jingle-message:0' id='${'x'.repeat(5000)}'/>`],
  ])('%s', (_, inner) => {
    expect(parseJingleMessage(readElement(`<message from='a@b/c'>${inner}</message>`))).toBeUndefined();
  });

  test('an error', () => {
    const inner = "<propose xmlns='urn:xmpp:jingle-message:0' id='1'/>";
    expect(parseJingleMessage(readElement(`<message type='error'>${inner}</message>`))).toBeUndefined();
  });
});
