import { codes } from './codes.en';
import { hall } from './hall.en';
import { help } from './help.en';
import { office } from './office.en';
import { record } from './record.en';
import { signin } from './signin.en';
import { staff } from './staff.en';
import { wall } from './wall.en';

/** English words of the coordinators' pages and of what they print. */
export const en = {
  console: {
    title: 'All consultations',
    parts: 'Parts of the console',
    tabs: {
      wall: 'Wall',
      board: 'Board',
      timetable: 'Timetable',
      links: 'Links',
      readiness: 'Readiness',
      record: 'Record',
      staff: 'Staff',
    },
    actions: 'Actions',
    open: 'More',
    days: 'Days',
    live: 'Talking',
    waiting: 'Waiting',
    late: 'Late',
    counts: 'Now',
    attendance: 'Download attendance',
    preparing: 'Preparing the file',
    failed: 'The file could not be made. Please try again.',
    trial: 'This is a trial. All records end when the program stops.',
    trouble: 'Needs a look',
    noTrouble: 'Everything is in order.',
    empty: 'No consultations on this day.',
    connection: 'The page is connecting again. What you see may be out of date.',
    time: 'Time',
    booth: 'Booth',
    firm: 'Firm',
    buyer: 'Buyer',
    state: 'State',
    others: 'Interpreter',
    note: 'Note',
    missing: {
      firm: 'Firm missing for {{minutes}}',
      buyer: 'Buyer missing for {{minutes}}',
      both: 'Both missing for {{minutes}}',
    },
    awayLong: '{{role}} reconnecting for {{minutes}}',
    overrun: 'Over time by {{minutes}}',
    farewell: 'Room closes at {{time}}',
    seat: {
      here: 'here',
      lobby: 'in the lobby',
      away: 'reconnecting',
      absent: 'not here',
      left: 'left',
    },
    since: {
      here: 'here since {{time}}',
      lobby: 'in the lobby since {{time}}',
      away: 'reconnecting since {{time}}',
      absent: 'not here',
      left: 'left at {{time}}',
    },
  },
  ...hall,
  ...wall,
  ...help,
  ...office,
  ...record,
  ...signin,
  ...staff,
  ...codes,
} as const;
