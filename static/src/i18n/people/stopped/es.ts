import type { People } from '../../catalogue';

export const stopped: People['stopped'] = {
  reload: 'Abrir de nuevo',
  ask: 'Si esto no ayuda, escriba por favor a la persona que le envió el enlace.',
  askOrganiser: 'Si esto no ayuda, consulte por favor a {{organiser}}.',
  link_unknown: {
    title: 'No reconocemos este enlace',
    body: 'Es posible que una parte del enlace se haya perdido al copiarlo.',
    next: 'Ábralo de nuevo desde el mensaje original o cópielo completo, por favor.',
  },
  link_revoked: {
    title: 'Este enlace ha sido sustituido',
    body: 'El organizador lo ha retirado, normalmente porque se envió uno más reciente.',
    next: 'Busque por favor un mensaje más reciente y abra el enlace que contiene.',
  },
  link_expired: {
    title: 'Este enlace ya no es válido',
    body: 'Los días para los que se creó ya han pasado.',
    next: 'Si aún espera una reunión, solicite por favor un nuevo enlace.',
  },
  cancelled: {
    title: 'Esta reunión fue cancelada',
    body: 'No tendrá lugar a la hora acordada.',
    next: 'El organizador le informará de una nueva fecha.',
  },
  ended: {
    title: 'Esta reunión ha terminado',
    body: 'La sala está cerrada.',
    next: 'Si no pudo asistir, pida por favor otro horario al organizador.',
  },
  moved: {
    title: 'Usted continuó en otro dispositivo',
    body: 'Su lugar está ahora allí, por eso esta página se ha detenido.',
    next: 'Para volver a este dispositivo, abra la página de nuevo.',
  },
  replaced: {
    title: 'Esta página está abierta en otra ventana',
    body: 'La ventana más reciente ha tomado el relevo, por eso esta se ha detenido.',
    next: 'Continúe allí, por favor, o abra la página aquí de nuevo.',
  },
  removed: {
    title: 'Usted ya no está en esta reunión',
    body: 'El organizador ha cerrado su lugar en esta sala.',
    next: 'Si cree que es un error, consulte por favor al organizador.',
  },
  forbidden: {
    title: 'Este enlace no abre esta página',
    body: 'Se creó para otro lugar o para otra persona.',
    next: 'Utilice por favor el enlace que se le envió.',
  },
  room_full: {
    title: 'La sala está completa',
    body: 'Ya hay ocho personas en ella y no caben más.',
    next: 'Inténtelo de nuevo, por favor, cuando algún colega haya salido.',
  },
  seat_in_use: {
    title: 'Su lugar está en uso en otro dispositivo',
    body: 'Cada lugar admite un solo dispositivo.',
    next: 'Continúe allí, por favor, o abra esta página de nuevo para traerlo aquí.',
  },
  not_found: {
    title: 'No encontramos esta reunión',
    body: 'Es posible que se haya pasado a otro día o retirado del programa.',
    next: 'Pida por favor al organizador el programa actual.',
  },
  too_early: {
    title: 'Las puertas aún están cerradas',
    body: 'La sala se abre poco antes de que empiece la reunión.',
    next: 'Vuelva por favor un poco más tarde.',
  },
  unavailable: {
    title: 'El servicio no está disponible en este momento',
    body: 'El problema es nuestro. Su cita se mantiene.',
    next: 'Abra la página de nuevo en un minuto, por favor.',
  },
  lost: {
    title: 'Se perdió la conexión',
    body: 'La página estuvo inactiva demasiado tiempo o falló la red.',
    next: 'Abra la página de nuevo y volverá a su lugar.',
  },
  held: {
    title: 'Un coordinador le dará paso',
    body: 'Se le retiró de esta sala.',
    next: 'Espere aquí, por favor. Si tarda mucho, escriba a un coordinador.',
  },
  sign_in_wrong: {
    title: 'El nombre o la contraseña no son correctos',
    body: 'Revise ambos. Las mayúsculas y minúsculas cuentan.',
    next: 'Después de varios intentos, espere un minuto.',
  },
  sign_in_needed: {
    title: 'Inicie sesión de nuevo',
    body: 'Cerró la sesión, o esta ha terminado.',
    next: 'Inicie sesión y siga donde estaba.',
  },
  fault: {
    title: 'Se produjo un problema por nuestra parte',
    body: 'No se debe a nada que usted haya hecho.',
    next: 'Abra la página de nuevo. Casi siempre es suficiente.',
  },
};
