import type { Branding } from 'latchkey/client';

/** The host's colour in place of ours: for what is filled, for links, and for what is chosen. */
export function applyBranding(branding: Branding | null): void {
  const color = branding?.color ?? null;
  if (color === null || !/^#[0-9a-f]{6}$/i.test(color)) return;
  const { style } = document.documentElement;
  const filled = toBeRead(color);
  style.setProperty('--mantine-primary-color-filled', filled);
  style.setProperty('--mantine-primary-color-filled-hover', `color-mix(in srgb, ${filled} 88%, black)`);
  // As a text it stands on the page's own ground: moved towards what can be read there.
  style.setProperty('--accent', `light-dark(${filled}, color-mix(in srgb, ${color} 45%, white))`);
  style.setProperty('--accent-soft', `color-mix(in srgb, ${color} 12%, var(--surface))`);
}

/** WCAG 2.2: up to this luminance, white on it has a contrast of 4.5 and more. */
const LUMINANCE_MAX = 0.183;

/** The colour, darkened as far as white on it needs to be read. */
function toBeRead(color: string): string {
  let channels = [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16));
  while (luminance(channels) > LUMINANCE_MAX) channels = channels.map((channel) => Math.floor(channel * 0.95));
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

function luminance(channels: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = channels.map((channel) => {
    const share = channel / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
