/** What may happen to people who draw together, and must not cost any of them a stroke; more of it in test/long/people.e2e.ts. */
import { test } from '#test/support/company.ts';
import { cutWhileDrawing, killWhileDrawing } from '#test/support/loss-scenarios.ts';

const CUT_MS = 3000;

test('a killed process finds its board again, comes back by itself and gives the others what it had', ({ company }) =>
  killWhileDrawing(company));

test('a connection that drops for 3 s while both draw costs no stroke', ({ company }) =>
  cutWhileDrawing(company, 'dropped', CUT_MS));
