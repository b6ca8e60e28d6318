/**
 * What every answer of the console says to the browser: nothing of it runs that we didn't build, nothing is fetched from
 * elsewhere, no page of anybody else's may frame, open or embed it, and where one came from is told to nobody.
 */
import type { ServerResponse } from 'node:http';

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  // A text that an agent wrote, handed to a sink that makes HTML of it, throws instead; and nobody may make a policy that lets it pass.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Of what a page could ask a browser for, the console needs nothing but to copy a text. */
const permissionsPolicy = [
  'accelerometer',
  'autoplay',
  'camera',
  'clipboard-read',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'identity-credentials-get',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-create',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'storage-access',
  'usb',
  'window-management',
  'xr-spatial-tracking',
]
  .map((feature) => `${feature}=()`)
  .join(', ');

const headers: readonly (readonly [string, string])[] = [
  ['content-security-policy', contentSecurityPolicy],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['cross-origin-embedder-policy', 'require-corp'],
  ['permissions-policy', permissionsPolicy],
  // Until something that may be kept says so.
  ['cache-control', 'no-store'],
];

export function setSecurityHeaders(response: ServerResponse, overTls: boolean): void {
  for (const [name, value] of headers) response.setHeader(name, value);
  if (overTls) response.setHeader('strict-transport-security', 'max-age=31536000');
}
