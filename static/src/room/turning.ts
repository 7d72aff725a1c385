import type { Place } from './model';

/**
 * Turning knows whom a booth's screen faces, and tells when those have gone: the
 * server tells a seat's notes by consultation, so that an answer to those before
 * would stand there for ever.
 */
export class Turning {
  private faced: string | null = null;

  /** Tells whether the screen has turned away from somebody. */
  look(place: Place): boolean {
    const facing = facedAt(place);
    if (facing === undefined || facing === this.faced) return false;
    const before = this.faced;
    this.faced = facing;
    return before !== null;
  }
}

/** Null is nobody; undefined: the page is elsewhere, and nobody can tell. */
function facedAt(place: Place): string | null | undefined {
  switch (place.at) {
    case 'lobby':
      return place.next?.id ?? null;
    case 'room':
      return place.room.consultation.id;
    case 'over': // for the moment in which it says goodbye
      return place.consultation.id;
    case 'opening':
    case 'sign_in':
    case 'stopped':
    case 'unsupported':
    case 'console':
      return undefined;
  }
}
