/** What a file may cost before it is refused. Sizes are generous for documents and small beside a process's memory. */
export interface ParseLimits {
  /** Size of the file in bytes (of a string: its UTF-16 units). */
  readonly bytes: number;
  /** Elements inside one another. */
  readonly depth: number;
  /** Elements, attributes, texts, comments and processing instructions together. */
  readonly nodes: number;
  /** Attributes of one element. */
  readonly attributes: number;
  /** UTF-16 units of one attribute value or text. */
  readonly value: number;
  /** UTF-16 units that entity references may add, counting each reference as one more. */
  readonly expansion: number;
}

/** Other programs' limits decide two of these: libxml2 refuses more than 256 levels and values over 10,000,000 bytes. */
export const MAX_DEPTH = 250;

export const DEFAULT_LIMITS: ParseLimits = {
  bytes: 64 * 1024 * 1024,
  depth: MAX_DEPTH,
  nodes: 2_000_000,
  attributes: 1000,
  value: 10_000_000,
  expansion: 8_000_000,
};
