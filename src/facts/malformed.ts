/** Thrown by the parsers of this folder for content that breaks its format; `gatherFacts` makes a refusal of it. */
import type { FileRefusal } from '../model/file-facts.ts';

export class MalformedContent extends Error {
  /** Structure and offset, for example `PE section table, offset 0x1f8`. Never text from the file. */
  readonly place: string;

  /** @param problem one sentence without the place, for example `The table ends outside of the file.` */
  constructor(place: string, problem: string) {
    super(problem);
    this.name = 'MalformedContent';
    this.place = place;
  }

  toRefusal(): FileRefusal {
    return {
      reason: 'malformed',
      message: `${this.message} (${this.place})`,
      hint: 'The file may be damaged: get it again from who made it. If it is the same then, ask them for another one.',
      place: this.place,
    };
  }
}
