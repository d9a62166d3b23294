import { editDistance } from '../nearest-name.js';

/** Names that the IANA database prefers today and that Intl accepts but may list by an older spelling only. */
const RENAMED = [
  'Africa/Asmara',
  'America/Argentina/Buenos_Aires',
  'America/Nuuk',
  'Asia/Ho_Chi_Minh',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Asia/Yangon',
  'Atlantic/Faroe',
  'Europe/Kyiv',
  'Pacific/Chuuk',
  'Pacific/Pohnpei',
];

/** The names to choose from. Intl accepts more: old aliases. */
function zoneNames(): string[] {
  return ['UTC', ...RENAMED, ...Intl.supportedValuesOf('timeZone')];
}

/**
 * The usual spelling of a name that Intl accepts in any case.
 * @param intlName what Intl calls the zone
 */
export function spelledZoneName(name: string, intlName: string): string {
  const folded = name.toLowerCase();
  if (intlName.toLowerCase() === folded) return intlName;
  return zoneNames().find((known) => known.toLowerCase() === folded) ?? name;
}

/** The zone that someone meant by a name that is none: a city alone will do. Undefined where nothing is near. */
export function nearestZoneName(name: string): string | undefined {
  const wanted = name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  let best: string | undefined;
  let least = Math.max(2, Math.floor(wanted.length / 4)) + 1;
  for (const known of zoneNames()) {
    const folded = known.toLowerCase();
    const city = folded.slice(folded.lastIndexOf('/') + 1);
    const distance = Math.min(editDistance(wanted, folded), editDistance(wanted, city));
    if (distance < least) [best, least] = [known, distance];
  }
  return best;
}
