import { Buffer } from 'node:buffer';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { Field, Float64, Int16, Int32, Int8, Schema } from 'apache-arrow';
import { FileBlock, Footer } from 'apache-arrow/ipc/metadata/file';
import { BufferRegion, FieldNode, Message, RecordBatch } from 'apache-arrow/ipc/metadata/message';
import { packings, type Bits, type Packed, type Spread } from './packed.ts';

// The library reads and writes whole batches; a column of a few bytes in a file of gigabytes is read alone, so the frame of the format is written here:
// https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format

const magic = Buffer.from('ARROW1');
const types = { 8: () => new Int8(), 16: () => new Int16(), 32: () => new Int32(), 64: () => new Float64() } as const;
const [sumsKey, spreadsKey] = ['crc32', 'spreads'];

/** A column of a file: its name, and in how many bits its values are. */
export interface FileColumn {
  name: string;
  bits: Bits;
}

/** The values of a column in a batch, and what they lie between. */
export interface FileValues {
  values: Packed;
  spread: Spread;
}

/**
 * Writes an Arrow IPC file batch by batch, each with the CRC-32 of every column and what its values lie between in its metadata.
 * @param about goes into the metadata of the schema under these keys
 * @param batches the columns of each batch, in order, all of one length
 */
export async function writeArrow(
  file: FileHandle,
  columns: readonly FileColumn[],
  about: Record<string, string>,
  batches: Iterable<FileValues[]>,
): Promise<void> {
  const fields = columns.map(({ name, bits }) => new Field(name, types[bits](), false));
  const schema = new Schema(fields, new Map(Object.entries(about)));
  let at = 0;
  const put = async (bytes: Uint8Array): Promise<void> => {
    await file.writev([bytes, Buffer.alloc(-bytes.length & 7)]);
    at += bytes.length + (-bytes.length & 7);
  };
  await put(magic);
  await put(framed(Message.encode(Message.from(schema))));
  const blocks: FileBlock[] = [];
  for (const batch of batches) {
    const bytes = batch.map(({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    const rows = batch[0]?.values.length ?? 0;
    let length = 0;
    const regions = bytes.flatMap((values) => {
      const region = new BufferRegion(length, values.length);
      length += values.length + (-values.length & 7);
      return [new BufferRegion(region.offset, 0), region];
    });
    const spreads = JSON.stringify(batch.map(({ spread: { least, most, hasNone } }) => [least, most, hasNone]));
    const sums = bytes.map((values) => crc32(values)).join();
    const metadata = new Map([[spreadsKey, spreads], [sumsKey, `${crc32(spreads)},${sums}`]]); // prettier-ignore
    const header = new RecordBatch(rows, batch.map(() => new FieldNode(rows, 0)), regions, null, [], metadata); // prettier-ignore
    const message = framed(Message.encode(Message.from(header, length)));
    blocks.push(new FileBlock(message.length + (-message.length & 7), length, at));
    await put(message);
    for (const values of bytes) await put(values);
  }
  const end = Buffer.alloc(8);
  end.writeInt32LE(-1);
  await put(end);
  const footer = Footer.encode(new Footer(schema, undefined, blocks, []));
  const tail = Buffer.alloc(10);
  tail.writeInt32LE(footer.length);
  magic.copy(tail, 4);
  await file.writev([footer, tail]);
}

/** A file of columns that are read one by one. */
export interface ArrowFile {
  about: ReadonlyMap<string, string>;
  columns: ReadonlyMap<string, Bits>;
  /** Batches there are. */
  count: number;
  /**
   * The values of a column in a batch.
   * @throws Error when they are not what was written
   */
  read(column: string, batch: number): FileValues;
  close(): void;
}

/**
 * Opens a file that {@link writeArrow} has written. Only its frame is read.
 * @throws Error when there is none, or it is no such file
 */
export function openArrow(path: string): ArrowFile {
  const file = openSync(path, 'r');
  let isOpen = true;
  const read = <T extends Uint8Array>(bytes: T, position: number): T => {
    // Its number may be that of another file by then.
    if (!isOpen) throw new Error('it is closed');
    if (readSync(file, bytes, 0, bytes.length, position) !== bytes.length) throw new Error('it ends too early');
    return bytes;
  };
  const bytesAt = (position: number, length: number) => read(new Uint8Array(length), position);
  const close = () => {
    if (isOpen) closeSync(file);
    isOpen = false;
  };
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.from(bytesAt(size - 10, 10).buffer);
    if (!tail.subarray(4).equals(magic)) throw new Error('it has no end');
    const length = tail.readInt32LE(0);
    if (length <= 0 || length > size) throw new Error('its end is damaged');
    const footer = Footer.decode(bytesAt(size - 10 - length, length));
    const names = footer.schema.fields.map((field) => field.name);
    const columns = new Map(footer.schema.fields.map((field) => [field.name, bitsOf(field)]));
    const batches = [...footer.recordBatches()].map((block) => {
      if (block.metaDataLength > 16_777_216) throw new Error('its end is damaged');
      const message = Message.decode(bytesAt(block.offset, block.metaDataLength).subarray(8));
      if (!message.isRecordBatch()) throw new Error('a batch is damaged');
      const regions = message.header().buffers.filter((_, i) => i % 2 === 1);
      const [own, ...sums] = (message.metadata.get(sumsKey) ?? '').split(',').map(Number);
      const text = message.metadata.get(spreadsKey) ?? '';
      if (crc32(text) !== own) throw new Error('a batch is damaged');
      const spreads = (JSON.parse(text) as [number | null, number | null, boolean][]).map(spreadOf); // its checksum says that it is as it was written
      return { start: block.offset + block.metaDataLength, regions, sums, spreads };
    });
    return {
      about: footer.schema.metadata,
      columns,
      count: batches.length,
      read(column, batch) {
        const [place, bits] = [names.indexOf(column), columns.get(column)];
        const found = batches[batch];
        const region = found?.regions[place];
        const spread = found?.spreads[place];
        if (!found || !region || !spread || !bits || region.length > size) throw new Error(`${column} is missing`);
        const memory = new SharedArrayBuffer(region.length);
        const bytes = read(new Uint8Array(memory), found.start + region.offset);
        if (crc32(bytes) !== found.sums[place]) throw new Error(`${column} is damaged`);
        return { values: packings[bits].over(memory), spread };
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** Infinities, of columns without values, are null in JSON. */
function spreadOf([least, most, hasNone]: [number | null, number | null, boolean]): Spread {
  return { least: least ?? Infinity, most: most ?? -Infinity, hasNone };
}

/** A message as it stands in a file: a mark, its length with the blanks to the next multiple of eight, and itself. */
function framed(message: Uint8Array): Buffer {
  const blanks = -message.length & 7;
  const frame = Buffer.alloc(8 + message.length + blanks);
  frame.writeInt32LE(-1);
  frame.writeInt32LE(message.length + blanks, 4);
  frame.set(message, 8);
  return frame;
}

function bitsOf({ name, type }: Field): Bits {
  const bits = (Object.keys(packings).map(Number) as Bits[]).find((b) => types[b]().toString() === String(type));
  if (!bits) throw new Error(`${name} has a type it should not have`);
  return bits;
}
