import { createHmac } from 'node:crypto';
import type { Marks } from '../engine/outputs/marks.ts';
import type { RuntimePorts } from './ports.ts';

/** Made when somebody asks: most results carry no mark. */
export class CallMarks implements Marks {
  readonly #ports: Pick<RuntimePorts, 'randomId' | 'handleKey'>;
  readonly #run: string;
  #boundary: string | undefined;
  #placeholderKey: string | undefined;

  constructor(ports: Pick<RuntimePorts, 'randomId' | 'handleKey'>, run: string) {
    this.#ports = ports;
    this.#run = run;
  }

  get boundary(): string {
    this.#boundary ??= this.#ports.randomId();
    return this.#boundary;
  }

  /** As durable as the run, and of no use to whoever reads the record: the key is nowhere in it. */
  get placeholderKey(): string {
    this.#placeholderKey ??= createHmac('sha256', this.#ports.handleKey)
      .update(`placeholders\n${this.#run}`)
      .digest('base64url');
    return this.#placeholderKey;
  }
}
