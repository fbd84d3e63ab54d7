/** The first screen: ways to a board at the start, a harbour beside them. */
import { ArrowLeft, ArrowRight, KeyRound, type LucideIcon, Pencil, Users } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { actionOf, perform } from '#renderer/actions/registry.ts';
import { useApp, useServices } from '../context.ts';
import { accountSentence } from '../errors.ts';
import { Icon } from '../kit/icon.tsx';
import { Logo } from '../kit/logo.tsx';
import { NearbyBoards } from '../nearby/nearby-boards.tsx';
import { parseRoomAddress } from '../room-address.ts';
import { type Route, WELCOME } from '../route.ts';
import { useDropZone } from './drop-zone.ts';
import { Harbour } from './harbour.tsx';
import { KnownRooms } from './known-rooms.tsx';
import { RecentBoards } from './recent-boards.tsx';
import { RoomForm } from './room-form.tsx';
import { SignInForm } from './sign-in-form.tsx';

export function Welcome({ route }: { readonly route: Extract<Route, { screen: 'welcome' }> }) {
  const { t } = useTranslation();
  const drop = useDropZone();
  const certificate = useApp(({ account }) => account.state === 'certificate' && account.certificate !== undefined);
  useEffect(() => {
    document.title = t('app.title');
  }, [t]);
  // A remembered account may meet an untrusted certificate at the start of Limn, before any form is open.
  const step = certificate ? 'sign-in' : route.step;
  const column = useRef<HTMLElement>(null);
  useEffect(() => {
    // What had the focus went with the step before; a form takes it by itself.
    if (step === 'start' && document.activeElement === document.body) column.current?.focus();
  }, [step]);
  return (
    <div className={drop.over ? 'welcome dropping' : 'welcome'} {...drop.handlers}>
      {drop.over && <p className="drop-hint">{t('welcome.drop')}</p>}
      <div className="welcome-picture">
        <Harbour label={t('welcome.picture')} />
      </div>
      <main ref={column} tabIndex={-1} className="welcome-column" data-region="welcome">
        {step === 'start' && <Start />}
        {step === 'sign-in' && <SignInStep room={route.room} from={route.from} />}
        {step === 'join' && <JoinStep key={route.room} room={route.room} from={route.from} />}
      </main>
    </div>
  );
}

function Start() {
  const { t } = useTranslation();
  const { store, actions } = useServices();
  const account = useApp((state) => state.account);
  const boards = useApp((state) => state.boards);
  return (
    <div className="welcome-inner">
      <div className="welcome-brand">
        <Logo size={40} />
        <span>{t('app.title')}</span>
      </div>
      <Head title={t('welcome.title')} lead={t('welcome.lead')} />
      <div className="ways">
        <Way
          first
          icon={Pencil}
          title={t('welcome.start')}
          detail={t('welcome.startHelp')}
          onChoose={() => perform(actionOf('file.new'), actions)}
        />
        <Way
          icon={Users}
          tile="sea"
          title={t('welcome.join')}
          detail={t('welcome.joinHelp')}
          onChoose={() => store.goToRoom('')}
        />
        {account.jid === undefined && (
          <Way
            icon={KeyRound}
            title={t('welcome.signIn')}
            detail={t('welcome.signInHelp')}
            onChoose={() => store.go({ screen: 'welcome', step: 'sign-in' })}
          />
        )}
      </div>
      <NearbyBoards />
      {boards?.length === 0 ? <p className="secondary">{t('welcome.empty')}</p> : <RecentBoards />}
      {account.jid !== undefined && <AccountLine />}
    </div>
  );
}

function AccountLine() {
  const { t, i18n } = useTranslation();
  const { store, actions } = useServices();
  const account = useApp((state) => state.account);
  const jid = account.jid ?? '';
  const online = account.state === 'online';
  const connecting = account.state === 'connecting';
  const failed = !online && !connecting;
  return (
    <p className="account-line">
      <span className={online ? 'dot' : 'dot waiting'} />
      <span className="grow">
        {online && t('welcome.signedIn', { jid })}
        {connecting && t('welcome.signingIn', { jid })}
        {failed && accountSentence(account, i18n)}
      </span>
      {failed && (
        <button type="button" className="link" onClick={() => store.go({ screen: 'welcome', step: 'sign-in' })}>
          {t('signIn.submit')}
        </button>
      )}
      <button type="button" className="link" onClick={() => perform(actionOf('file.signOut'), actions)}>
        {t('welcome.signOut')}
      </button>
    </p>
  );
}

interface StepOf {
  readonly room: string | undefined;
  readonly from: string | undefined;
}

function SignInStep({ room, from }: StepOf) {
  const { t } = useTranslation();
  const { store } = useServices();
  const named = room === undefined ? null : parseRoomAddress(room);
  const lead = room === undefined ? t('signIn.lead') : t('signIn.leadToJoin');
  return (
    <Step from={from} title={t('signIn.title')} lead={named ? t('signIn.leadForRoom', { room: named.room }) : lead}>
      <SignInForm
        onDone={() =>
          store.go(room === undefined ? WELCOME : { screen: 'welcome', step: 'join', room, ...(from && { from }) })
        }
      />
    </Step>
  );
}

function JoinStep({ room = '', from }: StepOf) {
  const { t } = useTranslation();
  const { store } = useServices();
  const nick = useApp(({ account }) => account.jid?.split('@')[0] ?? '');
  const [address, setAddress] = useState(room);
  return (
    <Step from={from} title={t('room.title')} lead={t('room.lead')}>
      <RoomForm
        key={address}
        address={address}
        nick={nick}
        submitLabel={t('room.submit')}
        busyLabel={t('room.busy')}
        onJoined={(board) => store.go({ screen: 'board', board })}
      />
      <KnownRooms onChoose={setAddress} />
    </Step>
  );
}

function Step({
  from,
  title,
  lead,
  children,
}: {
  readonly from: string | undefined;
  readonly title: string;
  readonly lead: string;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation();
  const { store } = useServices();
  return (
    <div className="welcome-inner">
      <button
        type="button"
        className="button quiet welcome-back"
        onClick={() => store.go(from === undefined ? WELCOME : { screen: 'board', board: from })}
      >
        <Icon of={ArrowLeft} size={16} mirrored />
        {t('common.back')}
      </button>
      <Head title={title} lead={lead} />
      {children}
    </div>
  );
}

function Head({ title, lead }: { readonly title: string; readonly lead: string }) {
  return (
    <div className="welcome-head">
      <h1>{title}</h1>
      <p>{lead}</p>
    </div>
  );
}

interface WayProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly detail: string;
  readonly first?: boolean;
  readonly tile?: 'sea';
  readonly onChoose: () => void;
}

function Way({ icon, title, detail, first = false, tile, onChoose }: WayProps) {
  return (
    <button type="button" className={first ? 'way first' : 'way'} onClick={onChoose}>
      <span className={tile ? `tile ${tile}` : 'tile'}>
        <Icon of={icon} />
      </span>
      <span>
        <b>{title}</b>
        <span className="detail">{detail}</span>
      </span>
      <Icon of={ArrowRight} mirrored />
    </button>
  );
}
