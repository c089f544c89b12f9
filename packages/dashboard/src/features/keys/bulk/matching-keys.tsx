/**
 * The changes of all keys that the filters of the list admit.
 *
 * features/keys/bulk/ owns the changes of many keys at once: of those that are selected, and of those that match.
 */
import { Button, Menu } from '@mantine/core';
import { useState } from 'react';
import { filtersOf, whereOf, type KeysSearch } from '../search.js';
import classes from './bulk.module.css';
import type { Change } from './changes.js';
import { LateDialog } from './late-dialog.js';

const loadDialog = async () => import('./change-matching-dialog.js');

/** Shows nothing without a filter. */
export function MatchingKeys({ search }: { readonly search: KeysSearch }) {
  const [change, setChange] = useState<Change | null>(null);
  const close = (): void => setChange(null);
  const where = whereOf(search);
  if (where === null) {
    const { search: _text, attention: _attention, ...others } = filtersOf(search);
    if (Object.keys(others).length === 0) return null;
    return <p className={classes.hint}>To change all keys that match, clear the search and “Needs attention”.</p>;
  }
  return (
    <div className={classes.matching}>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button size="xs" variant="default">
            Change all that match…
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setChange('extend')}>Set their expiry…</Menu.Item>
          <Menu.Item onClick={() => setChange('disable')}>Disable all…</Menu.Item>
          <Menu.Item color="red" onClick={() => setChange('revoke')}>
            Revoke all…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {change !== null && (
        <LateDialog title="Change all keys that match" load={loadDialog} onClose={close}>
          {({ ChangeMatchingDialog }) => <ChangeMatchingDialog change={change} where={where} onClose={close} />}
        </LateDialog>
      )}
    </div>
  );
}
