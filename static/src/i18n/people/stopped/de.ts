import type { People } from '../../catalogue';

export const stopped: People['stopped'] = {
  reload: 'Erneut öffnen',
  ask: 'Falls das nicht hilft, schreiben Sie bitte der Person, von der Sie den Link erhalten haben.',
  askOrganiser: 'Falls das nicht hilft, wenden Sie sich bitte an {{organiser}}.',
  link_unknown: {
    title: 'Dieser Link ist uns nicht bekannt',
    body: 'Möglicherweise ging beim Kopieren ein Teil des Links verloren.',
    next: 'Bitte öffnen Sie ihn aus der ursprünglichen Nachricht oder kopieren Sie ihn vollständig.',
  },
  link_revoked: {
    title: 'Dieser Link wurde ersetzt',
    body: 'Der Veranstalter hat ihn zurückgezogen, meist weil ein neuer verschickt wurde.',
    next: 'Bitte öffnen Sie den Link aus der neuesten Nachricht.',
  },
  link_expired: {
    title: 'Dieser Link ist nicht mehr gültig',
    body: 'Die Tage, für die er gedacht war, sind vorbei.',
    next: 'Falls noch ein Gespräch vereinbart ist, fordern Sie bitte einen neuen Link an.',
  },
  cancelled: {
    title: 'Dieses Gespräch wurde abgesagt',
    body: 'Es findet nicht zur vereinbarten Zeit statt.',
    next: 'Der Veranstalter nennt Ihnen gern einen neuen Termin.',
  },
  ended: {
    title: 'Dieses Gespräch ist beendet',
    body: 'Der Raum ist geschlossen.',
    next: 'Falls Sie nicht teilnehmen konnten, fragen Sie bitte den Veranstalter nach einem anderen Termin.',
  },
  moved: {
    title: 'Sie sind auf einem anderen Gerät dabei',
    body: 'Ihr Platz ist jetzt dort, daher wurde diese Seite angehalten.',
    next: 'Um auf dieses Gerät zurückzukehren, öffnen Sie die Seite bitte erneut.',
  },
  replaced: {
    title: 'Diese Seite ist in einem anderen Fenster geöffnet',
    body: 'Das neuere Fenster hat übernommen, daher wurde dieses angehalten.',
    next: 'Bitte fahren Sie dort fort oder öffnen Sie die Seite hier erneut.',
  },
  removed: {
    title: 'Sie nehmen an diesem Gespräch nicht mehr teil',
    body: 'Der Veranstalter hat Ihren Platz in diesem Raum geschlossen.',
    next: 'Falls dies ein Irrtum ist, wenden Sie sich bitte an den Veranstalter.',
  },
  forbidden: {
    title: 'Dieser Link öffnet diese Seite nicht',
    body: 'Er wurde für einen anderen Platz oder eine andere Person erstellt.',
    next: 'Bitte verwenden Sie den Link, den Sie erhalten haben.',
  },
  room_full: {
    title: 'Der Raum ist voll',
    body: 'Es sind bereits acht Personen darin, mehr passen nicht hinein.',
    next: 'Bitte versuchen Sie es erneut, sobald jemand gegangen ist.',
  },
  seat_in_use: {
    title: 'Ihr Platz wird auf einem anderen Gerät benutzt',
    body: 'Ein Platz kann nur mit einem Gerät benutzt werden.',
    next: 'Bitte fahren Sie dort fort oder öffnen Sie diese Seite erneut, um hierher zu wechseln.',
  },
  not_found: {
    title: 'Wir können dieses Gespräch nicht finden',
    body: 'Vielleicht wurde es auf einen anderen Tag verlegt oder aus dem Zeitplan genommen.',
    next: 'Bitte fragen Sie den Veranstalter nach dem aktuellen Zeitplan.',
  },
  too_early: {
    title: 'Die Türen sind noch geschlossen',
    body: 'Der Raum öffnet kurz vor Beginn des Gesprächs.',
    next: 'Bitte kommen Sie etwas später wieder.',
  },
  unavailable: {
    title: 'Der Dienst ist zurzeit nicht verfügbar',
    body: 'Das liegt an uns. Ihr Termin bleibt bestehen.',
    next: 'Bitte öffnen Sie die Seite in einer Minute erneut.',
  },
  lost: {
    title: 'Die Verbindung ging verloren',
    body: 'Die Seite war zu lange inaktiv, oder das Netz ist ausgefallen.',
    next: 'Öffnen Sie die Seite erneut, und Sie sind wieder an Ihrem Platz.',
  },
  held: {
    title: 'Die Koordination lässt Sie ein',
    body: 'Sie wurden aus diesem Raum genommen.',
    next: 'Bitte warten Sie hier. Wenn es lange dauert, schreiben Sie der Koordination.',
  },
  sign_in_wrong: {
    title: 'Name oder Passwort stimmt nicht',
    body: 'Bitte prüfen Sie beides. Groß- und Kleinschreibung zählt.',
    next: 'Nach mehreren Versuchen warten Sie bitte eine Minute.',
  },
  sign_in_needed: {
    title: 'Bitte melden Sie sich neu an',
    body: 'Sie haben sich abgemeldet, oder Ihre Anmeldung ist abgelaufen.',
    next: 'Melden Sie sich an und machen Sie dort weiter.',
  },
  fault: {
    title: 'Bei uns ist ein Fehler aufgetreten',
    body: 'Sie haben nichts falsch gemacht.',
    next: 'Bitte öffnen Sie die Seite erneut. Meist genügt das.',
  },
};
