import { Button, Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import { DotsIcon } from '../theme/icons.js';

/** What is done seldom, or destroys, behind one button. `children` are items of a menu. */
export function MoreMenu({ children }: { readonly children: ReactNode }) {
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default" aria-label="More" px={10}>
          <DotsIcon size={16} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
