/**
 * Checkpoints leave the host: at least every minute while the ledger grows, whoever keeps them gets the newest. From then
 * on nobody here can rewrite what it covers unseen, not even with the ledger's key.
 */
import type { CheckpointSinks } from '../../policy/model.ts';
import { FileSink } from './file-sink.ts';
import { Route, type RouteOptions } from './route.ts';
import type { CheckpointSink } from './sink.ts';
import { type ReadSecret, WebhookSink } from './webhook-sink.ts';

export interface ShippingOptions extends RouteOptions {
  readonly readSecret: ReadSecret;
}

export class CheckpointShipping implements AsyncDisposable {
  readonly #options: ShippingOptions;
  #followed = '';
  #routes: readonly Route[] = [];
  /** Sinks that a reload took away still get what was signed until then. */
  #leaving: Promise<void> = Promise.resolve();

  constructor(options: ShippingOptions) {
    this.#options = options;
  }

  /** Sends to these from now on, and to no others. */
  follow(sinks: CheckpointSinks): void {
    const written = JSON.stringify(sinks);
    if (written === this.#followed) return;
    this.#followed = written;
    this.#leaving = Promise.all([this.#leaving, ...this.#close()]).then(() => undefined);
    this.#routes = this.#sinksOf(sinks).map((sink) => new Route(sink, this.#options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#leaving, ...this.#close()]);
  }

  #close(): Promise<void>[] {
    const routes = this.#routes;
    this.#routes = [];
    return routes.map((route) => route[Symbol.asyncDispose]());
  }

  #sinksOf({ file, webhook }: CheckpointSinks): CheckpointSink[] {
    return [
      ...(file === null ? [] : [new FileSink(file)]),
      ...(webhook === null ? [] : [new WebhookSink(webhook, this.#options.readSecret)]),
    ];
  }
}
