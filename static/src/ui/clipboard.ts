/** It fails outside of a secure page, where there is no clipboard at all, and when the reader does not allow it. */
export async function intoClipboard(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}
