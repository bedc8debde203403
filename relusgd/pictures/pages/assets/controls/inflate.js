// Packed texts: base64 of DEFLATE (RFC 1951), the format of zip files without any header.

/** Lengths and distances of repetitions by their symbols: the least, and how many bits follow. */
const LENGTHS = growing(3, [8, 4, 4, 4, 4, 4], 0);
const DISTANCES = growing(1, [4, ...Array(13).fill(2)], 0);
LENGTHS.least[28] = 258; // the last symbol stands for the longest one alone
LENGTHS.bits[28] = 0;

/** The order in which the lengths of the codes for lengths of codes are written. */
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Ranges that follow each other: counts[b] of them with b bits each, from the least value on. */
function growing(first, counts, fewest) {
  const least = [];
  const bits = [];
  let value = first;
  counts.forEach((count, more) => {
    for (let i = 0; i < count; i++) {
      least.push(value);
      bits.push(fewest + more);
      value += 2 ** (fewest + more);
    }
  });
  least.push(value);
  bits.push(0);
  return { least, bits };
}

/** Bits one after the other, the lowest of a byte first. */
class BitReader {
  constructor(bytes) {
    this.bytes = bytes;
    this.place = 0;
  }

  bit() {
    const bit = (this.bytes[this.place >> 3] >> (this.place & 7)) & 1;
    this.place += 1;
    return bit;
  }

  number(count) {
    let value = 0;
    for (let i = 0; i < count; i++) value |= this.bit() << i;
    return value;
  }

  /** The symbol whose code comes next. Codes of one length are consecutive numbers. */
  symbol({ counts, symbols }) {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length < counts.length; length++) {
      code |= this.bit();
      const count = counts[length];
      if (code - count < first) return symbols[index + (code - first)];
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new Error("this is no packed text");
  }
}

/** A code by the lengths of its words: how many have each length, and whose they are in order. */
function codeOf(lengths) {
  const counts = new Uint16Array(16);
  const symbols = [];
  for (let length = 1; length < 16; length++)
    lengths.forEach((its, symbol) => {
      if (its !== length) return;
      counts[length] += 1;
      symbols.push(symbol);
    });
  return { counts, symbols };
}

/** The two codes that a block says of itself: of bytes and lengths, and of distances. */
function dynamicCodes(reader) {
  const literals = reader.number(5) + 257;
  const distances = reader.number(5) + 1;
  const given = reader.number(4) + 4;
  const lengthsOfLengths = new Uint8Array(19);
  for (let i = 0; i < given; i++) lengthsOfLengths[LENGTH_ORDER[i]] = reader.number(3);
  const code = codeOf(lengthsOfLengths);
  const lengths = [];
  while (lengths.length < literals + distances) {
    const symbol = reader.symbol(code);
    if (symbol < 16) lengths.push(symbol);
    else {
      const value = symbol === 16 ? lengths[lengths.length - 1] : 0;
      const times = { 16: () => 3 + reader.number(2), 17: () => 3 + reader.number(3) };
      const count = times[symbol] ? times[symbol]() : 11 + reader.number(7);
      for (let i = 0; i < count; i++) lengths.push(value);
    }
  }
  return [codeOf(lengths.slice(0, literals)), codeOf(lengths.slice(literals))];
}

/** The codes of a block that says none. */
function fixedCodes() {
  const lengths = Array.from({ length: 288 }, (_, symbol) => {
    if (symbol < 144) return 8;
    if (symbol < 256) return 9;
    return symbol < 280 ? 7 : 8;
  });
  return [codeOf(lengths), codeOf(Array(30).fill(5))];
}

/** The text of packed bytes in base64; size: how many bytes it has unpacked. */
function unpackedText({ text, size }) {
  const binary = atob(text);
  const reader = new BitReader(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  const out = new Uint8Array(size);
  let at = 0;
  let isLast = false;
  while (!isLast) {
    isLast = reader.bit() === 1;
    const kind = reader.number(2);
    if (kind === 0) at = copyStored(reader, out, at);
    else at = inflateBlock(reader, kind === 1 ? fixedCodes() : dynamicCodes(reader), out, at);
  }
  return new TextDecoder().decode(out);
}

/** Bytes that are not packed, after their count and its complement; the next place. */
function copyStored(reader, out, at) {
  reader.place = (reader.place + 7) & ~7;
  const count = reader.number(16);
  reader.number(16);
  const first = reader.place >> 3;
  out.set(reader.bytes.subarray(first, first + count), at);
  reader.place += 8 * count;
  return at + count;
}

/** Bytes, and repetitions of earlier ones, until the end of the block; the next place. */
function inflateBlock(reader, codes, out, start) {
  const [literals, distances] = codes;
  let at = start;
  for (;;) {
    const symbol = reader.symbol(literals);
    if (symbol === 256) return at;
    if (symbol < 256) {
      out[at] = symbol;
      at += 1;
    } else {
      const length = rangeValue(reader, LENGTHS, symbol - 257);
      const distance = rangeValue(reader, DISTANCES, reader.symbol(distances));
      for (const end = at + length; at < end; at++) out[at] = out[at - distance];
    }
  }
}

const rangeValue = (reader, { least, bits }, symbol) => least[symbol] + reader.number(bits[symbol]);
