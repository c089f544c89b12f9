/**
 * The look: one accent, calm greys, dense controls. Everything else that is seen follows from these values.
 *
 * ui/theme/ owns the theme: colours, sizes, fonts, icons, and the styles of the component library.
 */
import { createTheme, type MantineColorsTuple } from '@mantine/core';

const petrol: MantineColorsTuple = [
  '#e8f5f8',
  '#cfe9ef',
  '#9fd3de',
  '#6bbccc',
  '#49a9bd',
  '#2b94aa',
  '#167f96',
  '#0c6a80',
  '#0a5668',
  '#083f4d',
];

const gray: MantineColorsTuple = [
  '#f6f8f9',
  '#eef1f3',
  '#e2e7ea',
  '#d2d9dd',
  '#b8c2c8',
  '#8f9ca4',
  '#5f6c75',
  '#46525a',
  '#2b353b',
  '#161c20',
];

const dark: MantineColorsTuple = [
  '#e0e6e9',
  '#b9c4ca',
  '#9aa7af',
  '#65727a',
  '#333d43',
  '#283137',
  '#1b2227',
  '#12171a',
  '#0e1214',
  '#090c0e',
];

/** Overlays leave the page's scrolling to the stylesheet: the library would lock it with a style element. */
const overlay = { lockScroll: false, centered: true, transitionProps: { duration: 120 } } as const;

export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 6 },
  colors: { petrol, gray, dark },
  black: '#161c20',
  fontFamily: "'Geist Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "'Geist Mono Variable', ui-monospace, 'SF Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.3' },
      h2: { fontSize: '1rem', lineHeight: '1.4' },
      h3: { fontSize: '0.875rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'md',
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '16px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Modal: { defaultProps: overlay },
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', comboboxProps: { shadow: 'md' } } },
    TagsInput: { defaultProps: { size: 'sm', comboboxProps: { shadow: 'md' } } },
    Textarea: { defaultProps: { size: 'sm' } },
    NumberInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 200, events: { hover: true, focus: true, touch: true } } },
    Menu: { defaultProps: { shadow: 'md', position: 'bottom-end' } },
  },
});
