import { strFromU8, strToU8, unzipSync } from 'fflate';
import { zipFiles } from '../../../../adapters/archive/zip-files.ts';
import type { FontFamily } from './document-fonts.ts';
import { embedFonts } from './embed-fonts.ts';

/**
 * Takes out of a DOCX what the library puts in of the moment: the dates in its properties and those of its zip entries.
 * Adds what the library cannot write: the language in the properties, the style of tables, and fonts with the same key
 * every time.
 */
export async function pinDocx(
  docx: Uint8Array,
  {
    language,
    tableStyle,
    families,
    text,
  }: {
    readonly language: string;
    readonly tableStyle: string;
    readonly families: readonly FontFamily[];
    /** Every character that the document shows, once. */
    readonly text: string;
  },
): Promise<Uint8Array> {
  const parts = unzipSync(docx);
  const edit = (name: string, change: (xml: string) => string): void => {
    const part = parts[name];
    if (part === undefined) throw new Error(`the document has no ${name}`);
    parts[name] = strToU8(change(strFromU8(part)));
  };
  edit('docProps/core.xml', (xml) =>
    xml
      .replaceAll(/<dcterms:(created|modified)[^>]*>[^<]*<\/dcterms:\1>/g, '')
      .replace('</cp:coreProperties>', `<dc:language>${language}</dc:language>$&`),
  );
  edit('word/styles.xml', (xml) => xml.replace('</w:styles>', `${tableStyleXml(tableStyle)}$&`));
  const whole = await embedFonts(parts, families, text);
  return zipFiles(Object.entries(whole).map(([name, body]) => ({ name, body })));
}

const tableStyleXml = (id: string): string =>
  `<w:style w:type="table" w:customStyle="1" w:styleId="${id}"><w:name w:val="Minutes Table"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:tblPr><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="140" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>`;
