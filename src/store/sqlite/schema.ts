import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../errors.ts';
import { numberOf } from './rows.ts';

const schemaVersion = 3;

/** "SLYP": tells our file from any other SQLite database. */
const applicationId = 0x534c5950;

const tables = `
CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT;

-- The highest time that any commit bore: the clock never falls behind it.
CREATE TABLE clock (only INTEGER PRIMARY KEY CHECK (only = 0), high_water_ms INTEGER NOT NULL) STRICT;
INSERT INTO clock VALUES (0, 0);

-- The last transaction of groups that the journal held before; \`database\` says whose journal it is.
CREATE TABLE journal (
  only INTEGER PRIMARY KEY CHECK (only = 0),
  database INTEGER NOT NULL,
  last_transaction INTEGER NOT NULL
) STRICT;
INSERT INTO journal VALUES (0, random() & 0xffffffffffff, 0);

-- What \`runs list\` and new commits need of a run without folding it. Its events are a chain from \`last_seq\` back.
CREATE TABLE runs (
  ordinal INTEGER PRIMARY KEY,
  run TEXT NOT NULL UNIQUE,
  agent TEXT NOT NULL,
  user TEXT,
  credential TEXT NOT NULL,
  implicit INTEGER NOT NULL,
  status TEXT NOT NULL,
  opened_at_ms INTEGER NOT NULL,
  version INTEGER NOT NULL,
  last_seq INTEGER
) STRICT;
CREATE INDEX runs_by_agent ON runs (agent, ordinal);
CREATE INDEX runs_by_status ON runs (status, ordinal);
CREATE INDEX runs_implicit ON runs (agent, credential, ordinal) WHERE implicit = 1;

-- The log. The leaf is the truth; the other columns are for finding it. An index would cost every event as much as its
-- row does: runs are chains instead, and agents and types are found by the blocks that hold one.
CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  run TEXT,
  run_version INTEGER,
  previous_seq INTEGER,
  at_ms INTEGER NOT NULL,
  type TEXT NOT NULL,
  agent TEXT,
  tool TEXT,
  leaf BLOB NOT NULL
) STRICT;
CREATE TABLE event_blocks (
  name TEXT NOT NULL,
  block INTEGER NOT NULL,
  PRIMARY KEY (name, block)
) STRICT, WITHOUT ROWID;

CREATE TABLE payloads (id INTEGER PRIMARY KEY, digest TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;
CREATE TABLE payload_ids (
  key INTEGER NOT NULL,
  id INTEGER NOT NULL,
  PRIMARY KEY (key, id)
) STRICT, WITHOUT ROWID;

-- A cache: the newest folded state of a run.
CREATE TABLE snapshots (
  run TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  folded TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE open_calls (
  call TEXT PRIMARY KEY,
  run TEXT NOT NULL,
  owner TEXT NOT NULL,
  started_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row a draw; a sliding window is a sum over the draws later than its start.
CREATE TABLE draws (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  call TEXT
) STRICT;
CREATE INDEX draws_by_key ON draws (key, at_ms, amount);
CREATE INDEX draws_by_call ON draws (call) WHERE call IS NOT NULL;

CREATE TABLE once (key TEXT PRIMARY KEY, call TEXT) STRICT, WITHOUT ROWID;
CREATE INDEX once_by_call ON once (call) WHERE call IS NOT NULL;

CREATE TABLE used (key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (id INTEGER PRIMARY KEY AUTOINCREMENT, size INTEGER NOT NULL, note TEXT NOT NULL) STRICT;
CREATE TABLE tiles (
  level INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  hashes BLOB NOT NULL,
  PRIMARY KEY (level, idx)
) STRICT, WITHOUT ROWID;
`;

/** Makes the tables of an empty database, or sees that they are ours and of this version. */
export function prepareSchema(db: DatabaseSync, file: string): void {
  const { application_id: found } = db.prepare('PRAGMA application_id').get() ?? {};
  const empty = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get();
  if (found === 0 && empty !== undefined && numberOf(empty, 'tables') === 0) {
    db.exec(
      `BEGIN IMMEDIATE; ${tables} INSERT INTO schema_version VALUES (${schemaVersion});` +
        `PRAGMA application_id = ${applicationId}; COMMIT`,
    );
    return;
  }
  checkSchema(db, file);
}

export function checkSchema(db: DatabaseSync, file: string): void {
  const { application_id: found } = db.prepare('PRAGMA application_id').get() ?? {};
  if (found !== applicationId) {
    throw new StoreError('store.corrupt', `${file} is not a Sallyport database`, {
      hint: 'point `directory` at an empty directory, or at one that `sallyport init` made',
    });
  }
  const row = db.prepare('SELECT version FROM schema_version').get();
  const version = row === undefined ? null : numberOf(row, 'version');
  if (version !== schemaVersion) {
    throw new StoreError('store.corrupt', `${file} has schema version ${version ?? 'none'}`, {
      hint: `this Sallyport reads version ${schemaVersion}; use the release that wrote it`,
    });
  }
}
