/** Notices above the toolbar, a few at most, the newest below. Each goes by itself unless it is pointed at or focused. */
import { CircleAlert, Info, type LucideIcon, TriangleAlert, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp, useServices } from './context.ts';
import { Icon } from './kit/icon.tsx';
import type { Toast } from './store.ts';

const SHOWN_MS = 6000;
const ICONS: Readonly<Record<Toast['level'], LucideIcon>> = { info: Info, warn: TriangleAlert, error: CircleAlert };

export function Toasts() {
  const toasts = useApp((state) => state.toasts);
  return (
    <div className="toast-place" role="status">
      {toasts.map((toast) => (
        <Shown key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function Shown({ toast }: { readonly toast: Toast }) {
  const { t } = useTranslation();
  const { store } = useServices();
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => store.dismissToast(toast.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [held, store, toast.id]);
  return (
    <div
      className={`toast ${toast.level}`}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon of={ICONS[toast.level]} size={16} />
      <span>{toast.message}</span>
      <button
        type="button"
        className="icon-button small"
        aria-label={t('notice.dismiss')}
        onClick={() => store.dismissToast(toast.id)}
      >
        <Icon of={X} size={16} />
      </button>
    </div>
  );
}
