import { SallyportError } from './errors.ts';

/** Beyond it our own stack would be at stake: reader and writer recurse. */
export const jsonDepthCeiling = 500;

export type StrictJsonCode =
  | 'json.bom'
  | 'json.case_duplicate_key'
  | 'json.control_character'
  | 'json.depth'
  | 'json.duplicate_key'
  | 'json.lone_surrogate'
  | 'json.number_range'
  | 'json.proto_key'
  | 'json.size'
  | 'json.syntax'
  | 'json.trailing'
  | 'json.utf8'
  | 'json.value';

/** Messages quote nothing of the text: it may hold a secret. */
export class StrictJsonError extends SallyportError {
  /** In UTF-16 units of the decoded text; 0 where no one place is at fault. */
  readonly offset: number;

  constructor(code: StrictJsonCode, message: string, offset: number, cause?: unknown) {
    super(code, `${message} at offset ${offset}`, { cause });
    this.offset = offset;
  }
}
