/** Times as people say them, in their language and place. Milliseconds since 1970. */

const DAY = { day: 'numeric', month: 'short' } as const;
const TIME = { hour: 'numeric', minute: '2-digit' } as const;

/** A language as it is used where the person is: British or American English, by what the system prefers. */
export function regional(
  language: string,
  preferred: readonly string[] = globalThis.navigator?.languages ?? [],
): string {
  return preferred.find((one) => one === language || one.startsWith(`${language}-`)) ?? language;
}

/** The time alone on the same day, with the day otherwise. */
export function shortTime(time: number, language: string, now = Date.now()): string {
  const format = isSameDay(time, now) ? TIME : { ...DAY, ...TIME };
  return new Intl.DateTimeFormat(regional(language), format).format(time);
}

/** The time on the same day, the day otherwise. */
export function timeOrDay(time: number, language: string, now = Date.now()): string {
  return new Intl.DateTimeFormat(regional(language), isSameDay(time, now) ? TIME : DAY).format(time);
}

function isSameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

/** With weekday and seconds. */
export function exactTime(time: number, language: string): string {
  return new Intl.DateTimeFormat(regional(language), { dateStyle: 'full', timeStyle: 'medium' }).format(time);
}

const UNITS = [
  ['year', 365 * 24 * 3600],
  ['month', 30 * 24 * 3600],
  ['week', 7 * 24 * 3600],
  ['day', 24 * 3600],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** How long ago. What lies ahead by a peer's clock is now. */
export function relativeTime(time: number, language: string, now = Date.now()): string {
  const seconds = Math.max(0, (now - time) / 1000);
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  for (const [unit, length] of UNITS) if (seconds >= length) return format.format(-Math.floor(seconds / length), unit);
  return format.format(0, 'second');
}

/** The day, with its year. */
export function shortDay(time: number, language: string): string {
  return new Intl.DateTimeFormat(regional(language), { dateStyle: 'medium' }).format(time);
}
