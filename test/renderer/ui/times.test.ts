/** Times as the first screen shows them. */
import { expect, it } from 'vitest';
import { regional, timeOrDay } from '#renderer/ui/times.ts';

it('what was changed yesterday says the day, however few hours ago', () => {
  const morning = new Date(2026, 4, 3, 10, 0).getTime();
  expect(timeOrDay(new Date(2026, 4, 3, 0, 30).getTime(), 'en', morning)).toMatch(/^12:30\sAM$/);
  expect(timeOrDay(new Date(2026, 4, 2, 23, 30).getTime(), 'en', morning)).toBe('May 2');
});

it('dates are written as where the person is', () => {
  expect(regional('en', ['de-AT', 'en-GB', 'en-US'])).toBe('en-GB');
  expect(regional('de', ['de-AT', 'en-GB'])).toBe('de-AT');
  expect(regional('fr', ['en-GB', 'frr-DE'])).toBe('fr');
});
