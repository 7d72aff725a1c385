/** Why a page goes no further, and what helps. */
export const stopped = {
  reload: 'Open again',
  ask: 'If this does not help, please write to the person who sent you the link.',
  askOrganiser: 'If this does not help, please ask {{organiser}}.',
  link_unknown: {
    title: 'We do not know this link',
    body: 'Part of the link may have been lost when it was copied.',
    next: 'Please open it again from the original message, or copy the whole of it.',
  },
  link_revoked: {
    title: 'This link has been replaced',
    body: 'The organiser has taken it back, most often because a newer one was sent.',
    next: 'Please look for a newer message and open the link in it.',
  },
  link_expired: {
    title: 'This link is no longer valid',
    body: 'The days it was made for are over.',
    next: 'If you still expect a consultation, please ask for a new link.',
  },
  cancelled: {
    title: 'This consultation was cancelled',
    body: 'It will not take place at the time that was agreed.',
    next: 'The organiser can tell you about a new time.',
  },
  ended: {
    title: 'This consultation is over',
    body: 'Its room has closed.',
    next: 'If you missed it, please ask the organiser for another time.',
  },
  moved: {
    title: 'You went on with another device',
    body: 'Your place in the consultation is now there, so this page has stopped.',
    next: 'To come back to this device, open the page again.',
  },
  replaced: {
    title: 'This page is open in another window',
    body: 'The newer window has taken over, so this one has stopped.',
    next: 'Please go on there, or open it here again.',
  },
  removed: {
    title: 'You are no longer in this consultation',
    body: 'The organiser has closed your place in this room.',
    next: 'If you think this is a mistake, please ask the organiser.',
  },
  forbidden: {
    title: 'This link does not open this page',
    body: 'It was made for another place or another person.',
    next: 'Please use the link that was sent to you.',
  },
  room_full: {
    title: 'The room is full',
    body: 'Eight people are in it already, and no more fit.',
    next: 'Please try again when a colleague has left.',
  },
  seat_in_use: {
    title: 'Your place is in use on another device',
    body: 'Only one device can hold your place.',
    next: 'Please go on there, or open this page again and move here.',
  },
  not_found: {
    title: 'We cannot find this consultation',
    body: 'It may have been moved to another day or taken off the timetable.',
    next: 'Please ask the organiser for the present timetable.',
  },
  too_early: {
    title: 'The doors are still closed',
    body: 'The room opens a little before the consultation begins.',
    next: 'Please come back a little later.',
  },
  unavailable: {
    title: 'The service is not available just now',
    body: 'This is on our side. Your booking is safe.',
    next: 'Please open the page again in a minute.',
  },
  lost: {
    title: 'The connection was lost',
    body: 'The page was quiet for too long, or the network failed.',
    next: 'Open the page again and you are back in your place.',
  },
  held: {
    title: 'A coordinator lets you in',
    body: 'You were taken out of this room.',
    next: 'Please wait here. If it takes long, write to a coordinator.',
  },
  sign_in_wrong: {
    title: 'Name or passphrase is not right',
    body: 'Please check both. Capital and small letters differ.',
    next: 'After several tries, please wait a minute.',
  },
  sign_in_needed: {
    title: 'Please sign in again',
    body: 'You have signed out, or your sign-in has ended.',
    next: 'Sign in and go on where you were.',
  },
  fault: {
    title: 'Something went wrong on our side',
    body: 'It is nothing that you did.',
    next: 'Open the page again. Most often that is enough.',
  },
} as const;
