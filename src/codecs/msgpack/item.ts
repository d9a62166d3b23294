/** One MessagePack item in front of the ones inside of it (MessagePack specification, "Formats"). */
export interface Item {
  /** How many bytes it takes, without the items inside of it; may reach past the input. */
  size: number;
  /** How many items follow that belong to it: those of an array, the names and values of a map. */
  inside: number;
}

export const NIL = 0xc0;
/** The one byte that the specification never uses. */
export const UNUSED = 0xc1;

/** Bytes of an item's header: enough of them tell its size. */
const HEADER_BYTES: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  if ([0xc4, 0xc7, 0xd9].includes(byte)) return 2;
  if ([0xc5, 0xc8, 0xda, 0xdc, 0xde].includes(byte)) return 3;
  return [0xc6, 0xc9, 0xdb, 0xdd, 0xdf].includes(byte) ? 5 : 1;
});

/** Sizes of the items from 0xc0 on that have only one. */
const FIXED: Readonly<Record<number, number>> = {
  [NIL]: 1,
  194: 1,
  195: 1,
  202: 5,
  203: 9,
  204: 2,
  205: 3,
  206: 5,
  207: 9,
  208: 2,
  209: 3,
  210: 5,
  211: 9,
  212: 3,
  213: 4,
  214: 6,
  215: 10,
  216: 18,
};

/** Measures the item at `at`; false where the input ends before its size is known. */
export function measure(bytes: Uint8Array, view: DataView, at: number, end: number, item: Item): boolean {
  const byte = bytes[at];
  if (at + HEADER_BYTES[byte] > end) return false;
  item.inside = 0;
  item.size = 1;
  if (byte < 0x80 || byte >= 0xe0) return true;
  if (byte < 0x90) item.inside = (byte & 15) * 2;
  else if (byte < 0xa0) item.inside = byte & 15;
  else if (byte < 0xc0) item.size = 1 + (byte & 31);
  else measureLong(view, byte, at, item);
  return true;
}

function measureLong(view: DataView, byte: number, at: number, item: Item): void {
  switch (byte) {
    case 0xc4:
    case 0xd9:
      item.size = 2 + view.getUint8(at + 1);
      break;
    case 0xc5:
    case 0xda:
      item.size = 3 + view.getUint16(at + 1);
      break;
    case 0xc6:
    case 0xdb:
      item.size = 5 + view.getUint32(at + 1);
      break;
    case 0xc7:
      item.size = 3 + view.getUint8(at + 1);
      break;
    case 0xc8:
      item.size = 4 + view.getUint16(at + 1);
      break;
    case 0xc9:
      item.size = 6 + view.getUint32(at + 1);
      break;
    case 0xdc:
    case 0xde:
      item.size = 3;
      item.inside = view.getUint16(at + 1) * (byte === 0xde ? 2 : 1);
      break;
    case 0xdd:
    case 0xdf:
      item.size = 5;
      item.inside = view.getUint32(at + 1) * (byte === 0xdf ? 2 : 1);
      break;
    default:
      item.size = FIXED[byte];
  }
}
