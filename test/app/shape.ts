/** An element for an `add`. */
export const shape = (name: string, attrs: Record<string, string> = {}) => ({
  type: 'element' as const,
  name,
  attrs: Object.entries(attrs).map(([key, value]) => ({ name: key, value })),
  children: [],
});
