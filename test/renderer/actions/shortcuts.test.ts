import { describe, expect, test } from 'vitest';
import { ariaKeys, type KeyPress, keysOf, matches } from '#renderer/actions/shortcuts.ts';

const press = (key: string, part: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : '',
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  altGraph: false,
  ...part,
});

describe('matches', () => {
  test('a letter by what the key types, in either case', () => {
    expect(matches('P', press('p'), false)).toBe(true);
    expect(matches('P', press('P'), false)).toBe(true);
    expect(matches('P', press('P', { shiftKey: true }), false)).toBe(false);
    expect(matches('P', press('p', { ctrlKey: true }), false)).toBe(false);
  });

  test('a letter by the place of the key where the layout types no Latin letter', () => {
    expect(matches('P', press('ح', { code: 'KeyP' }), false)).toBe(true);
    expect(matches('Mod+Z', press('я', { code: 'KeyZ', ctrlKey: true }), false)).toBe(true);
  });

  test('a letter by its sign and not its place on other Latin layouts', () => {
    expect(matches('Mod+Z', press('z', { code: 'KeyY', ctrlKey: true }), false)).toBe(true);
    expect(matches('Mod+Y', press('z', { code: 'KeyY', ctrlKey: true }), false)).toBe(false);
  });

  test('Mod is Control, and Command on a Mac', () => {
    expect(matches('Mod+D', press('d', { ctrlKey: true }), false)).toBe(true);
    expect(matches('Mod+D', press('d', { ctrlKey: true }), true)).toBe(false);
    expect(matches('Mod+D', press('d', { metaKey: true }), true)).toBe(true);
    expect(matches('Mod+D', press('d', { metaKey: true, ctrlKey: true }), false)).toBe(false);
  });

  test('signs that need AltGr or Shift on some layouts', () => {
    expect(matches(']', press(']', { ctrlKey: true, altKey: true, altGraph: true }), false)).toBe(true);
    expect(matches('?', press('?', { shiftKey: true }), false)).toBe(true);
    expect(matches('Mod+=', press('+', { ctrlKey: true }), false)).toBe(true);
    expect(matches('Mod+]', press(']', { ctrlKey: true }), false)).toBe(true);
    expect(matches(']', press(']', { ctrlKey: true }), false)).toBe(false);
  });

  test('digits by their place, since Shift changes what they type', () => {
    expect(matches('Shift+1', press('!', { code: 'Digit1', shiftKey: true }), false)).toBe(true);
    expect(matches('Mod+0', press('0', { code: 'Numpad0', ctrlKey: true }), false)).toBe(true);
    expect(matches('Shift+1', press('1', { code: 'Digit1' }), false)).toBe(false);
  });

  test('named keys with exactly their modifiers', () => {
    expect(matches('Shift+ArrowLeft', press('ArrowLeft', { shiftKey: true }), false)).toBe(true);
    expect(matches('ArrowLeft', press('ArrowLeft', { shiftKey: true }), false)).toBe(false);
  });
});

test('keys are named in the order of pressing', () => {
  const name = (key: string): string => (key === 'Mod' ? 'Strg' : key);
  expect(keysOf('Mod+Shift+Z', name, false)).toEqual(['Strg', 'Shift', 'Z']);
  expect(keysOf('Mod+Shift+Z', name, true)).toEqual(['⌘', '⇧', 'Z']);
  expect(keysOf('ArrowUp', name, false)).toEqual(['↑']);
});

test('aria-keyshortcuts has the names of UI Events', () => {
  expect(ariaKeys('Mod+Shift+Z', false)).toBe('Control+Shift+Z');
  expect(ariaKeys('Mod+Z', true)).toBe('Meta+Z');
});
