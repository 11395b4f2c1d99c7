/** An archive of one empty file, as POSIX pax(1) describes the header. `magic` is empty in archives from before POSIX. */
export function tarOf(name: string, magic = 'ustar'): Buffer {
  const archive = Buffer.alloc(1536);
  archive.write(name);
  archive.write('0000644\0', 100);
  archive.write('00000000000\0', 124);
  archive.write('        ', 148);
  archive.write(`0${magic}`, 156);
  const checksum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  archive.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148);
  return archive;
}
