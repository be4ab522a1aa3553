/** A text as a QR code: the same text, for a camera. */
import encodeQR from 'qr';
import { EpmError } from '../../model/errors.ts';

/** Characters: the largest code holds no more bytes (ISO/IEC 18004, version 40, lowest correction). */
const MAX_QR_TEXT = 2953;

/** Black on white, whatever the colours of the terminal are. */
const COLOURS = '\u001b[30;107m';
const PLAIN = '\u001b[0m';

/**
 * Half blocks for a terminal, two rows of the code in one line; a grant takes 69 columns.
 * @throws EpmError EPM_ARGUMENT when it is too long
 */
export function qrBlocks(text: string): string {
  const rows = encodeQR(fitting(text), 'raw', { ecc: 'low', border: 2 });
  const lines: string[] = [];
  for (let top = 0; top < rows.length; top += 2) {
    const blocks = (rows[top] ?? []).map((upper, column) => blockOf(upper, rows[top + 1]?.[column] === true));
    lines.push(`${COLOURS}${blocks.join('')}${PLAIN}\n`);
  }
  return lines.join('');
}

function blockOf(upper: boolean, lower: boolean): string {
  if (upper) return lower ? '█' : '▀';
  return lower ? '▄' : ' ';
}

/** @throws EpmError EPM_ARGUMENT when it is too long */
export function qrSvg(text: string): string {
  return `${encodeQR(fitting(text), 'svg', { ecc: 'low', border: 4, scale: 4 })}\n`;
}

function fitting(text: string): string {
  if (text.length <= MAX_QR_TEXT) return text;
  throw new EpmError('EPM_ARGUMENT', `The text has ${text.length} characters; a QR code holds ${MAX_QR_TEXT}.`, {
    hint: 'Send it as a text or a file.',
  });
}
