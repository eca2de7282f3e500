// Writes an asar archive: a Chromium pickle that holds a JSON header, then the files one after another.
import fs from 'node:fs';

export function writeAsar(file, contents) {
  const header = { files: {} };
  const bodies = [];
  let offset = 0;
  for (const [name, content] of Object.entries(contents)) {
    const body = Buffer.from(content);
    header.files[name] = { size: body.length, offset: String(offset) };
    bodies.push(body);
    offset += body.length;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padding = (4 - (json.length % 4)) % 4;
  // Two pickles: one with the size of the other, which holds the length of the string and the string itself.
  const head = Buffer.alloc(16 + json.length + padding);
  head.writeUInt32LE(4, 0);
  head.writeUInt32LE(8 + json.length + padding, 4);
  head.writeUInt32LE(4 + json.length + padding, 8);
  head.writeUInt32LE(json.length, 12);
  json.copy(head, 16);
  fs.writeFileSync(file, Buffer.concat([head, ...bodies]));
}
