import type { People } from '../../catalogue';

export const stopped: People['stopped'] = {
  reload: 'Apri di nuovo',
  ask: 'Se non dovesse bastare, La preghiamo di scrivere a chi Le ha inviato il link.',
  askOrganiser: 'Se non dovesse bastare, La preghiamo di rivolgersi a {{organiser}}.',
  link_unknown: {
    title: 'Non conosciamo questo link',
    body: 'Forse una parte del link è andata persa durante la copia.',
    next: 'La preghiamo di aprirlo dal messaggio originale o di copiarlo per intero.',
  },
  link_revoked: {
    title: 'Questo link è stato sostituito',
    body: 'L’organizzatore lo ha ritirato, di solito perché ne è stato inviato uno più recente.',
    next: 'La preghiamo di cercare un messaggio più recente e di aprire il link che contiene.',
  },
  link_expired: {
    title: 'Questo link non è più valido',
    body: 'I giorni per cui era stato creato sono passati.',
    next: 'Se attende ancora un incontro, La preghiamo di chiedere un nuovo link.',
  },
  cancelled: {
    title: 'Questo incontro è stato annullato',
    body: 'Non si terrà all’ora concordata.',
    next: 'L’organizzatore Le comunicherà un nuovo orario.',
  },
  ended: {
    title: 'Questo incontro è terminato',
    body: 'La sala è chiusa.',
    next: 'Se non ha potuto partecipare, La preghiamo di chiedere un altro orario all’organizzatore.',
  },
  moved: {
    title: 'Ha continuato su un altro dispositivo',
    body: 'Il Suo posto ora è lì, perciò questa pagina si è fermata.',
    next: 'Per tornare su questo dispositivo, apra di nuovo la pagina.',
  },
  replaced: {
    title: 'Questa pagina è aperta in un’altra finestra',
    body: 'La finestra più recente ha preso il posto di questa, che si è fermata.',
    next: 'La preghiamo di continuare lì o di aprire di nuovo la pagina qui.',
  },
  removed: {
    title: 'Non partecipa più a questo incontro',
    body: 'L’organizzatore ha chiuso il Suo posto in questa sala.',
    next: 'Se pensa che si tratti di un errore, La preghiamo di contattare l’organizzatore.',
  },
  forbidden: {
    title: 'Questo link non apre questa pagina',
    body: 'È stato creato per un altro posto o un’altra persona.',
    next: 'La preghiamo di usare il link che Le è stato inviato.',
  },
  room_full: {
    title: 'La sala è al completo',
    body: 'Ci sono già otto persone e non c’è più posto.',
    next: 'La preghiamo di riprovare quando un collega sarà uscito.',
  },
  seat_in_use: {
    title: 'Il Suo posto è in uso su un altro dispositivo',
    body: 'Un posto può essere usato da un solo dispositivo.',
    next: 'La preghiamo di continuare lì o di aprire di nuovo questa pagina per spostarsi qui.',
  },
  not_found: {
    title: 'Non troviamo questo incontro',
    body: 'Forse è stato spostato a un altro giorno o tolto dal programma.',
    next: 'La preghiamo di chiedere all’organizzatore il programma attuale.',
  },
  too_early: {
    title: 'Le porte sono ancora chiuse',
    body: 'La sala apre poco prima dell’inizio dell’incontro.',
    next: 'La preghiamo di tornare un po’ più tardi.',
  },
  unavailable: {
    title: 'Il servizio non è disponibile in questo momento',
    body: 'Il problema è nostro. Il Suo appuntamento resta valido.',
    next: 'La preghiamo di riaprire la pagina tra un minuto.',
  },
  lost: {
    title: 'La connessione si è interrotta',
    body: 'La pagina è rimasta inattiva troppo a lungo oppure la rete è caduta.',
    next: 'Apra di nuovo la pagina e ritroverà il Suo posto.',
  },
  held: {
    title: 'Un coordinatore La farà entrare',
    body: 'È stato fatto uscire da questa sala.',
    next: 'Attenda qui, per favore. Se ci vuole molto, scriva a un coordinatore.',
  },
  sign_in_wrong: {
    title: 'Nome o password non corretti',
    body: 'Controlli entrambi. Maiuscole e minuscole contano.',
    next: 'Dopo vari tentativi, attenda un minuto.',
  },
  sign_in_needed: {
    title: 'Acceda di nuovo',
    body: 'È uscito, oppure l’accesso è scaduto.',
    next: 'Acceda e riprenda da dove era.',
  },
  fault: {
    title: 'Si è verificato un problema da parte nostra',
    body: 'Non dipende da Lei.',
    next: 'Apra di nuovo la pagina. Quasi sempre è sufficiente.',
  },
};
