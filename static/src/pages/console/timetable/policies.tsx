/** What the event has decided about its consultations, checked and applied like any other change. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { languages, nameOf } from '../../../i18n/languages';
import type { Policy } from '../../../protocol/types';
import { Button } from '../../../ui/button';
import { Check, Field } from '../../../ui/field';
import { useDesk } from '../../desk';
import { useStaff } from '../staff';
import { Change } from './change';
import { type PolicyDraft, policyDraft, policyOf, spans, steps } from './policy';

export function Policies({ policy }: { policy: Policy }) {
  const { words } = useDesk();
  const { timetable } = useStaff();
  const draft = useSignal<PolicyDraft>(policyDraft(policy));
  useEffect(() => () => timetable.policy.reset(), [timetable]);
  // Somebody else was first: the form begins again with what stands now.
  useEffect(() => {
    if (timetable.policy.now.peek().at === 'stale') draft.value = policyDraft(policy);
  }, [timetable, policy, draft]);
  const set = (change: Partial<PolicyDraft>) => {
    draft.value = { ...draft.value, ...change };
    timetable.policy.reset();
  };
  const wanted = policyOf(draft.value, policy);
  const toggled = <T,>(list: readonly T[], one: T, on: boolean): T[] =>
    on ? [...list, one] : list.filter((other) => other !== one);
  return (
    <section class="policies" aria-label={words.t('timetable.views.policies')}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted) void timetable.checkPolicy(wanted);
        }}
      >
        <div class="policy-spans">
          {spans.map(({ key, min, max }) => (
            <Field
              key={key}
              type="number"
              min={min}
              max={max}
              step={key === 'grace' ? 0.5 : 1}
              required
              label={words.t(`policy.${key}`)}
              hint={words.t(`policy.hint.${key}`)}
              value={draft.value[key]}
              testid={`policy-${key}`}
              onChange={(value) => set({ [key]: value })}
            />
          ))}
        </div>
        <fieldset>
          <legend>{words.t('policy.steps')}</legend>
          <div class="checks">
            {steps.map((minutes) => (
              <Check
                key={minutes}
                checked={draft.value.steps.includes(minutes)}
                onChange={(on) => set({ steps: toggled(draft.value.steps, minutes, on) })}
              >
                {words.t('time.minutes', { count: minutes })}
              </Check>
            ))}
          </div>
        </fieldset>
        <fieldset>
          <legend>{words.t('policy.listening')}</legend>
          <Check checked={draft.value.silent} onChange={(silent) => set({ silent })} testid="policy-silent">
            {words.t('policy.silent')}
          </Check>
          <p class="field-hint">{words.t('policy.silentHint')}</p>
        </fieldset>
        <fieldset>
          <legend>{words.t('policy.languages')}</legend>
          <div class="checks">
            {languages.map((language) => (
              <Check
                key={language}
                checked={draft.value.languages.includes(language)}
                onChange={(on) => set({ languages: toggled(draft.value.languages, language, on) })}
              >
                <span lang={language}>{nameOf(language)}</span>
              </Check>
            ))}
          </div>
        </fieldset>
        <div class="buttons">
          <Button type="submit" busy={!wanted} testid="policy-check">
            {words.t('change.check')}
          </Button>
        </div>
      </form>
      <Change proposal={timetable.policy} table={timetable.table.value} />
    </section>
  );
}
