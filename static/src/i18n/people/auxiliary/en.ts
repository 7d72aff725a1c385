export const auxiliary = {
  closeup: 'Close-up: {{name}}',
  watches: 'A screen in the hall shows this room: {{name}}',
  title: 'Encoder and wall screen',
  encoder: 'Encoder (WHIP)',
  encoderHint: 'Type both into the encoder. Its picture is shown to everybody in the room as your close-up.',
  screen: 'Wall screen (WHEP)',
  screenHint:
    'Type both into the screen’s player. It shows the consultation of this link, and everybody in the room is told.',
  address: 'Address',
  key: 'Token',
  copy: 'Copy',
  copied: 'Copied',
  notCopied: 'Could not copy. Select it and copy it by hand.',
  none: 'This link has no such devices.',
  failed: 'This could not be loaded.',
};
