/** Keeping up with what main holds: an answer and news may come in either order. */
import { expect, it } from 'vitest';
import { follow } from '#renderer/ui/follow.ts';

function main() {
  const listeners = new Set<(news: string) => void>();
  const { promise, resolve, reject } = withResolvers();
  const told: unknown[] = [];
  const stop = follow<string>(
    promise,
    (heard) => {
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
    (now) => told.push(now),
    (error) => told.push(error),
  );
  return {
    told,
    stop,
    say: (news: string) => {
      for (const heard of listeners) heard(news);
    },
    answer: async (text: string) => {
      resolve(text);
      await promise;
    },
    refuse: async (error: Error) => {
      reject(error);
      await promise.catch(() => undefined);
    },
  };
}

function withResolvers() {
  let resolve!: (text: string) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<string>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

it('tells the answer, then what is said later', async () => {
  const { told, answer, say } = main();
  await answer('old');
  say('new');
  expect(told).toEqual(['old', 'new']);
});

it('an answer that comes after news is older than it', async () => {
  const { told, answer, say } = main();
  say('new');
  await answer('old');
  expect(told).toEqual(['new']);
});

it('a failure is told, unless there is news already', async () => {
  const [failed, known] = [main(), main()];
  const error = new Error('no answer');
  await failed.refuse(error);
  known.say('new');
  await known.refuse(error);
  expect([failed.told, known.told]).toEqual([[error], ['new']]);
});

it('who has stopped hears nothing more', async () => {
  const { told, stop, answer, say } = main();
  stop();
  say('new');
  await answer('old');
  expect(told).toEqual([]);
});
