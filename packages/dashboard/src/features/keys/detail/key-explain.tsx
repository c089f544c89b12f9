import { Button, TagsInput, TextInput } from '@mantine/core';
import type { KeyView, Verdict } from 'latchkey/client';
import { useState, type SubmitEvent } from 'react';
import { api } from '../../../api/calls/client.js';
import { formFailure } from '../../../api/errors/form-failure.js';
import { explainKey } from '../../../contract/calls/keys.js';
import { listProps, textProps } from '../../../contract/field.js';
import { CheckIcon, CrossIcon, DotsIcon } from '../../../ui/theme/icons.js';
import { Section } from '../../../ui/layout/page.js';
import { Failure, Note } from '../../../ui/feedback/states.js';
import { wordInside } from '../../../ui/charts/outcomes.js';
import formClasses from '../../../ui/forms/form.module.css';
import classes from './key-page.module.css';

const STEPS = ['presented', 'format', 'known', 'state', 'expiry', 'environment', 'address', 'scopes', 'limits', 'credits'] as const;

const STEP_WORDS: Readonly<Record<(typeof STEPS)[number], string>> = {
  presented: 'A token is presented',
  format: 'Format and checksum',
  known: 'The token is known',
  state: 'State of key and owner',
  expiry: 'Expiry',
  environment: 'Environment',
  address: 'Address',
  scopes: 'Scopes',
  limits: 'Limits',
  credits: 'Credits',
};

/** A verification that charges nothing: what would be answered to such a request, and why. */
export function KeyExplain({ item }: { readonly item: KeyView }) {
  const [ip, setIp] = useState('');
  const [environment, setEnvironment] = useState('');
  const [scopes, setScopes] = useState<string[]>([]);
  const [anyScope, setAnyScope] = useState<string[]>([]);
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const ask = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      setVerdict(
        await api.keys.explain(item.id, {
          scopes,
          ...(anyScope.length > 0 && { anyScope }),
          ...(ip.trim() !== '' && { ip: ip.trim() }),
          ...(environment.trim() !== '' && { environment: environment.trim() }),
        }),
      );
    } catch (error) {
      setVerdict(null);
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void ask();
  };
  const { errors, title, detail } = formFailure(failure, explainKey);

  return (
    <Section title="Why is it refused?">
      <form className={classes.stack} onSubmit={submit} noValidate>
        <div className={classes.soft}>Describe a request; each step of its verification is told. Nothing is charged.</div>
        <div className={formClasses.row}>
          <TextInput
            {...textProps(explainKey.ip)}
            placeholder="203.0.113.7"
            value={ip}
            error={errors['ip']}
            onChange={(event) => setIp(event.currentTarget.value)}
          />
          <TextInput
            {...textProps(explainKey.environment)}
            placeholder={item.environment}
            value={environment}
            error={errors['environment']}
            onChange={(event) => setEnvironment(event.currentTarget.value)}
          />
        </div>
        <TagsInput
          {...listProps(explainKey.scopes, scopes, errors['scopes'])}
          placeholder={scopes.length === 0 ? 'articles:read' : ''}
          data={[...item.scopes]}
          splitChars={[',', ' ']}
          onChange={setScopes}
        />
        <TagsInput
          {...listProps(explainKey.anyScope, anyScope, errors['anyScope'])}
          data={[...item.scopes]}
          splitChars={[',', ' ']}
          onChange={setAnyScope}
        />
        <div>
          <Button type="submit" variant="default" loading={busy}>
            Explain
          </Button>
        </div>
        {failure !== null && <Failure title={title}>{detail}</Failure>}
        {verdict !== null && <Explained verdict={verdict} />}
      </form>
    </Section>
  );
}

function Explained({ verdict }: { readonly verdict: Verdict }) {
  const told = new Map(verdict.steps?.map((step) => [step.step, step]));
  return (
    <div className={classes.stack} role="status">
      {verdict.valid ? (
        <Note tone="good" title="It would be accepted">
          Every step passes.
        </Note>
      ) : (
        <Note tone="bad" title={`It would be refused: ${wordInside(verdict.code)}`}>
          {verdict.message}
        </Note>
      )}
      <ol className={classes.steps} aria-label="Steps of the verification">
        {stepsToShow(told).map((name) => {
          const step = told.get(name);
          const outcome = step === undefined ? 'open' : step.passed ? 'passed' : 'failed';
          return (
            <li key={name} data-outcome={outcome}>
              {outcome === 'passed' ? <CheckIcon /> : outcome === 'failed' ? <CrossIcon /> : <DotsIcon />}
              <span>
                <strong>{STEP_WORDS[name]}</strong>{' '}
                {step === undefined ? (
                  'Not reached.'
                ) : (
                  <span className={classes.soft}>
                    {step.passed ? 'Passed.' : 'Refused here.'} {step.detail}
                  </span>
                )}
              </span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** Those that were told of, and those after them that were not reached. Of a key by its id, none is told before its state. */
function stepsToShow(told: ReadonlyMap<string, unknown>): readonly (typeof STEPS)[number][] {
  const first = STEPS.findIndex((name) => told.has(name));
  return STEPS.slice(Math.max(0, first));
}
