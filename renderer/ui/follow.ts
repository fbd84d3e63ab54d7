/** Keeping up with what main holds. */

/** Tells what main answers, and what it says later; returns what stops that. An answer that comes after such news is older than it, and
 *  not told. */
export function follow<T>(
  asked: Promise<T>,
  listen: (heard: (news: T) => void) => () => void,
  tell: (now: T) => void,
  fail: (error: unknown) => void,
): () => void {
  let due = true;
  const stop = listen((news) => {
    due = false;
    tell(news);
  });
  asked.then(
    (answer) => {
      if (due) tell(answer);
    },
    (error: unknown) => {
      if (due) fail(error);
    },
  );
  return () => {
    due = false;
    stop();
  };
}
