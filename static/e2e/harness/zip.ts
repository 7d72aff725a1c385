const endOfDirectory = 0x06054b50;
const header = 0x02014b50;

/** The names in a ZIP file, read from its central directory as any other program would. */
export function entriesOf(zip: Buffer): string[] {
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== endOfDirectory) end--;
  if (end < 0) throw new Error('no ZIP file');
  const names: string[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (zip.readUInt32LE(at) !== header) throw new Error('a broken directory');
    const name = zip.readUInt16LE(at + 28);
    names.push(zip.toString('utf8', at + 46, at + 46 + name));
    at += 46 + name + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return names;
}
