import { Button } from '@mantine/core';
import type { OwnKeyView, PortalAllow } from 'latchkey/client';
import { useState } from 'react';
import { EnvironmentBadge, Expiry, StatusBadge } from '../../../ui/keys/key-words.js';
import { Mono } from '../../../ui/text/mono.js';
import { Name } from '../../../ui/text/name.js';
import { Time } from '../../../ui/time/time.js';
import { OldSecrets } from './old-secrets.js';
import { RenameOwnKeyDialog } from './rename-own-key-dialog.js';
import { RevokeOwnKeyDialog } from './revoke-own-key-dialog.js';
import { RotateOwnKeyDialog } from './rotate-own-key-dialog.js';
import classes from '../portal.module.css';

export function OwnKeyCard({ item, allow }: { readonly item: OwnKeyView; readonly allow: PortalAllow }) {
  const [asked, setAsked] = useState<'rename' | 'rotate' | 'revoke' | null>(null);
  const close = (): void => setAsked(null);
  const isOver = item.status === 'revoked' || item.status === 'expired';
  return (
    <li className={classes.key}>
      <div className={classes.head}>
        <h2>
          <Name>{item.name}</Name>
        </h2>
        <StatusBadge status={item.status} />
        <EnvironmentBadge environment={item.environment} />
        <Mono soft>{item.hint}</Mono>
      </div>
      {!isOver && (
        <div className={classes.actions} role="group" aria-label={`Actions for ${item.name}`}>
          {allow.rename && (
            <Button size="compact-sm" variant="subtle" onClick={() => setAsked('rename')}>
              Rename
            </Button>
          )}
          {allow.rotate && (
            <Button size="compact-sm" variant="subtle" onClick={() => setAsked('rotate')}>
              Rotate
            </Button>
          )}
          {allow.revoke && (
            <Button size="compact-sm" variant="subtle" color="red" onClick={() => setAsked('revoke')}>
              Revoke
            </Button>
          )}
        </div>
      )}
      <div className={classes.facts}>
        <span>
          created <Time at={item.createdAt} />
        </span>
        <span>
          last used <Time at={item.lastUsedAt} />
        </span>
        <span>
          {item.status === 'revoked' ? (
            <>
              revoked <Time at={item.revokedAt} />
            </>
          ) : (
            <>
              expires <Expiry expiresAt={item.expiresAt} daysUntilExpiry={item.daysUntilExpiry} />
            </>
          )}
        </span>
        {item.tier !== null && <span>tier {item.tier}</span>}
        {item.scopes.length > 0 && (
          <span>
            may <Mono>{item.scopes.join(', ')}</Mono>
          </span>
        )}
      </div>
      {!isOver && <OldSecrets item={item} mayRetire={allow.rotate} />}
      {asked === 'rename' && <RenameOwnKeyDialog item={item} onClose={close} />}
      {asked === 'rotate' && <RotateOwnKeyDialog item={item} onClose={close} />}
      {asked === 'revoke' && <RevokeOwnKeyDialog item={item} onClose={close} />}
    </li>
  );
}
