/** Seeded random numbers of the referee. The same seed gives the same sequence on every machine. */

export interface Random {
  /** A number in [0, 1). */
  uniform(): number;
  exponential(mean: number): number;
  normal(): number;
  /** A lognormal number; `sigma` is the standard deviation of its logarithm. */
  lognormal(median: number, sigma: number): number;
  poisson(mean: number): number;
  /** `digits` hexadecimal digits. */
  hex(digits: number): string;
  /** An independent sequence. Drawing more from one fork leaves the others unchanged. */
  fork(label: string): Random;
}

const TWO_TO_32 = 4_294_967_296;

/** FNV-1a over the UTF-16 units of a text. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** The generator sfc32 (Doty-Humphrey, PractRand), with its state derived from the seed and 15 rounds of warming up. */
export function seeded(seed: string): Random {
  let a = hash32(`${seed}/a`);
  let b = hash32(`${seed}/b`);
  let c = hash32(`${seed}/c`);
  let counter = 1;
  const next32 = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let round = 0; round < 15; round += 1) next32();

  const uniform = () => next32() / TWO_TO_32;
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return {
    uniform,
    normal,
    exponential: (mean) => -mean * Math.log(1 - uniform()),
    lognormal: (median, sigma) => median * Math.exp(sigma * normal()),
    poisson(mean) {
      if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
      const floor = Math.exp(-mean);
      let count = 0;
      for (let product = uniform(); product > floor; product *= uniform()) count += 1;
      return count;
    },
    hex(digits) {
      let text = '';
      while (text.length < digits) text += next32().toString(16).padStart(8, '0');
      return text.slice(0, digits);
    },
    fork: (label) => seeded(`${seed}/${label}`),
  };
}

/** A version 4 UUID, as Lambda uses for request ids. */
export function uuid(random: Random): string {
  const hex = random.hex(32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
