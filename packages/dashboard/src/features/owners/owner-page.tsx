import { Button, Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { OwnerView } from 'latchkey/client';
import { useState } from 'react';
import { describeError } from '../../api/errors/describe-error.js';
import { ownerQuery } from '../../api/calls/queries.js';
import { useMay } from '../../api/session/session.js';
import { Facts } from '../../ui/layout/facts.js';
import { formatNumber } from '../../ui/text/format.js';
import { LinkIcon } from '../../ui/theme/icons.js';
import { Lines } from '../../ui/text/lines.js';
import { Mono } from '../../ui/text/mono.js';
import { MoreMenu } from '../../ui/layout/more-menu.js';
import { Name } from '../../ui/text/name.js';
import { Page, Section } from '../../ui/layout/page.js';
import { QueryView } from '../../ui/feedback/query-view.js';
import { Note } from '../../ui/feedback/states.js';
import { Time } from '../../ui/time/time.js';
import { LimitList } from '../limits/index.js';
import { LogSection } from '../log/index.js';
import { UsageSection } from '../usage/index.js';
import { EditOwnerDialog } from './edit-owner-dialog.js';
import { OwnerBadge } from './owners-page.js';
import { OwnerKeys } from './owner-keys.js';
import { PortalLinkDialog } from './portal-link-dialog.js';
import { RevokeAllDialog } from './revoke-all-dialog.js';
import { SwitchOwnerDialog } from './switch-owner-dialog.js';

const route = getRouteApi('/shell/owners/$id');

export function OwnerPage() {
  const { id } = route.useParams();
  const query = useQuery(ownerQuery(id));
  const owner = query.data;
  const mayEvents = useMay('events:read');
  const mayUsage = useMay('usage:read');
  return (
    <Page
      title={owner?.name ?? id}
      heading={<Name>{owner?.name ?? id}</Name>}
      lead={
        owner && (
          <>
            <OwnerBadge status={owner.status} />
            <Mono>{owner.id}</Mono>
          </>
        )
      }
      actions={owner && <Actions owner={owner} />}
    >
      <QueryView query={query} describe={describeError} lines={6}>
        {(found) => (
          <>
            {found.status === 'suspended' && (
              <Note tone="warn" title="All keys of this owner are suspended">
                Since <Time at={found.suspendedAt} />
                {found.suspendedReason !== null && (
                  <>
                    : <Name>{found.suspendedReason}</Name>
                  </>
                )}
              </Note>
            )}
            {found.revoking !== null && (
              <Note tone="warn" title="All keys of this owner are being revoked">
                Every key is refused already. Records marked as revoked: {formatNumber(found.revoking.keys - found.revoking.left)} of{' '}
                {formatNumber(found.revoking.keys)}.
              </Note>
            )}
            <AboutOwner owner={found} />
            <OwnerKeys id={id} />
            {mayUsage && <UsageSection of={{ owner: id }} />}
            {mayEvents && <LogSection of={{ owner: id }} />}
          </>
        )}
      </QueryView>
    </Page>
  );
}

function AboutOwner({ owner }: { readonly owner: OwnerView }) {
  return (
    <Section title="About this owner">
      <Facts
        facts={[
          owner.description === null ? null : ['Description', <Lines key="description">{owner.description}</Lines>],
          ['Live keys', formatNumber(owner.keys.live)],
          ['All keys', formatNumber(owner.keys.total)],
          ['Keys allowed', owner.maxKeys === null ? 'as the service is set up' : formatNumber(owner.maxKeys)],
          ['Since', <Time key="since" at={owner.createdAt} />],
          ['Limits shared by all keys', <LimitList key="limits" limits={owner.limits} none="none" />],
          Object.keys(owner.metadata).length === 0 ? null : ['Metadata', <Mono key="metadata">{JSON.stringify(owner.metadata)}</Mono>],
        ]}
      />
    </Section>
  );
}

function Actions({ owner }: { readonly owner: OwnerView }) {
  const [asked, setAsked] = useState<'edit' | 'switch' | 'revoke' | 'portal' | null>(null);
  const mayWrite = useMay('owners:write');
  const mayPortal = useMay('portal:write');
  const close = (): void => setAsked(null);
  return (
    <>
      {mayPortal && (
        <Button variant="default" leftSection={<LinkIcon size={16} />} onClick={() => setAsked('portal')}>
          Portal link
        </Button>
      )}
      {mayWrite && (
        <>
          <Button variant="default" onClick={() => setAsked('edit')}>
            Edit
          </Button>
          <MoreMenu>
            <Menu.Item onClick={() => setAsked('switch')}>{owner.status === 'active' ? 'Suspend…' : 'Resume…'}</Menu.Item>
            <Menu.Item color="red" onClick={() => setAsked('revoke')}>
              Revoke all keys…
            </Menu.Item>
          </MoreMenu>
        </>
      )}
      {asked === 'portal' && <PortalLinkDialog owner={owner} onClose={close} />}
      {asked === 'edit' && <EditOwnerDialog owner={owner} onClose={close} />}
      {asked === 'switch' && <SwitchOwnerDialog owner={owner} onClose={close} />}
      {asked === 'revoke' && <RevokeAllDialog owner={owner} onClose={close} />}
    </>
  );
}
