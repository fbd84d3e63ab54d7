/** Edits that a rule forbade where they came: one's own are said, others' are counted. */
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../context.ts';
import { ruleSentence } from '../errors.ts';

export function useVoided(board: string): void {
  const { api, store } = useServices();
  const { i18n } = useTranslation();
  useEffect(
    () =>
      api.on('voided', (event) => {
        const [first] = event.edits;
        if (event.board !== board || first === undefined) return;
        const reason = ruleSentence(first.rule, i18n) ?? first.reason;
        if (event.by === undefined) store.toast('warn', i18n.t('void.mine', { reason }));
        else store.noteVoided(event.count, reason);
      }),
    [api, store, i18n, board],
  );
}
