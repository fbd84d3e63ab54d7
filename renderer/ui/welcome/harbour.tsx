/** The picture beside the first screen: a harbour, with three people at it. Pigments follow light and dark. */

interface Pen {
  readonly name: string;
  readonly hue: number;
  readonly x: number;
  readonly y: number;
}

const pens: readonly Pen[] = [
  { name: 'Mei', hue: 3, x: 602, y: 204 },
  { name: 'Amara', hue: 1, x: 590, y: 400 },
  { name: 'Jonas', hue: 6, x: 806, y: 790 },
];

/** Lines of the pen: path, pigment, width. */
const strokes: readonly (readonly [string, string, number])[] = [
  // Sun and rays
  ['M664 152c-52 4-86 52-68 98 16 42 66 58 104 36 40-24 50-80 18-114-20-21-46-28-80-14', '--gilt', 3],
  [
    'M642 128l-5-22M688 130l5-18M722 148l16-20M750 184l16-8M758 222l24 0M604 148l-10-14M582 182l-20-10M570 222l-18-1',
    '--gilt',
    3,
  ],
  // Hills
  [
    'M196 562c66-28 118-118 168-164 34-30 58-24 84 6 40 46 62 78 96 66 36-12 58-66 104-66 66 0 108 104 282 130 70 10 140 14 400 14',
    '--verdigris',
    3,
  ],
  ['M394 380c-12 26 4 50-8 84M420 392c-8 16 6 26 2 42M662 406c-10 22 6 40-2 62', '--verdigris', 2.2],
  // Lighthouse on its rock
  ['M-6 642c34-50 70-74 116-74h76c46 0 78 26 104 66', '--ink', 3.4],
  ['M122 566l12-150M188 566l-12-150M120 412l72-2M138 408c-2-40 4-62 20-62s22 22 20 62M158 346l2-18', '--ink', 3.4],
  ['M132 456c14 4 32 4 46-1M128 496c16 4 38 4 56-1M125 536c18 4 42 4 60-1', '--vermilion', 2.6],
  ['M114 368l-56-18M202 366l90-25M204 380l86 6', '--gilt', 3],
  // Gulls
  [
    'M294 250c10-18 20-18 28-2 8-14 20-14 30 0M392 206c8-14 16-14 24-1 8-12 18-12 26-1M484 284c6-10 14-10 20-1 6-8 12-8 18 0',
    '--ink',
    3,
  ],
  // Ship
  [
    'M330 628c108 6 212 4 318-8-12 32-24 64-42 78-6 5-14 6-22 6-70 3-142 3-208 0-8 0-14-4-18-10-14-20-22-46-28-66z',
    '--ink',
    3.6,
  ],
  [
    'M378 628l6-36c2-6 4-8 10-9 62-4 124-4 184-1 6 0 10 4 12 9l6 34M418 580l4-26c1-6 4-9 10-10 26-2 48-2 70 0 6 1 8 4 9 10l5 26',
    '--ink',
    3.4,
  ],
  ['M342 654c98 10 192 8 288-6', '--vermilion', 2.8],
  ['M540 580l2-52c0-6 3-8 8-8 8-2 14-2 20 0 4 1 6 4 6 9l1 50', '--vermilion', 3.4],
  [
    'M406 598a8.5 8.5 0 1 0 .1 0zM446 598a8.5 8.5 0 1 0 .1 0zM486 598a8.5 8.5 0 1 0 .1 0zM526 598a8.5 8.5 0 1 0 .1 0zM562 598a8.5 8.5 0 1 0 .1 0z',
    '--lapis',
    3.2,
  ],
  ['M556 504c10-16-6-28 0-42 5-12 14-16 14-30 0-12 4-22 14-30', '--graphite', 3.2],
  // Waves
  ['M66 670c30 0 34-8 60-7 30 1 34 10 64 8 30-1 36-10 66-8 18 1 24 4 38 2', '--lapis', 3],
  ['M112 712c24 8 40-2 64-1 26 2 36 12 62 10 28-2 40-12 58-8 14 4 20 8 32 7', '--lapis', 3.2],
  ['M52 784c28-2 40-12 62-10 26 2 34 12 58 10 22-2 34-8 60 0', '--lapis', 3],
  ['M384 740c24 2 36-8 60-5 26 3 36 12 62 8 28-4 42-10 66-5 30 5 44 0 74-4', '--lapis', 3.4],
  ['M304 790c30 4 54-8 84-4 40 6 50 14 92 8 46-8 56-8 96 0 44 8 62-6 100-8 42-2 66 10 122 4', '--lapis', 3.4],
  ['M152 836c34 10 48-2 74 0 28 2 40 10 70 6 34-4 56-8 86 0 26 6 42 2 66-1', '--lapis', 3],
  [
    'M668 664c26 8 44-2 66 0 26 3 38 10 62 6 28-4 48-6 76 0 24 4 30 2 50-1M712 722c24 4 40-4 64-2 30 4 50 6 108-1M562 854c30-8 50-10 74-4 28 4 48 2 74-4',
    '--lapis',
    3,
  ],
  ['M688 694c14-6 26-2 46-3M668 752c14-4 26 2 42-1M680 818c10-2 20 1 30-2', '--gilt', 2.6],
];

/** Soft areas under the lines: path, pigment. */
const areas: readonly (readonly [string, string])[] = [
  ['M674 150a72 72 0 1 1-.1 0z', '--gilt-soft'],
  [
    'M196 562c66-28 118-118 168-164 34-30 58-24 84 6 40 46 62 78 96 66 36-12 58-66 104-66 66 0 108 104 282 130 70 10 140 14 400 14V660H150z',
    '--verdigris-soft',
  ],
  [
    'M-400 640c60-6 90 4 150-2 80-8 120 6 200 0s130-8 200 0 120 4 190-2 130-4 200 2 130 4 210-2 130 4 300 0 200-4 300 0V1500H-400z',
    '--lapis-soft',
  ],
  ['M-6 642c34-50 70-74 116-74h76c46 0 78 26 104 66-80 12-200 12-296 8z', '--graphite-soft'],
  ['M122 566l12-150h42l12 150zM138 408c-2-40 4-62 20-62s22 22 20 62z', '--paper'],
  ['M129 456l49-1 3 41-55 0zM125 536l61-1 2 31-66 0z', '--vermilion-soft'],
  [
    'M378 628l6-36c2-6 4-8 10-9 62-4 124-4 184-1 6 0 10 4 12 9l6 34zM418 580l4-26c1-6 4-9 10-10 26-2 48-2 70 0 6 1 8 4 9 10l5 26zM540 580l2-52c0-6 3-8 8-8 8-2 14-2 20 0 4 1 6 4 6 9l1 50z',
    '--paper',
  ],
  ['M330 628c108 6 212 4 318-8l-18 28c-96 14-190 16-288 6z', '--paper'],
  [
    'M342 654c98 10 192 8 288-6-8 20-14 38-24 50-6 5-14 6-22 6-70 3-142 3-208 0-8 0-14-4-18-10-6-12-12-26-16-40z',
    '--vermilion-soft',
  ],
];

export function Harbour({ label }: { readonly label: string }) {
  return (
    <svg viewBox="0 0 912 900" preserveAspectRatio="xMidYMid slice" role="img" aria-label={label}>
      {areas.map(([d, token]) => (
        <path key={d} d={d} fill={`var(${token})`} />
      ))}
      <g fill="none" strokeLinecap="round" strokeLinejoin="round">
        {strokes.map(([d, token, width]) => (
          <path key={d} d={d} stroke={`var(${token})`} strokeWidth={width} />
        ))}
      </g>
      {pens.map((pen) => (
        <g key={pen.name} transform={`translate(${pen.x} ${pen.y})`} fill={`var(--p${pen.hue})`}>
          <path d="M-2-2l15 5.5-6.5 2.5-2.5 7z" stroke="var(--surface)" strokeWidth="1.5" strokeLinejoin="round" />
          <rect x="10" y="11" width={pen.name.length * 7 + 16} height="18" rx="7" />
          <text x="18" y="24" fill="var(--on-p)">
            {pen.name}
          </text>
        </g>
      ))}
    </svg>
  );
}
