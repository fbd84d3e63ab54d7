import { expect, test } from 'vitest';
import { schemaFault } from '#test/support/sxe-schema.ts';
import { readElement } from '#test/xmpp/elements.ts';

const fault = (inner: string): string | undefined =>
  schemaFault(readElement(`<sxe xmlns='urn:xmpp:sxe:0' session='s' id='1'>${inner}</sxe>`));

test.each([
  '<connect/>',
  "<state-offer><description xmlns='urn:x'/></state-offer>",
  "<state><new rid='a' type='text' chdata='x' primary-weight='1e+21'/><set target='a' version='1' chdata='y'/></state>",
  "<state><remove target='a'><mark xmlns='urn:x-limn:session:0' fix='1'/></remove></state>",
  "<hello xmlns='urn:x-limn:session:0' epoch='e'/>",
])('is content with %s', (inner) => expect(fault(inner)).toBeUndefined());

test.each([
  '<connect/><accept-state/>',
  '<state-offer/>',
  '<state>text</state>',
  "<state><set target='a' version='-1'/></state>",
  "<state><set target='a' version='1' fix='1'/></state>",
  "<state><new rid='a' type='text' chdata='x' primary-weight='heavy'/></state>",
  "<state><new rid='a' type='attr' name='x'/></state>",
  "<state><new rid='a' type='text' name='x' chdata=''/></state>",
  "<state><remove target='a'><fix/></remove></state>",
  "<state><set target='a' version='1' chdata='' replacen='1'/></state>",
  '<hello/>',
])('is not content with %s', (inner) => expect(fault(inner)).toEqual(expect.any(String)));
