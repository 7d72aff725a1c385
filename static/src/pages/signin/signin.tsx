/** The staff's way in: name and passphrase, or another provider; then the event. */
import { Building2, KeyRound, LogIn, LogOut } from 'lucide-preact';
import { useState } from 'preact/hooks';
import type { Me } from '../../protocol/types';
import type { SignInModel, SignInState } from '../../room/signin';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Title } from '../../ui/title';
import { useDesk } from '../desk';
import { Head } from '../head';
import { OpeningPage } from '../notice';
import { problemText } from './problem';

export function SignInPage({ signIn }: { signIn: SignInModel }) {
  const state = signIn.state.value;
  switch (state.at) {
    case 'asking':
    case 'entering':
      return <OpeningPage />;
    case 'form':
    case 'signing':
      return <Form signIn={signIn} state={state} />;
    case 'events':
      return <Events signIn={signIn} me={state.me} />;
  }
}

type Asked = Extract<SignInState, { at: 'form' | 'signing' }>;

function Form({ signIn, state }: { signIn: SignInModel; state: Asked }) {
  const { words } = useDesk();
  const [login, setLogin] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const busy = state.at === 'signing';
  const ways = state.at === 'form' ? state.ways : null;
  const problem = state.at === 'form' ? state.problem : null;
  const send = (event: Event) => {
    event.preventDefault();
    if (!busy && login && passphrase) signIn.signIn(login, passphrase);
  };
  return (
    <div class="page">
      <Head />
      <main id="main" tabIndex={-1} class="notice">
        <div class="notice-body signin">
          <span class="notice-sign">
            <KeyRound size={32} aria-hidden="true" />
          </span>
          <div>
            <Title>{words.t('signIn.title')}</Title>
            <p class="notice-lead">{words.t('signIn.lead')}</p>
          </div>
          <p class="signin-problem" role="alert" data-testid="problem">
            {problem && problemText(words, problem, performance.now())}
          </p>
          {ways?.passphrase === false && <p class="notice-next">{words.t('signIn.noAccounts')}</p>}
          <form class="signin-form" onSubmit={send} data-testid="signin">
            <Field
              label={words.t('signIn.login')}
              value={login}
              onChange={setLogin}
              complete="username"
              length={64}
              testid="login"
            />
            <Field
              label={words.t('signIn.passphrase')}
              value={passphrase}
              onChange={setPassphrase}
              type="password"
              complete="current-password"
              length={200}
              testid="passphrase"
            />
            <Button look="main" big icon={LogIn} type="submit" busy={busy} testid="enter">
              {words.t(busy ? 'signIn.busy' : 'signIn.enter')}
            </Button>
          </form>
          {ways?.openid && (
            <p class="signin-other">
              <a class="button" href="/api/v1/sign-in/openid" data-testid="openid">
                <Building2 size={20} aria-hidden="true" />
                <span>{words.t('signIn.openid', { provider: ways.openid })}</span>
              </a>
            </p>
          )}
          <p class="notice-ask">{words.t('signIn.help')}</p>
        </div>
      </main>
    </div>
  );
}

function Events({ signIn, me }: { signIn: SignInModel; me: Me }) {
  const { words } = useDesk();
  return (
    <div class="page">
      <Head>
        <span class="signin-who">{me.name}</span>
        <Button icon={LogOut} onClick={() => signIn.signOut()} testid="sign-out">
          {words.t('signIn.out')}
        </Button>
      </Head>
      <main id="main" tabIndex={-1} class="notice">
        <div class="notice-body signin">
          <div>
            <Title>{words.t('signIn.events')}</Title>
            <p class="notice-lead">{words.t(me.events.length > 0 ? 'signIn.choose' : 'signIn.noEvents')}</p>
          </div>
          <ul class="signin-events">
            {me.events.map((event) => (
              <li key={event.id}>
                <button
                  type="button"
                  class="signin-event"
                  data-testid="event"
                  onClick={() => signIn.choose(event.id)}
                >
                  <strong dir="auto">{event.name}</strong>
                  <span dir="auto">{event.organiser}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      </main>
    </div>
  );
}
