import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../etl/errors.ts';
import { readEvidenceType } from '../../etl/evidence-type.ts';
import { safeFileName } from '../../etl/evidence.ts';
import { samples } from '../support/evidence.ts';

const types = suite('readEvidenceType');
let dir = '';
types.before(() => void (dir = mkdtempSync(path.join(tmpdir(), 'silverlining-type-'))));
types.after(() => rmSync(dir, { recursive: true }));

async function typeOf(bytes: Buffer | string, name = 'file'): Promise<string> {
  const file = path.join(dir, 'file');
  writeFileSync(file, bytes);
  return readEvidenceType(file, name).catch((error: unknown) => {
    if (!(error instanceof BadInput)) throw error;
    const [{ field, message } = { field: '', message: '' }] = error.problems;
    assert.is(field, 'file');
    assert.match(message, /; accepted are PDF, pictures/);
    return message.split(';')[0] ?? '';
  });
}

const { doc, docm, hiddenMacro, zip, exe, ...accepted } = samples;
types('knows every type that is accepted by what is in it, whatever it is called', async () => {
  for (const [type, bytes] of Object.entries(accepted)) {
    assert.is(await typeOf(bytes), type);
    assert.is(await typeOf(bytes, 'complaint.exe'), type);
  }
});

types('tells kinds of text apart by ending and head', async () => {
  assert.is(await typeOf('Später kam es an.\n', 'note.txt'), 'text');
  assert.is(await typeOf('a,b\n1,2\n', 'calls.csv'), 'csv');
  assert.is(await typeOf('From: me\nSubject: x\nTo: you\n\nwords', 'copied.txt'), 'text');
  assert.is(await typeOf(Buffer.from('Sp\xe4ter kam es an.', 'latin1')), 'text', 'an encoding of one byte');
  assert.is(await typeOf(Buffer.from('\ufeffSpäter kam es an.', 'utf16le')), 'text');
  assert.is(await typeOf('BMW, left door: it does not close.'), 'text', 'which begins as a bitmap does');
  assert.is(await typeOf('5 < 7, said the <b>customer</b>'), 'text');
});

types('refuses what is not accepted, and says why', async () => {
  for (const page of [
    '<!DOCTYPE html><p>',
    '\ufeff \n<html>',
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '<?xml version="1.0"?><a/>',
    '<script>1</script>',
    '<!-- --><body>',
  ])
    // prettier-ignore
    assert.is(await typeOf(page, 'page.txt'), 'the file is a web page, a drawing or another file of markup');
  assert.is(await typeOf('#!/bin/sh\nrm x'), 'the file is a script');
  assert.is(await typeOf('alert(1)', 'a.JS'), 'the file is by its ending .js a script, a page or a shortcut');
  assert.is(await typeOf('{\\rtf1 words}'), 'the file is a document of a type that can hold programs');
  assert.is(await typeOf(''), 'the file holds nothing: it has 0 bytes');
  assert.is(await typeOf(docm, 'letter.docx'), 'the file is an Office file with macros');
  assert.is(await typeOf(hiddenMacro, 'letter.docx'), 'the file is an Office file with macros');
  assert.is(await typeOf(zip, 'letter.docx'), 'the file is of type ZIP');
  assert.is(await typeOf(exe, 'photo.png'), 'the file is of type EXE');
  assert.is(await typeOf(doc, 'mail.msg'), 'the file is an old Office file or an installer');
  assert.is(await typeOf(Buffer.from([0, 1, 2, 3, 4, 5, 6, 7]), 'a.txt'), 'the file is of a type that is not known here');
  assert.is(await typeOf(samples.png.subarray(0, 8), 'a.png'), 'the file is of a type that is not known here');
});

types('takes a file that is two things for the one it begins as', async () => {
  assert.is(await typeOf(Buffer.concat([samples.gif, Buffer.from('<script>alert(1)</script>')]), 'a.html'), 'gif');
  assert.is(await typeOf(Buffer.concat([samples.jpeg, zip]), 'a.zip'), 'jpeg');
  assert.is(await typeOf(Buffer.concat([exe, samples.pdf]), 'a.pdf'), 'the file is of type EXE');
});

types('reads a text to its end', async () => {
  const long = Buffer.from(`${'words '.repeat(40_000)}\0`);
  assert.is(await typeOf(long, 'a.txt'), 'the file is of a type that is not known here');
});

const names = suite('safeFileName');
for (const [given, name] of [
  ['photo.jpg', 'photo.jpg'],
  ['../../etc/passwd', 'passwd.jpg'],
  ['..\\..\\x', 'x.jpg'],
  ['a"b\r\nSet-Cookie: x=1.jpg', 'abSet-Cookie x=1.jpg'],
  ['invoice\u202egpj.exe', 'invoicegpj.exe.jpg'],
  ['page.html', 'page.html.jpg'],
  ['.htaccess', 'htaccess.jpg'],
  ['', 'file.jpg'],
  ['..', 'file.jpg'],
  ['Größe 7€.JPEG', 'Größe 7€.jpeg'],
  [`${'ä'.repeat(300)}.jpg`, `${'ä'.repeat(120)}.jpg`],
] as const)
  names(`makes "${name}" of ${JSON.stringify(given.slice(0, 40))}`, () => assert.is(safeFileName(given, 'jpeg'), name));

types.run();
names.run();
