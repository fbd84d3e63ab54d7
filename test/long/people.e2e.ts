/** The loss scenarios with cuts of 30 s, and all of them on another server than Prosody. */
import { cutWhileDrawing, inTurns, killWhileDrawing } from '#test/support/loss-scenarios.ts';
import { test as onProsody } from '#test/support/company.ts';
import { drawTogether } from '#test/support/draw-together.ts';
import { startEjabberd } from '#test/support/ejabberd.ts';

const CUT_MS = 30_000;

onProsody.describe('on Prosody', () => {
  onProsody('a connection that drops for 30 s while both draw costs no stroke', ({ company }) =>
    cutWhileDrawing(company, 'dropped', CUT_MS),
  );

  onProsody('a network that is silent for 30 s while both draw costs no stroke', ({ company }) =>
    cutWhileDrawing(company, 'silent', CUT_MS),
  );

  onProsody('people who use a room in turns, never together, lose nothing', ({ company }) => inTurns(company));
});

const onEjabberd = onProsody.extend<object, { kind: 'ejabberd' }>({
  kind: ['ejabberd', { scope: 'worker' }],
  server: [
    async ({ kind: _ }, use) => {
      const server = await startEjabberd();
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
});

onEjabberd.describe('on ejabberd', () => {
  onEjabberd('two and a third draw with every tool and export the same file', ({ company }) => drawTogether(company));

  onEjabberd('a killed process loses nothing', ({ company }) => killWhileDrawing(company));

  onEjabberd('a connection that drops for 30 s costs no stroke', ({ company }) =>
    cutWhileDrawing(company, 'dropped', CUT_MS),
  );

  onEjabberd('a network that is silent for 30 s costs no stroke', ({ company }) =>
    cutWhileDrawing(company, 'silent', CUT_MS),
  );

  onEjabberd('people in turns lose nothing', ({ company }) => inTurns(company));
});
