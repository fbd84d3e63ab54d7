/** Limn's mark: one stroke of a pen, an l. */
export function Logo({ size }: { readonly size: number }) {
  return (
    <svg className="logo-mark" viewBox="0 0 28 28" width={size} height={size} aria-hidden>
      <rect width="28" height="28" rx="8" fill="var(--accent)" />
      <path
        d="M6.6 18.7c5.6-1.5 10.6-6.9 10.2-11.2-.2-2.3-2.9-2.2-4.2.9-1.6 3.9-2.2 13 2.4 13 2.5 0 4.5-1.9 6-4.2"
        fill="none"
        stroke="#fff"
        strokeWidth="2.1"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
