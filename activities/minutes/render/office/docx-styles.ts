import { AlignmentType, BorderStyle, LineRuleType, ShadingType, type IStylesOptions } from 'docx';
import { FONTS, type FontFamily } from './document-fonts.ts';
import { localeOf } from './locale-of.ts';

/** The look of a document for word processors: styles by the names that they know, colours, fonts and measures. */

export const INK = {
  text: '1D2129',
  soft: '5C6470',
  rule: 'D5D8DC',
  accent: '1F5FA8',
  wash: 'EEF3F9',
  warning: '8A4B00',
  warningWash: 'FDF3E1',
} as const;

/** Runs have these beside their style: some word processors forget the style's in tables. */
export const SOURCE = { size: 17, color: INK.accent } as const;
export const ITEM_ID = { size: 15, color: INK.soft } as const;
export const FLAG = { size: 17, bold: true, color: INK.warning } as const;

/** Of the text, in twentieths of a point. */
export const PAGE_WIDTH = 9412;
export const LIST = 'bullets';
export const TABLE_STYLE = 'MinutesTable';

/** The fonts of a text by the kinds of characters that word processors tell apart; `han` where the language does not say. */
export const docxFonts = (language: string, han: FontFamily) => ({
  ascii: FONTS.latin.name,
  hAnsi: FONTS.latin.name,
  cs: (COMPLEX[language] ?? FONTS.latin).name,
  eastAsia: (EAST_ASIAN[language] ?? han).name,
});

const COMPLEX: Readonly<Record<string, FontFamily>> = {
  ar: FONTS.arabic,
  fa: FONTS.arabic,
  ur: FONTS.arabic,
  he: FONTS.hebrew,
  yi: FONTS.hebrew,
  th: FONTS.thai,
};
const EAST_ASIAN: Readonly<Record<string, FontFamily>> = {
  zh: FONTS.chinese,
  ja: FONTS.japanese,
  ko: FONTS.korean,
};

/**
 * Lines of so many 240ths of their height. Without the rule LibreOffice takes the number for a fixed height: pictures are
 * cut to it, and the lines of large type lie on one another.
 */
function lines(line: number) {
  return { line, lineRule: LineRuleType.AUTO };
}

export function DOCX_STYLES(language: string, han: FontFamily): IStylesOptions {
  const locale = localeOf(language);
  const eastAsia = EAST_ASIAN[language] === undefined ? 'zh-CN' : locale;
  const paragraph = (
    id: string,
    name: string,
    run: NonNullable<IStylesOptions['paragraphStyles']>[number]['run'],
    layout: NonNullable<IStylesOptions['paragraphStyles']>[number]['paragraph'],
  ) => ({
    id,
    name,
    basedOn: 'Normal',
    quickFormat: true,
    ...(run && { run }),
    ...(layout && { paragraph: layout }),
  });
  const note = (color: string, fill: string) => ({
    indent: { left: 170, right: 113 },
    spacing: { before: 0, after: 0 },
    shading: { type: ShadingType.CLEAR, color: 'auto', fill },
    border: { left: { style: BorderStyle.SINGLE, size: 18, space: 6, color } },
  });
  return {
    default: {
      document: {
        run: {
          font: docxFonts(language, han),
          size: 21,
          color: INK.text,
          language: { value: locale, eastAsia, bidirectional: 'ar-SA' },
        },
        paragraph: { spacing: { after: 120, ...lines(288) } },
      },
      title: {
        run: { size: 40, bold: true, color: INK.text },
        paragraph: { spacing: { after: 80, ...lines(264) } },
      },
      heading1: {
        run: { size: 27, bold: true, color: INK.text },
        paragraph: { spacing: { before: 360, after: 120 }, keepNext: true },
      },
      heading2: {
        run: { size: 19, bold: true, color: INK.soft },
        paragraph: { spacing: { before: 160, after: 80 }, keepNext: true },
      },
    },
    paragraphStyles: [
      paragraph('Subtitle', 'Subtitle', { size: 19, color: INK.soft }, { spacing: { after: 60 } }),
      paragraph(
        'Glance',
        'Glance',
        { size: 19 },
        {
          spacing: { after: 280 },
          border: { bottom: { style: BorderStyle.SINGLE, size: 4, space: 6, color: INK.rule } },
        },
      ),
      paragraph('BodyText', 'Body Text', {}, { spacing: { after: 140 } }),
      paragraph('Quiet', 'Quiet', { color: INK.soft }, {}),
      paragraph('ListBullet', 'List Bullet', {}, { spacing: { after: 80 } }),
      paragraph(
        'Caption',
        'caption',
        { size: 17, color: INK.soft },
        { alignment: AlignmentType.CENTER, spacing: { after: 200 } },
      ),
      paragraph('TableHead', 'Table Head', { size: 18, bold: true, color: INK.soft }, CELL),
      paragraph('TableText', 'Table Text', {}, CELL),
      paragraph(
        'Facts',
        'Facts',
        { size: 19 },
        {
          indent: { left: 2000, hanging: 2000 },
          spacing: { after: 40, ...lines(264) },
        },
      ),
      paragraph('Note', 'Note', { size: 19 }, note(INK.accent, INK.wash)),
      paragraph('Warning', 'Warning', { size: 19 }, note(INK.warning, INK.warningWash)),
      paragraph(
        'Transcript',
        'Transcript',
        {},
        {
          indent: { left: 964, hanging: 964 },
          spacing: { after: 50, ...lines(276) },
        },
      ),
      paragraph('Header', 'header', { size: 17, color: INK.soft }, {}),
      paragraph('Footer', 'footer', { size: 17, color: INK.soft }, {}),
    ],
    characterStyles: [
      { id: 'ItemId', name: 'Item Id', run: ITEM_ID },
      {
        id: 'Source',
        name: 'Source',
        run: { ...SOURCE, shading: { type: ShadingType.CLEAR, color: 'auto', fill: INK.wash } },
      },
      {
        id: 'Flag',
        name: 'Flag',
        run: {
          ...FLAG,
          shading: { type: ShadingType.CLEAR, color: 'auto', fill: INK.warningWash },
        },
      },
    ],
  };
}

const CELL = { spacing: { before: 60, after: 60, ...lines(264) } };
