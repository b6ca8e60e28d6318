/** Typed columns of a row. STRICT tables make a wrong type impossible, short of somebody else's file. */
import type { SQLOutputValue } from 'node:sqlite';
import { StoreError } from '../errors.ts';

export type Row = Record<string, SQLOutputValue>;

export function textOf(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : wrong(column);
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : textOf(row, column);
}

export function numberOf(row: Row, column: string): number {
  const value = row[column];
  return typeof value === 'number' ? value : wrong(column);
}

export function numberOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : numberOf(row, column);
}

export function bytesOf(row: Row, column: string): Uint8Array {
  const value = row[column];
  return value instanceof Uint8Array ? value : wrong(column);
}

function wrong(column: string): never {
  throw new StoreError('store.corrupt', `column \`${column}\` has an unexpected type`);
}
