/** Which keys of a Redis Cluster stay together: those with the same text in braces (Redis Cluster specification, "hash tags"). */

const SLOTS = 16_384;

/** CRC-16 as of XMODEM: polynomial 0x1021. */
const CRC_TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80_00 ? (crc << 1) ^ 0x10_21 : crc << 1;
  return crc;
});

/**
 * The tag of an owner's keys: `{…}`, at most nine characters, whatever the owner's id is like. Owners that share
 * one share a slot and nothing else: it is no part of what tells counters apart.
 */
export function hashTagOf(owner: string): string {
  // FNV-1a over UTF-16 code units: short, spread evenly, and next to nothing in time.
  let hash = 0x81_1c_9d_c5;
  for (let i = 0; i < owner.length; i++) hash = Math.imul(hash ^ owner.charCodeAt(i), 0x01_00_01_93);
  return `{${(hash >>> 0).toString(36)}}`;
}

/** The slot of a key that has a hash tag made of ASCII, as those of `hashTagOf` are. */
export function clusterSlotOf(key: string): number {
  let crc = 0;
  const end = key.indexOf('}');
  for (let i = key.indexOf('{') + 1; i < end; i++) crc = ((crc << 8) & 0xff_ff) ^ (CRC_TABLE[(crc >> 8) ^ key.charCodeAt(i)] ?? 0);
  return crc % SLOTS;
}
