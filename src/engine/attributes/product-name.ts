/** Product name in the version resource (decision M1). */
import { versionResourceText } from './version-resource-text.ts';

export const productName = versionResourceText(
  'productName',
  {
    title: 'Product name',
    text: 'Product name in the version resource of the file.',
    defaultText: 'any',
    inSentence: 'the product name',
  },
  ['ps1'],
);
