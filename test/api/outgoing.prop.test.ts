/** Whatever comes and however slowly it is taken: the queue to a client keeps its bounds and its order. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '#test/support/property.ts';
import { Outgoing } from '#api/outgoing.ts';

const limits = { windowMessages: 5, windowChars: 400, queueMessages: 12, queueChars: 300, answerChars: 1 << 20 };

type Step =
  | { do: 'answer' }
  | { do: 'event'; name: 'changes' | 'status' | 'notice' | 'live' | 'past'; board: 'a' | 'b'; size: number }
  | { do: 'take'; count: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ do: 'answer' as const }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('event' as const),
      name: fc.constantFrom('changes', 'changes', 'status', 'live', 'notice', 'past'),
      board: fc.constantFrom('a', 'b'),
      size: fc.integer({ min: 0, max: 60 }),
    }) as fc.Arbitrary<Step>,
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('take' as const), count: fc.integer({ min: 0, max: 6 }) }) },
);

const RESET = '{"t":"reset"}';
const numberOf = (text: string): number => Number(text.split(' ')[1]);

test('bounds and order hold', () => {
  check(
    fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
      const sent: string[] = [];
      const made: string[] = [];
      const answered: number[] = [];
      let cutOff = false;
      let taken = 0;
      const outgoing = new Outgoing(
        (text) => sent.push(text),
        () => {
          cutOff = true;
        },
        limits,
      );
      const take = (count: number): void => {
        taken = Math.min(sent.length, taken + count);
        expect(outgoing.acknowledge(taken)).toBe(true);
      };
      for (const [n, one] of steps.entries()) {
        if (cutOff) break;
        if (one.do === 'take') {
          take(one.count);
        } else if (one.do === 'answer') {
          made.push(`answer ${n}`);
          outgoing.answer(`answer ${n}`, () => answered.push(n));
        } else {
          const text = `${one.name}-${one.board} ${n} ${'x'.repeat(one.size)}`;
          made.push(text);
          outgoing.event(one.name, one.board, text);
        }
        expect(sent.length - taken).toBeLessThanOrEqual(limits.windowMessages);
        // The message that fills the window may be the one that exceeds it.
        const beforeLast = sent.slice(taken, -1).reduce((sum, text) => sum + text.length, 0);
        expect(beforeLast).toBeLessThan(limits.windowChars);
      }
      if (cutOff) return;
      while (taken < sent.length) take(1);

      const kept = sent.filter((text) => text !== RESET);
      expect(kept.map(numberOf)).toEqual([...kept.map(numberOf)].sort((a, b) => a - b));
      const lost = made.filter((text) => !kept.includes(text));
      for (const text of lost) {
        const [kind = ''] = text.split(' ');
        // Nothing goes for good but what a newer one of its kind, or a reset that comes after it, makes up for.
        const newer =
          kind.startsWith('status-') &&
          made.some((other) => other.startsWith(kind) && numberOf(other) > numberOf(text));
        const madeUpFor = sent.some(
          (other, at) =>
            other === RESET && sent.slice(at).every((after) => after === RESET || numberOf(after) > numberOf(text)),
        );
        expect(/^(changes|status|live)-/.test(kind) && (newer || madeUpFor)).toBe(true);
      }
      expect(answered).toEqual(made.filter((text) => text.startsWith('answer')).map(numberOf));
    }),
    { numRuns: 500 },
  );
});

test('an acknowledgement of more than was sent, or of less than before, is refused', () => {
  const outgoing = new Outgoing(
    () => {},
    () => {},
    limits,
  );
  outgoing.event('notice', undefined, 'notice 1');
  outgoing.event('notice', undefined, 'notice 2');
  expect(outgoing.acknowledge(3)).toBe(false);
  expect(outgoing.acknowledge(2)).toBe(true);
  expect(outgoing.acknowledge(1)).toBe(false);
});

test('parts of an answer wait as long as answers do, and cut nobody off', () => {
  let cutOff = false;
  const sent: string[] = [];
  const outgoing = new Outgoing(
    (text) => sent.push(text),
    () => (cutOff = true),
    limits,
  );
  for (let n = 0; n < 100; n++) outgoing.event('past', 'a', `past ${n} ${'x'.repeat(60)}`);
  for (let taken = 1; taken <= 100; taken++) outgoing.acknowledge(taken);
  expect([cutOff, sent.length]).toEqual([false, 100]);
});
