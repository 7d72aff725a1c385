/** What a coordinator has pressed before the picture of a scene is taken. */
const part = (name: string) => `[data-testid="${name}"]`;

type Touch = string | (() => void);

function file(): void {
  const input = document.querySelector<HTMLInputElement>(part('file'));
  if (!input) return;
  const held = new DataTransfer();
  const bad = new URLSearchParams(window.location.search).get('scene') === 'console_import_bad';
  held.items.add(new File(['x'], bad ? 'timetable-draft.xlsx' : 'yangju-2021.csv'));
  input.files = held.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

export const touches: Record<string, Touch[]> = {
  console_board: [part('tab-board'), part('board-row')],
  console_card: [
    part('tab-board'),
    `[data-consultation="S06"] ${part('row-actions')}`,
    part('extend-10'),
    part('extend-apply'),
  ],
  console_letters: [part('letters')],
  console_letter: [part('letters'), `li:nth-child(2) > ${part('thread')}`],
  console_timetable: [part('tab-timetable'), part('timetable')],
  console_edit: [
    part('tab-timetable'),
    `[data-consultation="S06"] ${part('edit')}`,
    part('edit-check'),
    part('agree'),
  ],
  console_create: [part('tab-timetable'), part('create')],
  console_import: [part('tab-timetable'), part('tab-import'), file, part('sums')],
  console_import_bad: [part('tab-timetable'), part('tab-import'), file, part('problems')],
  console_policies: [part('tab-timetable'), part('tab-policies')],
  console_history: [part('tab-timetable'), part('tab-history'), part('history-edit')],
  console_links: [part('tab-links'), part('links')],
  console_link: [part('tab-links'), part('link-open'), part('link-reissue')],
  console_devices: [part('tab-links'), part('link-open'), part('link-devices')],
  console_mail: [part('tab-links'), part('mail'), `${part('mail-dialog')} summary`],
  console_sheets: [part('tab-links'), part('print-buyers'), '[data-ready="true"]'],
  console_booth_sheets: [part('tab-links'), part('print-booths'), '[data-ready="true"]'],
  console_readiness: [part('tab-readiness'), part('ready')],
};

/** What a person types or chooses, told as the browser tells it. */
function given(testid: string, value: string, event: 'input' | 'change'): void {
  const field = document.querySelector<HTMLInputElement | HTMLSelectElement>(part(testid));
  if (!field) return;
  field.value = value;
  field.dispatchEvent(new Event(event, { bubbles: true }));
}
const fill = (testid: string, value: string) => () => given(testid, value, 'input');
const choose = (testid: string) => () => {
  const select = document.querySelector<HTMLSelectElement>(part(testid));
  if (select) given(testid, select.options[1]?.value ?? '', 'change');
};

const seen = (selector: string) => () => document.querySelector(selector)?.scrollIntoView({ block: 'start' });

const tile = (id: string) => `[data-room="${id}"] ${part('wall-open')}`;

/** The wall with something open; its scenes have boards of their own. */
export const wallTouches: Record<string, Touch[]> = {
  wall_detail: [tile('S05'), part('room-detail')],
  wall_figures: [tile('S07'), part('room-detail'), `${part('figures')} summary`, seen(part('room-person'))],
  wall_script: [tile('S03'), part('contact-card'), '.chase-more summary'],
  wall_propose: [tile('S02'), part('room-detail')],
  wall_devices: [tile('S05'), `[data-seat="S05/buyer"] ${part('devices')}`, part('device-microphone')],
  wall_diagnostics: [
    tile('S05'),
    `[data-seat="S05/buyer"] ${part('diagnose')}`,
    '.diagnostics-lines summary',
  ],
  wall_remove: [tile('S05'), `[data-seat="S05/buyer"] ${part('remove')}`, part('confirm-remove')],
  wall_move: [tile('S05'), part('move'), part('move-to'), seen(part('move-to'))],
  wall_offers: [
    tile('S03'),
    part('contact-card'),
    '.chase-more summary',
    part('offer-move'),
    seen('.chase-tried'),
  ],
  wall_run: [tile('S05'), part('room-detail'), seen(part('room-to'))],
  wall_crew: [part('crew'), part('hand-over-to')],
  wall_help: [tile('S05'), part('room-detail')],
};

const record = part('tab-record');
const staff = part('tab-staff');
const card = (id: string) => `[data-testid="record"][data-consultation="${id}"] ${part('record-open')}`;

/** The record and the staff's tab, of an administrator. */
export const staffTouches: Record<string, Touch[]> = {
  record_list: [record, part('records')],
  record_card: [record, card('S04'), part('facts')],
  record_missing: [record, card('S03'), part('facts')],
  record_paper: [record, card('S06'), part('facts'), seen('.record-paper')],
  record_page: [record, card('S04'), part('record-print'), part('one-pager')],
  record_audit: [record, part('record-audit'), part('audit')],
  record_house: [record, part('record-audit'), part('audit-house'), '[data-action="account"]'],
  record_erase: [record, part('record-erase'), part('erase-party')],
  record_erasing: [
    record,
    part('record-erase'),
    choose('erase-party'),
    part('erase-begin'),
    part('confirm-erase'),
  ],
  staff_accounts: [staff, part('account')],
  staff_account: [staff, `[data-login="kim.minji"] ${part('account-open')}`, part('account-card')],
  staff_add: [staff, part('add-account'), part('account-login')],
  staff_secret: [
    staff,
    part('add-account'),
    fill('account-name', '박서준'),
    fill('account-login', 'park'),
    part('account-yes'),
    part('secret'),
  ],
  staff_keys: [staff, part('add-key'), part('add-key-dialog')],
  staff_hooks: [staff, part('hook'), seen(part('hooks'))],
  record_viewer: [record, card('S04'), part('facts')],
  staff_viewer: [staff],
  staff_hook: [staff, part('hook-open'), part('delivery')],
};

const looked = new Set([
  'facts',
  'one-pager',
  'records',
  'audit',
  'erase-party',
  'confirm-erase',
  'account',
  'account-card',
  'account-login',
  'secret',
  'add-key-dialog',
  'hook',
  'delivery',
  'board-row',
  'room-detail',
  'contact-card',
  'device-microphone',
  'confirm-remove',
  'hand-over-to',
  'extend-apply',
  'agree',
  'timetable',
  'sums',
  'problems',
  'history-edit',
  'links',
  'ready',
]);

/** touched presses one after the other, each as soon as it is there; the last one may only be waited for. */
export async function touched(scene: string): Promise<void> {
  // The staff's words are fetched first; the page begins anew when they are there.
  const steps = touches[scene] ?? wallTouches[scene] ?? staffTouches[scene] ?? [];
  while (steps.length > 0 && !document.querySelector('.console h1')?.textContent?.match(/^[A-Z가-힣]/)) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  for (const touch of steps) {
    if (typeof touch === 'function') {
      touch();
      continue;
    }
    const found = await there(touch);
    const name = found.dataset.testid ?? '';
    if (!looked.has(name) && found.dataset.ready === undefined) found.click();
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}

async function there(selector: string): Promise<HTMLElement> {
  for (let tries = 0; tries < 100; tries++) {
    const found = document.querySelector<HTMLElement>(selector);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${selector} did not come`);
}
