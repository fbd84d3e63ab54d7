/** People on one board in a room of a real server. */
import { test } from '#test/support/company.ts';
import { drawTogether } from '#test/support/draw-together.ts';

test('two draw with every tool, a third comes late, and all three export the same file', ({ company }) =>
  drawTogether(company));
