import { expect, test } from 'vitest';
import type { IntentInput } from '#api/contract.ts';
import { createGestures } from '#renderer/board/gestures.ts';

const set = (rid: string, name: string): IntentInput[] => [{ do: 'set', rid, name, value: '1' }];
const stroke: IntentInput[] = [{ do: 'remove', rid: 'a' }];

test('two gestures of one kind are two, in any window', () => {
  const [one, other] = [createGestures(() => 0), createGestures(() => 0)];
  const names = [one, one, other].flatMap((window) => ['pen', 'move'].map((kind) => window.name(kind, set('a', 'x'))));
  expect(new Set(names).size).toBe(6);
  expect(one.name('eraser', stroke)).not.toBe(one.name('eraser', stroke));
});

test('a key held down and a slider that is dragged go on with what they began', () => {
  let now = 0;
  const gestures = createGestures(() => now);
  for (const kind of ['nudge', 'style']) {
    const first = gestures.name(kind, set('a', 'x'));
    now += 1000;
    expect(gestures.name(kind, set('a', 'x'))).toBe(first);
    now += 1000;
    expect(gestures.name(kind, set('a', 'x'))).toBe(first);
    now += 1001;
    const second = gestures.name(kind, set('a', 'x'));
    expect(second).not.toBe(first);
    const others = [gestures.name(kind, set('a', 'y')), gestures.name(kind, set('b', 'y'))];
    expect(new Set([first, second, ...others]).size).toBe(4);
    gestures.name('pen', stroke);
    expect(gestures.name(kind, set('b', 'y'))).not.toBe(others[1]);
  }
});
