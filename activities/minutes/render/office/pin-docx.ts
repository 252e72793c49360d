import { strFromU8, strToU8, unzipSync } from 'fflate';
import { zipFiles } from '../../../../adapters/archive/zip-files.ts';

/**
 * Takes out of a DOCX what the library puts in of the moment: the dates in its properties and those of its zip entries.
 * Adds what the library cannot write: the language in the properties, and the style of tables.
 */
export function pinDocx(
  docx: Uint8Array,
  { language, tableStyle }: { readonly language: string; readonly tableStyle: string },
): Uint8Array {
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
  return zipFiles(Object.entries(parts).map(([name, body]) => ({ name, body })));
}

const tableStyleXml = (id: string): string =>
  `<w:style w:type="table" w:customStyle="1" w:styleId="${id}"><w:name w:val="Minutes Table"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:tblPr><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="140" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>`;
