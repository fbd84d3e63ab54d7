/** Sharing a board: choose a room, then hand out its link. */
import { Copy, LogIn, LogOut } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp, useBoardState, useServices } from '../context.ts';
import { accountSentence } from '../errors.ts';
import { Segmented } from '../kit/choices.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Icon } from '../kit/icon.tsx';
import { isolate } from '../kit/isolate.ts';
import { ShareNearby, SharedNearby } from '../nearby/share-nearby.tsx';
import { roomLink, sharedAddress } from '../room-address.ts';
import { RoomForm } from '../welcome/room-form.tsx';
import { SignInForm } from '../welcome/sign-in-form.tsx';
import { InviteToRoom } from './invite-to-room.tsx';
import { LeaveShare } from './leave-share.tsx';
import { RoomSettings } from './room-settings.tsx';
import { InviteOne, SharedWithOne } from './share-with-one.tsx';
import { randomSuffix, slug } from './slug.ts';

export function ShareDialog({ board }: { readonly board: string }) {
  const { t } = useTranslation();
  const { store } = useServices();
  const name = useBoardState((state) => state.status.name) || t('boards.untitled');
  const place = useBoardState((state) => state.status.room);
  const room = sharedAddress(place);
  const alone = place === undefined;
  const close = (): void => store.set({ dialog: null });
  return (
    <Dialog title={t('share.title', { name })} onClose={close}>
      <div className="dialog-body">
        {room !== undefined && <RoomLink board={board} room={room} onLeft={close} />}
        {place?.direct && <SharedWithOne board={board} jid={place.jid} onLeft={close} />}
        {place?.nearby && <SharedNearby board={board} onLeft={close} />}
        {!alone && !place.nearby && <SignInAgain />}
        {alone && <ChooseHow board={board} name={name} />}
      </div>
    </Dialog>
  );
}

/** The room is known, but no account is connected to reach it. */
function SignInAgain() {
  const { t, i18n } = useTranslation();
  const { store } = useServices();
  const account = useApp((state) => state.account);
  if (account.state === 'online' || account.state === 'connecting') return null;
  return (
    <div className="form-foot">
      <p className="help">{account.jid === undefined ? t('error.notSignedIn') : accountSentence(account, i18n)}</p>
      <button type="button" className="button line" onClick={() => store.set({ dialog: 'sign-in' })}>
        <Icon of={LogIn} size={16} mirrored />
        {t('action.signIn')}
      </button>
    </div>
  );
}

/** With a room, with one person, or with those on this network. */
function ChooseHow({ board, name }: { readonly board: string; readonly name: string }) {
  const { t } = useTranslation();
  const { store } = useServices();
  const account = useApp((state) => state.account);
  const [how, setHow] = useState<'room' | 'one' | 'nearby'>('room');
  const online = account.state === 'online';
  return (
    <>
      <Segmented
        label={t('share.how')}
        value={how}
        segments={[
          { value: 'room', name: t('share.withRoom'), content: t('share.withRoom') },
          { value: 'one', name: t('share.withOne'), content: t('share.withOne') },
          { value: 'nearby', name: t('share.withNearby'), content: t('share.withNearby') },
        ]}
        onChoose={setHow}
      />
      <div className="share-how">
        {how === 'nearby' && <ShareNearby board={board} />}
        {how !== 'nearby' && !online && <SignInFirst />}
        {how === 'room' && online && <ChooseRoom board={board} name={name} jid={account.jid ?? ''} />}
        {how === 'one' && online && <InviteOne board={board} onShared={() => store.set({ dialog: null })} />}
      </div>
    </>
  );
}

function SignInFirst() {
  const { t } = useTranslation();
  const account = useApp((state) => state.account);
  return (
    <>
      <p className="secondary">
        {account.state === 'connecting' ? t('welcome.signingIn', { jid: account.jid ?? '' }) : t('share.signInFirst')}
      </p>
      <SignInForm onDone={() => undefined} />
    </>
  );
}

function ChooseRoom({ board, name, jid }: { readonly board: string; readonly name: string; readonly jid: string }) {
  const { t } = useTranslation();
  const { store } = useServices();
  const [nick = '', domain = ''] = jid.split('/')[0]?.split('@') ?? [];
  const service = useRoomService(`conference.${domain}`);
  const [local] = useState(() => `${slug(name)}-${randomSuffix()}`);
  return (
    <>
      <p className="secondary" aria-busy={service === undefined}>
        {t('share.lead')}
      </p>
      {/* What is suggested stands there before anybody can type, and stays. */}
      {service !== undefined && (
        <RoomForm
          address={`${local}@${service}`}
          nick={nick}
          board={board}
          help={t('share.roomHelp')}
          submitLabel={t('share.submit')}
          busyLabel={t('share.busy')}
          onJoined={(id) => {
            if (id !== board) store.go({ screen: 'board', board: id });
          }}
        />
      )}
    </>
  );
}

/** So long the server may take to say where its rooms are. */
const SERVICE_WITHIN_MS = 1000;

/** Where rooms of the account's server are, told once: `usual` if it doesn't tell, or not soon. */
function useRoomService(usual: string): string | undefined {
  const { api } = useServices();
  const [service, setService] = useState<string>();
  useEffect(() => {
    let over = false;
    const told = (domain: string | null): void => {
      if (!over) setService(domain ?? usual);
      over = true;
    };
    const late = setTimeout(() => told(null), SERVICE_WITHIN_MS);
    api.call('rooms.service').then(told, () => told(null));
    return () => {
      over = true;
      clearTimeout(late);
    };
  }, [api, usual]);
  return service;
}

function RoomLink({
  board,
  room,
  onLeft,
}: {
  readonly board: string;
  readonly room: string;
  readonly onLeft: () => void;
}) {
  const { t } = useTranslation();
  const { store } = useServices();
  const link = roomLink(room);
  const copyButton = useRef<HTMLButtonElement>(null);
  useEffect(() => copyButton.current?.focus(), []);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(link);
      store.toast('info', t('share.copied'));
      store.set({ dialog: null });
    } catch {
      store.toast('error', t('share.copyFailed'));
    }
  };
  return (
    <>
      <div className="field">
        <label htmlFor="room-link">{t('share.link')}</label>
        <div className="copy-row">
          <span className="field-box">
            <input id="room-link" readOnly dir="ltr" value={link} onFocus={(event) => event.target.select()} />
          </span>
          <button ref={copyButton} type="button" className="button fill large" onClick={() => void copy()}>
            <Icon of={Copy} size={16} />
            {t('share.copy')}
          </button>
        </div>
        <p className="help">{t('share.linkHelp', { room: isolate(room) })}</p>
      </div>
      <InviteToRoom board={board} />
      <RoomSettings board={board} room={room} onDone={() => store.set({ dialog: null })} />
      <LeaveShare board={board} onLeft={onLeft}>
        <Icon of={LogOut} size={16} mirrored />
        {t('share.leave')}
      </LeaveShare>
    </>
  );
}
