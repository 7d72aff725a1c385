import type { People } from '../../catalogue';

export const stopped: People['stopped'] = {
  reload: 'Abrir novamente',
  ask: 'Se isso não ajudar, escreva por favor à pessoa que lhe enviou o link.',
  askOrganiser: 'Se isso não ajudar, consulte por favor {{organiser}}.',
  link_unknown: {
    title: 'Não reconhecemos este link',
    body: 'Parte do link pode ter se perdido ao ser copiado.',
    next: 'Por favor, abra-o novamente a partir da mensagem original ou copie-o por inteiro.',
  },
  link_revoked: {
    title: 'Este link foi substituído',
    body: 'O organizador o retirou, geralmente porque um mais recente foi enviado.',
    next: 'Por favor, procure uma mensagem mais recente e abra o link que ela contém.',
  },
  link_expired: {
    title: 'Este link não é mais válido',
    body: 'Os dias para os quais foi criado já passaram.',
    next: 'Se ainda espera uma reunião, solicite por favor um novo link.',
  },
  cancelled: {
    title: 'Esta reunião foi cancelada',
    body: 'Ela não ocorrerá no horário combinado.',
    next: 'O organizador informará um novo horário.',
  },
  ended: {
    title: 'Esta reunião terminou',
    body: 'A sala está fechada.',
    next: 'Se não pôde participar, peça por favor outro horário ao organizador.',
  },
  moved: {
    title: 'A participação continua em outro dispositivo',
    body: 'O seu lugar agora está lá, por isso esta página parou.',
    next: 'Para voltar a este dispositivo, abra a página novamente.',
  },
  replaced: {
    title: 'Esta página está aberta em outra janela',
    body: 'A janela mais recente assumiu, por isso esta parou.',
    next: 'Por favor, continue lá ou abra a página novamente aqui.',
  },
  removed: {
    title: 'Sua participação nesta reunião foi encerrada',
    body: 'O organizador fechou o seu lugar nesta sala.',
    next: 'Se acredita que é um engano, consulte por favor o organizador.',
  },
  forbidden: {
    title: 'Este link não abre esta página',
    body: 'Ele foi criado para outro lugar ou outra pessoa.',
    next: 'Por favor, use o link que lhe foi enviado.',
  },
  room_full: {
    title: 'A sala está cheia',
    body: 'Já há oito pessoas nela e não cabem mais.',
    next: 'Por favor, tente novamente quando um colega tiver saído.',
  },
  seat_in_use: {
    title: 'O seu lugar está em uso em outro dispositivo',
    body: 'Cada lugar admite um único dispositivo.',
    next: 'Por favor, continue lá ou abra esta página novamente para trazê-lo para cá.',
  },
  not_found: {
    title: 'Não encontramos esta reunião',
    body: 'Ela pode ter sido transferida para outro dia ou retirada da programação.',
    next: 'Por favor, peça ao organizador a programação atual.',
  },
  too_early: {
    title: 'As portas ainda estão fechadas',
    body: 'A sala abre um pouco antes do início da reunião.',
    next: 'Por favor, volte um pouco mais tarde.',
  },
  unavailable: {
    title: 'O serviço não está disponível no momento',
    body: 'O problema é nosso. O seu agendamento está mantido.',
    next: 'Por favor, abra a página novamente em um minuto.',
  },
  lost: {
    title: 'A conexão foi perdida',
    body: 'A página ficou inativa por muito tempo ou a rede falhou.',
    next: 'Abra a página novamente e voltará ao seu lugar.',
  },
  held: {
    title: 'Um coordenador vai liberar sua entrada',
    body: 'Você foi retirado desta sala.',
    next: 'Aguarde aqui, por favor. Se demorar, escreva a um coordenador.',
  },
  sign_in_wrong: {
    title: 'Nome ou senha incorretos',
    body: 'Confira os dois. Maiúsculas e minúsculas fazem diferença.',
    next: 'Depois de várias tentativas, aguarde um minuto.',
  },
  sign_in_needed: {
    title: 'Entre novamente',
    body: 'Você saiu, ou sua sessão terminou.',
    next: 'Entre e continue de onde estava.',
  },
  fault: {
    title: 'Ocorreu um problema do nosso lado',
    body: 'Não foi nada que você tenha feito.',
    next: 'Abra a página novamente. Quase sempre isso basta.',
  },
};
