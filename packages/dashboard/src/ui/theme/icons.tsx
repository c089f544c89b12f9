/** The icons, drawn for this dashboard on a grid of 20. All of them decorate a word that stands beside them or in a label. */
import type { ReactNode } from 'react';

interface IconProps {
  readonly size?: number;
}

function icon(paths: ReactNode) {
  return function Icon({ size = 18 }: IconProps) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 20 20"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {paths}
      </svg>
    );
  };
}

export const OverviewIcon = icon(<path d="M3 16.5V11m4.7 5.5v-13m4.6 13V8M17 16.5v-4" />);
export const KeyIcon = icon(
  <>
    <circle cx="6.6" cy="10" r="3.2" />
    <path d="M9.8 10H17m-2.4 0v3" />
  </>,
);
export const OwnerIcon = icon(
  <>
    <circle cx="10" cy="6.6" r="3.1" />
    <path d="M3.8 16.6c.9-3 3.3-4.5 6.2-4.5s5.3 1.5 6.2 4.5" />
  </>,
);
export const TierIcon = icon(<path d="M10 3.2 17 7l-7 3.8L3 7l7-3.8ZM3.4 10.6 10 14.2l6.6-3.6M3.4 13.8 10 17.4l6.6-3.6" />);
export const LogIcon = icon(<path d="M6.5 5H17M6.5 10H17M6.5 15H17M3.2 5h.01M3.2 10h.01M3.2 15h.01" />);
export const SettingsIcon = icon(<path d="M3 6h7m4 0h3M3 14h3m4 0h7M14 4v4M6 12v4" />);
export const SearchIcon = icon(
  <>
    <circle cx="9" cy="9" r="5" />
    <path d="m13 13 3.8 3.8" />
  </>,
);
export const PlusIcon = icon(<path d="M10 4v12M4 10h12" />);
export const CopyIcon = icon(
  <>
    <rect x="7" y="7" width="9.5" height="9.5" rx="2" />
    <path d="M13 7V5.5a2 2 0 0 0-2-2H5.5a2 2 0 0 0-2 2V11a2 2 0 0 0 2 2H7" />
  </>,
);
export const CheckIcon = icon(<path d="m4.5 10.5 3.7 3.7 7.3-8" />);
export const CrossIcon = icon(<path d="m5.5 5.5 9 9m0-9-9 9" />);
export const WarningIcon = icon(<path d="M10 3.2 17.4 16H2.6L10 3.2ZM10 8v3.6m0 2.2v.01" />);
export const InfoIcon = icon(
  <>
    <circle cx="10" cy="10" r="7" />
    <path d="M10 9.3v4.2m0-7v.01" />
  </>,
);
export const DownloadIcon = icon(<path d="M10 3.5v9m0 0 3.5-3.5M10 12.5 6.5 9M3.5 16.5h13" />);
export const SunIcon = icon(
  <>
    <circle cx="10" cy="10" r="3.3" />
    <path d="M10 2.5v1.6m0 11.8v1.6M2.5 10h1.6m11.8 0h1.6M4.7 4.7l1.1 1.1m8.4 8.4 1.1 1.1m0-10.6-1.1 1.1m-8.4 8.4-1.1 1.1" />
  </>,
);
export const MoonIcon = icon(<path d="M16.5 11.6A6.8 6.8 0 0 1 8.4 3.5a6.8 6.8 0 1 0 8.1 8.1Z" />);
export const ScreenIcon = icon(
  <>
    <rect x="2.8" y="4" width="14.4" height="9.5" rx="1.5" />
    <path d="M7.5 16.8h5M10 13.5v3.3" />
  </>,
);
export const MenuIcon = icon(<path d="M3.5 6h13M3.5 10h13M3.5 14h13" />);
export const LeaveIcon = icon(<path d="M8 3.5H5a1.5 1.5 0 0 0-1.5 1.5v10A1.5 1.5 0 0 0 5 16.5h3M12.5 13.5 16 10l-3.5-3.5M16 10H8" />);
export const LinkIcon = icon(
  <path d="M8.5 11.5a3.2 3.2 0 0 0 4.6 0l2.6-2.6a3.2 3.2 0 1 0-4.6-4.6L10 5.4m1.5 3.1a3.2 3.2 0 0 0-4.6 0l-2.6 2.6a3.2 3.2 0 1 0 4.6 4.6L10 14.6" />,
);
export const RotateIcon = icon(
  <path d="M16.2 8.5A6.5 6.5 0 0 0 4.8 6.3L3.5 7.7m0-3.7v3.7h3.7m-3.4 3.8a6.5 6.5 0 0 0 11.4 2.2l1.3-1.4m0 3.7v-3.7h-3.7" />,
);
export const DotsIcon = icon(<path d="M4.5 10h.01M10 10h.01m5.490 0h.01" strokeWidth="2.6" />);
export const ShieldIcon = icon(<path d="M10 2.8 16 5v4.6c0 3.6-2.4 6.3-6 7.6-3.6-1.3-6-4-6-7.6V5l6-2.2Z" />);
