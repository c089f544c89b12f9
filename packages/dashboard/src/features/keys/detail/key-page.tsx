import { Menu, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { KeyView } from 'latchkey/client';
import { useState } from 'react';
import { describeError } from '../../../api/errors/describe-error.js';
import { keyQuery } from '../../../api/calls/queries.js';
import { useMay } from '../../../api/session/session.js';
import { CopyButton } from '../../../ui/text/copy-button.js';
import { RotateIcon } from '../../../ui/theme/icons.js';
import { EnvironmentBadge, StatusBadge } from '../../../ui/keys/key-words.js';
import { LinkButton } from '../../../ui/layout/link.js';
import { Mono } from '../../../ui/text/mono.js';
import { MoreMenu } from '../../../ui/layout/more-menu.js';
import { Name } from '../../../ui/text/name.js';
import { Page } from '../../../ui/layout/page.js';
import { QueryView } from '../../../ui/feedback/query-view.js';
import { LogSection } from '../../log/index.js';
import { RevokeDialog } from '../revoke/revoke-dialog.js';
import { RotateKeyDialog } from '../rotate/rotate-dialog.js';
import { SwitchKeyDialog } from '../revoke/switch-key-dialog.js';
import { KeyCode } from './key-code.js';
import { KeyExplain } from './key-explain.js';
import { KeyFacts } from './key-facts.js';
import { KeyLimitsSection } from './key-limits.js';
import classes from './key-page.module.css';
import { KeySecrets } from './key-secrets.js';
import { KeyUsageSection } from './key-usage.js';

const route = getRouteApi('/shell/keys/$id');

export function KeyDetailPage() {
  const { id } = route.useParams();
  const { span = '7d' } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(keyQuery(id));
  const item = query.data;
  const mayUsage = useMay('usage:read');
  const mayEvents = useMay('events:read');
  return (
    <Page
      title={item?.name ?? 'A key'}
      heading={item && <Name>{item.name}</Name>}
      lead={item && <Lead item={item} />}
      actions={item && <Actions item={item} />}
    >
      <QueryView query={query} describe={describeError} lines={8}>
        {(key) => (
          <>
            <KeyFacts item={key} />
            {mayUsage && (
              <KeyUsageSection id={id} span={span} onSpan={(next) => void navigate({ search: { span: next }, replace: true })} />
            )}
            <div className={classes.columns}>
              <KeyLimitsSection id={id} />
              <KeySecrets item={key} />
            </div>
            <div className={classes.columns}>
              <KeyExplain item={key} />
              <KeyCode item={key} />
            </div>
            {mayEvents && <LogSection of={{ key: id }} />}
          </>
        )}
      </QueryView>
    </Page>
  );
}

function Lead({ item }: { readonly item: KeyView }) {
  return (
    <>
      <StatusBadge status={item.status} />
      <EnvironmentBadge environment={item.environment} />
      <Mono>{item.hint}</Mono>
      <span className={classes.id}>
        <Mono soft>{item.id}</Mono> <CopyButton compact text={item.id} label="Copy the id" />
      </span>
    </>
  );
}

function Actions({ item }: { readonly item: KeyView }) {
  const [asked, setAsked] = useState<'rotate' | 'revoke' | 'switch' | null>(null);
  const mayWrite = useMay('keys:write');
  const close = (): void => setAsked(null);
  if (!mayWrite) return null;
  // The answer to a revocation is shown by its dialog, when the key is revoked already.
  const isOver = item.status === 'revoked';
  const isDisabled = item.status === 'disabled';
  const mayRotate = !isOver && item.status !== 'expired';
  return (
    <>
      {mayRotate && (
        <Button variant="default" leftSection={<RotateIcon size={16} />} onClick={() => setAsked('rotate')}>
          Rotate
        </Button>
      )}
      {!isOver && (
        <>
          <LinkButton to="/keys/$id/edit" params={{ id: item.id }} variant="default">
            Edit
          </LinkButton>
          <MoreMenu>
            <Menu.Item onClick={() => setAsked('switch')}>{isDisabled ? 'Enable…' : 'Disable…'}</Menu.Item>
            <Menu.Item color="red" onClick={() => setAsked('revoke')}>
              Revoke…
            </Menu.Item>
          </MoreMenu>
        </>
      )}
      {asked === 'rotate' && <RotateKeyDialog item={item} onClose={close} />}
      {asked === 'revoke' && <RevokeDialog item={item} onClose={close} />}
      {asked === 'switch' && <SwitchKeyDialog item={item} onClose={close} />}
    </>
  );
}
