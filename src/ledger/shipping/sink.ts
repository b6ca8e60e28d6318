/** A place off this host that checkpoints are sent to. */
export interface CheckpointSink {
  readonly name: SinkName;
  /**
   * Resolves once the checkpoint is safe there; one that lies there already is no error.
   *
   * @throws {SinkError} with a reason that quotes neither a secret nor what the other side answered.
   */
  deliver(note: string, signal: AbortSignal): Promise<void>;
}

export type SinkName = 'file' | 'webhook';

export class SinkError extends Error {}
