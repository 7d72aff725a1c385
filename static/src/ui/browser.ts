/** The browsers that hide their permission in different places. */
export type Family = 'ios' | 'safari' | 'firefox' | 'chrome' | 'elsewhere';

/** family reads the user agent. Order matters: each of them also claims to be an older one. */
export function family(userAgent: string): Family {
  if (/iPhone|iPad|iPod/.test(userAgent)) {
    return 'ios';
  }
  if (/Firefox\//.test(userAgent)) {
    return 'firefox';
  }
  if (/Chrome\/|Chromium\/|Edg\//.test(userAgent)) {
    return 'chrome';
  }
  return /Safari\//.test(userAgent) ? 'safari' : 'elsewhere';
}
