/** Something that is told once and never again. */
import { KeyRound } from 'lucide-preact';
import { Note } from '../../../ui/note';
import { CopyText } from '../copy';

export function Secret({ text, lead, name }: { text: string; lead: string; name: string }) {
  return (
    <Note icon={KeyRound} tone="wait" testid="secret" action={<CopyText text={text} name={name} />}>
      {lead}
      <output class="office-secret">{text}</output>
    </Note>
  );
}
