/** The component library, with nothing that it would write into the page as a style element. */
import { MantineProvider } from '@mantine/core';
import '@fontsource-variable/geist/wght.css';
import '@fontsource-variable/geist-mono/wght.css';
import 'virtual:theme-variables.css';
import './component-styles.js';
import './styles.css';
import type { ReactNode } from 'react';
import { theme } from './theme.js';

export function ThemeProvider({ children }: { readonly children: ReactNode }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      {children}
    </MantineProvider>
  );
}
