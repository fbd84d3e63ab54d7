/**
 * How those who are in a session are called here. A name is whatever its bearer says: it is shown on one line, without what turns the text around it,
 * and who looks like somebody who was there before is told apart by a number, as in "Ana (2)".
 */
import { shownName } from '#xmpp/shown-name.ts';

export { shownName };

const MOST = 100;

/** Letters of other scripts, and marks, that are drawn like these Latin ones or nearly so (after Unicode's confusables, UTS 39), small letters only. */
const LOOKS: Readonly<Record<string, string>> = {
  a: 'аαɑ',
  b: 'ƅьв',
  c: 'сϲⅽ',
  d: 'ԁⅾ',
  e: 'еҽєε',
  g: 'ɡց',
  h: 'һн',
  i: 'іɩιıӏl|1',
  j: 'јϳ',
  k: 'кκ',
  m: 'мⅿ',
  n: 'ոпη',
  o: 'оοօσ0',
  p: 'рρ',
  q: 'ԛգ',
  r: 'г',
  s: 'ѕꜱ',
  t: 'тτ',
  u: 'υսս',
  v: 'ѵνⅴ',
  w: 'ԝѡω',
  x: 'хχⅹ',
  y: 'уүγ',
  z: 'ᴢ',
};
const LIKE = new Map(Object.entries(LOOKS).flatMap(([latin, all]) => [...all].map((one) => [one, latin] as const)));

/** What can't be seen, by itself or at all. */
const UNSEEN = /[\p{Cf}\p{Cc}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;
/** Marks on the letters above; elsewhere (kana, Arabic) they make other letters. */
const ACCENTS = /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{M}+/gu;

/** What names that look alike have in common: one case, no accents, no blanks, nothing that isn't seen, one letter for those drawn alike. Empty where
 *  there is nothing to see. */
export function lookOf(name: string): string {
  const plain = name.normalize('NFKD').toLowerCase().normalize('NFKD').replace(UNSEEN, '').replace(ACCENTS, '');
  const alike = [...plain.replace(/\p{Pd}/gu, '-')].map((char) => LIKE.get(char) ?? char).join('');
  return alike.replaceAll('rn', 'm').replaceAll('vv', 'w');
}

export interface ShownNames {
  /** What each of those who are there, by id, is called here, in order of their coming. What somebody is called stays while they are there under one name. */
  of(present: readonly { readonly id: string; readonly nick: string }[]): ReadonlyMap<string, string>;
}

/** Nobody is there yet. */
export function createShownNames(): ShownNames {
  let known = new Map<string, { readonly nick: string; readonly shown: string }>();
  return {
    of(present) {
      const now: typeof known = new Map();
      // Those who were called something before keep it, whoever comes.
      for (const { id, nick } of present) {
        const before = known.get(id);
        if (before?.nick === nick) now.set(id, before);
      }
      const looks = new Set([...now.values()].map(({ shown }) => lookOf(shown)));
      for (const { id, nick } of present) {
        if (now.has(id)) continue;
        const said = shownName(nick, MOST);
        const plain = lookOf(said) === '' ? '?' : said;
        let shown = plain;
        for (let count = 2; looks.has(lookOf(shown)); count++) shown = `${plain} (${count})`;
        looks.add(lookOf(shown));
        now.set(id, { nick, shown });
      }
      known = now;
      return new Map([...now].map(([id, { shown }]) => [id, shown]));
    },
  };
}
