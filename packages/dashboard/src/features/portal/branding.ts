import type { Branding } from 'latchkey/client';

/** The host's colour in place of ours: for what is filled, with a text on it that can be read, and for links. */
export function applyBranding(branding: Branding | null): void {
  const color = branding?.color ?? null;
  if (color === null || !/^#[0-9a-f]{6}$/i.test(color)) return;
  const { style } = document.documentElement;
  style.setProperty('--mantine-primary-color-filled', color);
  style.setProperty('--mantine-primary-color-filled-hover', `color-mix(in srgb, ${color} 88%, black)`);
  style.setProperty('--mantine-primary-color-contrast', luminance(color) > 0.179 ? '#000000' : '#ffffff');
  style.setProperty('--brand', color);
  // As a text it stands on the page's own ground: moved towards what can be read there.
  style.setProperty('--accent', `light-dark(color-mix(in srgb, ${color} 65%, black), color-mix(in srgb, ${color} 55%, white))`);
  style.setProperty('--accent-soft', `color-mix(in srgb, ${color} 12%, var(--surface))`);
}

/** WCAG 2.2, relative luminance; above 0.179 black is read better than white. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(color.slice(start, start + 2), 16) / 255;
    return channel <= 0.040_45 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
