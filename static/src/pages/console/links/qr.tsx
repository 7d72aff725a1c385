import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { LinkInfo } from '../../../protocol/types';
import { useDesk } from '../../desk';
import { useStaff } from '../staff';

interface Props {
  link: LinkInfo;
  /** the picture is there, or will not come */
  onDone?: () => void;
}

/** A link as a picture, made by our own server: no address of a visitor goes to anybody else. */
export function Qr({ link, onDone }: Props) {
  const { words } = useDesk();
  const { links } = useStaff();
  const picture = useSignal<string | null>(null);
  const failed = useSignal(false);
  useEffect(() => {
    let shown = '';
    let gone = false;
    links
      .qr(link, () => !gone)
      .then(
        (blob) => {
          if (gone) return;
          shown = URL.createObjectURL(blob);
          picture.value = shown;
        },
        () => {
          if (gone) return;
          failed.value = true;
          onDone?.();
        },
      );
    return () => {
      gone = true;
      if (shown) URL.revokeObjectURL(shown);
    };
  }, [links, link.id, link.url]);
  if (failed.value) {
    return (
      <p class="qr qr-failed" role="status">
        {words.t('links.noPicture')}
      </p>
    );
  }
  return picture.value ? (
    <img
      class="qr"
      src={picture.value}
      width={240}
      height={240}
      alt={words.t('links.picture', { name: link.name })}
      data-testid="qr"
      onLoad={onDone}
    />
  ) : (
    <span class="qr" />
  );
}
