import { Button } from '@mantine/core';
import type { PortalSession } from 'latchkey/client';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { useBranding } from '../../../api/session/use-branding.js';
import { useConnectionLost } from '../../../api/errors/use-connection-lost.js';
import { Brand } from '../../../ui/layout/brand.js';
import { ConnectionNote } from '../../../ui/feedback/connection-note.js';
import { ThemeSwitch } from '../../../ui/theme/theme-switch.js';
import classes from '../portal.module.css';

interface PortalFrameProps {
  readonly session: PortalSession | null;
  readonly onLeave?: () => void;
  readonly children: ReactNode;
}

/** The portal in the clothes of the host application. */
export function PortalFrame({ session, onLeave, children }: PortalFrameProps) {
  const closed = useBranding();
  const branding = session === null ? closed : session.branding;
  const name = branding === undefined ? null : (branding?.name ?? 'Latchkey');
  useEffect(() => {
    document.title = name === null ? 'API keys' : `API keys · ${name}`;
  }, [name]);
  return (
    <div className={classes.frame}>
      <header className={classes.bar}>
        <Brand branding={branding} />
        <span className={classes.tools}>
          {session !== null && isWebAddress(session.returnUrl) && (
            <Button
              component="a"
              href={session.returnUrl}
              target={isFramed() ? '_top' : undefined}
              variant="subtle"
              size="compact-sm"
              rel="noreferrer"
            >
              Back to {name}
            </Button>
          )}
          <ThemeSwitch />
          {onLeave !== undefined && (
            <Button variant="subtle" color="gray" size="compact-sm" onClick={onLeave}>
              Leave
            </Button>
          )}
        </span>
      </header>
      <main className={classes.main}>
        <ConnectionNote lost={useConnectionLost()} />
        {children}
      </main>
    </div>
  );
}

/** The service has looked at it already; an address that runs as a script is refused here once more. */
function isWebAddress(address: string | null): address is string {
  return address !== null && /^https?:\/\//i.test(address);
}

function isFramed(): boolean {
  return window.parent !== window;
}
