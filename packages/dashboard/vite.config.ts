import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from '@mantine/core';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { theme } from './src/ui/theme/theme.js';

/**
 * Everything is a file of its own under /assets with a hash in its name, nothing is inline and nothing a data: URL,
 * so that the page runs under a Content-Security-Policy that knows `'self'` alone (docs/adr/0026).
 */
export default defineConfig({
  plugins: [react(), themeVariables()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ['chrome123', 'firefox121', 'safari17.5'],
    reportCompressedSize: false,
  },
});

/** The variables of the theme as a stylesheet. The component library would write them into the page, which the policy forbids. */
function themeVariables(): Plugin {
  const id = '\0theme-variables.css';
  return {
    name: 'theme-variables',
    resolveId: (source) => (source === 'virtual:theme-variables.css' ? id : undefined),
    load: (source) => (source === id ? variablesOfTheme() : undefined),
  };
}

function variablesOfTheme(): string {
  const merged = mergeMantineTheme(DEFAULT_THEME, theme);
  const { variables, light, dark } = defaultCssVariablesResolver(merged);
  // The library's own red cannot be read in small letters.
  const readable = { '--mantine-color-error': 'var(--bad)' };
  return convertCssVariables({
    variables,
    light: { ...light, ...readable, '--mantine-color-scheme': 'light' },
    dark: { ...dark, ...readable, '--mantine-color-scheme': 'dark' },
  });
}
