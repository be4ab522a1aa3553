/** File description in the version resource (decision M1). */
import { versionResourceText } from './version-resource-text.ts';

export const fileDescription = versionResourceText(
  'fileDescription',
  {
    title: 'File description',
    text: 'File description in the version resource of the file.',
    defaultText: 'any',
    inSentence: 'the file description',
  },
  ['ps1'],
);
