/** Internal name in the version resource (decision M1). */
import { versionResourceText } from './version-resource-text.ts';

export const internalName = versionResourceText(
  'internalName',
  {
    title: 'Internal name',
    text: 'Internal name in the version resource of the file.',
    defaultText: 'any',
    inSentence: 'the internal name',
  },
  ['ps1', 'msi'],
);
