/** One question before something that hurts, with the reason for the audit log. */
import { useSignal } from '@preact/signals';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { Field } from '../../../ui/field';
import { useDesk } from '../../desk';
import { useDoing } from '../doing';

interface Props {
  title: string;
  body: string;
  yes: string;
  testid: string;
  act: (reason: string) => Promise<unknown>;
  onClose: () => void;
}

export function Confirm({ title, body, yes, testid, act, onClose }: Props) {
  const { words } = useDesk();
  const doing = useDoing();
  const reason = useSignal('');
  const told = useSignal(false);
  return (
    <Dialog title={title} close={words.t('steer.cancel')} onClose={onClose} testid={testid}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          const why = reason.value.trim();
          told.value = why === '';
          if (why !== '') doing.run(() => act(why), onClose);
        }}
      >
        <p>{body}</p>
        <Field
          label={words.t('steer.reason')}
          value={reason.value}
          length={500}
          testid={`${testid}-reason`}
          onChange={(value) => {
            reason.value = value;
          }}
        />
        <p role="status" class="form-hint">
          {doing.failed ?? (told.value && reason.value.trim() === '' ? words.t('steer.reasonWanted') : '')}
        </p>
        <div class="buttons">
          <Button look="end" type="submit" busy={doing.busy} testid={`${testid}-yes`}>
            {yes}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
