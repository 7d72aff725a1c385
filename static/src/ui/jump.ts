/**
 * jumpTo brings a part of the page into sight and gives it the focus. A link to "#part" was rejected: the
 * fragment holds the secret of the visit, and a reload must still find it.
 */
export function jumpTo(id: string): void {
  const part = document.getElementById(id);
  part?.focus({ preventScroll: true });
  part?.scrollIntoView({ block: 'center' });
}
