import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { api } from '../../api/calls/client.js';
import { describeError } from '../../api/errors/describe-error.js';
import { keepsSessions } from '../../api/session/keeps-sessions.js';
import { endedWith } from '../../api/session/session-end.js';
import { DialogNote } from '../../ui/dialogs/dialog.js';
import { useLeaving } from '../../ui/dialogs/leaving.js';
import { Empty, Failure, Waiting } from '../../ui/feedback/states.js';
import { Unencrypted } from '../../ui/feedback/unencrypted.js';
import { OwnKeysView } from './keys/own-keys-view.js';
import { OtherOwnerDialog } from './visit/other-owner-dialog.js';
import { PortalFrame } from './visit/portal-frame.js';
import { createPortalVisit, type OpenPortal } from './visit/portal-visit.js';
import classes from './portal.module.css';

export function PortalPage() {
  if (keepsSessions()) return <Visit />;
  return (
    <PortalFrame session={null}>
      <h1 className={classes.title}>API keys</h1>
      <Unencrypted />
    </PortalFrame>
  );
}

function Visit() {
  const queryClient = useQueryClient();
  const [visit] = useState(() => createPortalVisit(queryClient));
  const portal = useSyncExternalStore(visit.subscribe, visit.portal);
  useEffect(() => visit.begin(), [visit]);
  const { leave, dialog } = useLeaving({ failedTitle: 'Your keys are still open here', describe: describeError, onLeft: visit.leave });

  if (portal.kind === 'open') {
    const { session } = portal;
    const note = <OpenNote portal={portal} />;
    return (
      <DialogNote value={note}>
        <PortalFrame session={session} onLeave={() => void leave(async () => endedWith(api.portal.close()))}>
          {note}
          <OwnKeysView key={session.ownerId} session={session} />
        </PortalFrame>
        {dialog}
        <OtherOwnerDialog question={portal.question} onAnswer={visit.answer} />
      </DialogNote>
    );
  }
  return (
    <PortalFrame session={null}>
      <h1 className={classes.title}>API keys</h1>
      {portal.kind === 'opening' && <Waiting label="Opening your keys" />}
      {portal.kind === 'closed' && (
        <Empty title={portal.ended ? ENDED : 'Your keys are behind a link'}>
          Open this page from the application that your keys belong to, or with a {portal.ended && 'new '}link that you were sent. A link
          works once, and for ten minutes.
        </Empty>
      )}
      {portal.kind === 'failed' && <Refused error={portal.error} />}
    </PortalFrame>
  );
}

const ENDED = 'Your session has ended';

/** What has happened to a portal that is still shown: said on the page, and in the dialog that is open over it. */
function OpenNote({ portal: { ended, refused } }: { readonly portal: OpenPortal }) {
  return (
    <>
      {ended && (
        <Failure title={ENDED}>
          What you see here stays until you close it; a token that is shown is good. To go on, open this page again from the application
          that your keys belong to, or with a new link.
        </Failure>
      )}
      {refused !== null && <Refused error={refused} />}
    </>
  );
}

function Refused({ error }: { readonly error: unknown }) {
  return <Failure title="This link does not open">{describeError(error).detail}</Failure>;
}
