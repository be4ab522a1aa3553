export { ORDINARY_FOLDERS } from '../engine/ordinary-folders.ts';
