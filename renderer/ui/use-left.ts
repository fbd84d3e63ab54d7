/** Whether a form has gone from the window while what it began was under way: then nobody waits to be taken anywhere. */
import { type RefObject, useEffect, useRef } from 'react';

export function useLeft(): RefObject<boolean> {
  const left = useRef(false);
  useEffect(
    () => () => {
      left.current = true;
    },
    [],
  );
  return left;
}
