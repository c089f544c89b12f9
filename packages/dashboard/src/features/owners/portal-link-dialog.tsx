import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import type { OwnerView, PortalAllow, PortalLink } from 'latchkey/client';
import { useState } from 'react';
import { api } from '../../api/calls/client.js';
import { describeError } from '../../api/errors/describe-error.js';
import { formFailure } from '../../api/errors/form-failure.js';
import { createPortalLink } from '../../contract/calls/portal.js';
import { labelProps, textProps } from '../../contract/field.js';
import { CopyButton } from '../../ui/text/copy-button.js';
import { Dialog } from '../../ui/dialogs/dialog.js';
import { notify } from '../../ui/feedback/notices.js';
import { Failure, Note } from '../../ui/feedback/states.js';
import { Time } from '../../ui/time/time.js';
import classes from './owners.module.css';

const RIGHTS = [
  ['create', 'create keys'],
  ['rotate', 'rotate'],
  ['revoke', 'revoke'],
  ['rename', 'rename'],
  ['usage', 'see usage'],
] as const satisfies readonly (readonly [keyof PortalAllow, string])[];

const ALL: PortalAllow = { create: true, rotate: true, revoke: true, rename: true, usage: true };

interface PortalLinkDialogProps {
  readonly owner: OwnerView;
  readonly onClose: () => void;
}

/** A link that opens the owner's own keys, once. It lives in this dialog's state, like a token. */
export function PortalLinkDialog({ owner, onClose }: PortalLinkDialogProps) {
  const [allow, setAllow] = useState(ALL);
  const [expiresIn, setExpiresIn] = useState('1h');
  const [returnUrl, setReturnUrl] = useState('');
  const [link, setLink] = useState<PortalLink | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const { errors, title, detail } = formFailure(failure, createPortalLink);

  const make = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      setLink(
        await api.portal.createLink({
          ownerId: owner.id,
          allow,
          expiresIn,
          ...(returnUrl.trim() !== '' && { returnUrl: returnUrl.trim() }),
        }),
      );
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };

  if (link !== null) return <LinkShown link={link} onClose={onClose} />;
  return (
    <Dialog
      title={`Portal link for “${owner.name ?? owner.id}”`}
      opened
      onClose={onClose}
      footer={
        <>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={busy} onClick={() => void make()}>
            Make the link
          </Button>
        </>
      }
    >
      <div>Whoever opens it first, within ten minutes, manages this owner’s keys.</div>
      <Checkbox.Group
        {...labelProps(createPortalLink.allow)}
        error={errors['allow']}
        value={RIGHTS.map(([right]) => right).filter((right) => allow[right])}
        onChange={(rights) => setAllow(readRights(rights))}
      >
        <div className={classes.allow}>
          {RIGHTS.map(([right, label]) => (
            <Checkbox key={right} value={right} label={label} size="xs" />
          ))}
        </div>
      </Checkbox.Group>
      <NativeSelect
        {...labelProps(createPortalLink.expiresIn)}
        error={errors['expiresIn']}
        value={expiresIn}
        onChange={(event) => setExpiresIn(event.currentTarget.value)}
        data={[
          { value: '15m', label: '15 minutes' },
          { value: '1h', label: '1 hour' },
          { value: '4h', label: '4 hours' },
          { value: '12h', label: '12 hours' },
        ]}
      />
      <TextInput
        {...textProps(createPortalLink.returnUrl)}
        placeholder="https://app.example.com/account"
        value={returnUrl}
        error={errors['returnUrl']}
        onChange={(event) => setReturnUrl(event.currentTarget.value)}
      />
      {failure !== null && <Failure title={title}>{detail}</Failure>}
    </Dialog>
  );
}

function LinkShown({ link, onClose }: { readonly link: PortalLink; readonly onClose: () => void }) {
  const withdraw = async (): Promise<void> => {
    await api.portal.withdrawLink(link.id).then(
      () => notify('The link is withdrawn.'),
      (error: unknown) => notify(`${describeError(error).title}. ${describeError(error).detail}`),
    );
    onClose();
  };
  return (
    <Dialog
      title="The portal link"
      opened
      insistent
      shownOnce
      size="lg"
      onClose={onClose}
      footer={
        <>
          <Button variant="subtle" color="red" onClick={() => void withdraw()}>
            Withdraw it
          </Button>
          <Button onClick={onClose}>Done</Button>
        </>
      }
    >
      <Note tone="warn">
        It opens once, until <Time at={link.linkExpiresAt} />. Whoever has it is the owner: send it to nobody else.
      </Note>
      <div className={classes.link} role="group" aria-label="Portal link">
        <code tabIndex={0}>{link.url}</code>
      </div>
      <div>
        <CopyButton text={link.url} label="Copy the link" />
      </div>
    </Dialog>
  );
}

function readRights(rights: readonly string[]): PortalAllow {
  return { ...ALL, ...Object.fromEntries(RIGHTS.map(([right]) => [right, rights.includes(right)])) };
}
