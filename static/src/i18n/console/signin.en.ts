/** The words of the staff's sign-in page. */
export const signin = {
  signIn: {
    title: 'Staff sign-in',
    lead: 'For the people who run the event. Firms and buyers need no sign-in: their link lets them in.',
    login: 'Name',
    passphrase: 'Passphrase',
    enter: 'Sign in',
    busy: 'Checking',
    openid: 'Sign in with {{provider}}',
    help: 'Forgot the passphrase? Ask your administrator for a new one.',
    noAccounts: 'There are no accounts yet. The person who runs the server makes the first one.',
    events: 'Choose an event',
    choose: 'Which event do you want to see?',
    noEvents: 'There is no event that you may enter. Ask your administrator.',
    out: 'Sign out',
    problem: {
      wrong: 'Name and passphrase do not match.',
      over: 'Your sign-in has ended. Please sign in again.',
      wait_one: 'Too many wrong tries. Please wait {{count}} second.',
      wait_other: 'Too many wrong tries. Please wait {{count}} seconds.',
      unavailable: 'The server cannot read its records just now. Please try again in a moment.',
      unreachable: 'The server cannot be reached. Check the network and try again.',
      forbidden: 'You may not enter this event. Ask your administrator.',
      fault: 'Something went wrong on the server. Please try again.',
    },
  },
};
