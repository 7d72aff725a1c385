/** What a checked change would do, and the button that does it. Shared by edits, imports and policies. */
import { useSignal } from '@preact/signals';
import { CircleCheck, OctagonX, RefreshCw } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import type { Outcome, Timetable } from '../../../protocol/types';
import type { Proposal } from '../../../room/desk/proposal';
import { Button } from '../../../ui/button';
import { Check } from '../../../ui/field';
import { Note } from '../../../ui/note';
import { useDesk } from '../../desk';
import { useFailure, useRefusal } from '../told';
import { Conflicts, Problems } from './conflicts';
import { Plan } from './plan';

interface Props {
  proposal: Proposal<never, Outcome> | Proposal<object, Outcome>;
  table: Timetable | null;
  /** shown when it is done */
  done?: ComponentChildren;
  /** says what is the same, for a file */
  counts?: boolean;
}

export function Change({ proposal, table, done, counts }: Props) {
  const { words } = useDesk();
  const failure = useFailure();
  const state = proposal.now.value;
  switch (state.at) {
    case 'idle':
      return null;
    case 'checking':
      return <p role="status">{words.t('change.checking')}</p>;
    case 'stale':
      return (
        <Note icon={RefreshCw} tone="wait" testid="stale" title={words.t('change.stale')}>
          {words.t('change.staleNext')}
        </Note>
      );
    case 'failed':
      return (
        <Note icon={OctagonX} tone="late" testid="change-failed">
          {failure(state.why)}
        </Note>
      );
    case 'applied':
      return (
        <Note icon={CircleCheck} tone="live" title={words.t('change.done')} testid="applied" action={done}>
          {counts && <Counts outcome={state.outcome} />}
        </Note>
      );
    case 'checked':
    case 'applying':
      return (
        <Checked
          key={state.outcome.revision}
          outcome={state.outcome}
          table={table}
          busy={state.at === 'applying'}
          apply={() => void proposal.apply()}
          counts={counts ?? false}
        />
      );
  }
}

interface CheckedProps {
  outcome: Outcome;
  table: Timetable | null;
  busy: boolean;
  apply: () => void;
  counts: boolean;
}

function Checked({ outcome, table, busy, apply, counts }: CheckedProps) {
  const { words } = useDesk();
  const refusal = useRefusal();
  const agreed = useSignal(false);
  const wrong = outcome.problems.filter((problem) => !problem.warning);
  const warned = outcome.problems.filter((problem) => problem.warning);
  const fresh = outcome.conflicts.filter((conflict) => conflict.new);
  // An edit is judged by what it makes worse; a file by all that it would leave.
  const conflicts = counts ? outcome.conflicts : fresh;
  if (outcome.refusal) {
    return (
      <Note icon={OctagonX} tone="late" testid="refused" title={words.t('change.refused')}>
        {refusal(outcome.refusal)}
      </Note>
    );
  }
  if (wrong.length > 0) {
    return (
      <div class="change" role="status">
        <p class="change-sum" data-tone="late" data-testid="wrong">
          {words.t('import.wrong', { count: wrong.length })}
        </p>
        <Problems problems={wrong} title={words.t('import.problems')} />
        <Problems problems={warned} title={words.t('import.warnings')} />
      </div>
    );
  }
  const nothing = outcome.plan.length === 0;
  return (
    <div class="change">
      <div role="status">
        {counts ? (
          <Counts outcome={outcome} />
        ) : (
          conflicts.length === 0 &&
          !nothing && <p data-testid="no-conflicts">{words.t('change.noConflicts')}</p>
        )}
        {nothing && <p>{words.t('change.nothing')}</p>}
      </div>
      <Problems problems={warned} title={words.t('import.warnings')} />
      <Conflicts
        conflicts={conflicts}
        table={table}
        title={words.t(counts ? 'timetable.conflicts' : 'change.conflicts', { count: conflicts.length })}
      />
      {!nothing && (
        <>
          {outcome.plan.length > 8 ? (
            <details>
              <summary>{words.t('timetable.changes', { count: outcome.plan.length })}</summary>
              <Plan items={outcome.plan} />
            </details>
          ) : (
            <Plan items={outcome.plan} />
          )}
          {conflicts.length > 0 && (
            <Check
              checked={agreed.value}
              testid="agree"
              onChange={(checked) => {
                agreed.value = checked;
              }}
            >
              {words.t('change.agree')}
            </Check>
          )}
          <div class="buttons">
            <Button
              look="main"
              busy={busy || (conflicts.length > 0 && !agreed.value)}
              onClick={apply}
              testid="apply"
            >
              {words.t(busy ? 'change.applying' : 'change.apply')}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}

function Counts({ outcome }: { outcome: Outcome }) {
  const { words } = useDesk();
  const consultations = outcome.plan.filter((item) => item.what === 'consultation');
  const count = (change: string) => consultations.filter((item) => item.change === change).length;
  const shown = [
    ['created', count('created')],
    ['changed', count('changed')],
    ['cancelled', count('cancelled') + count('removed')],
    ['refused', count('refused')],
    ['same', outcome.same],
  ] as const;
  return (
    <dl class="sums" data-testid="sums">
      {shown
        .filter(([key, value]) => key !== 'refused' || value > 0)
        .map(([key, value]) => (
          <div key={key} data-change={key}>
            <dt>{words.t(`import.${key}`)}</dt>
            <dd class="digits">{value}</dd>
          </div>
        ))}
    </dl>
  );
}
