import { SallyportError } from '../../content/errors.ts';

export type HttpRefusalCode =
  /** A name that isn't ours in `Host`: a page of somebody else's, rebound to this address. */
  | 'http.host'
  | 'http.origin'
  | 'http.method'
  | 'http.header'
  | 'http.header_count'
  | 'http.header_size'
  /** No HTTP, or HTTP that two readers may read in two ways. */
  | 'http.malformed'
  | 'http.too_slow'
  | 'http.expectation'
  | 'http.media_type'
  | 'http.body'
  | 'http.body_too_large'
  /** Bodies of other requests take all the room that there is for them. */
  | 'http.busy'
  | 'http.not_found'
  | 'http.closing';

/** A request refused for its shape, before anybody asked what it wants. */
export class HttpRefusal extends SallyportError {
  declare readonly code: HttpRefusalCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: HttpRefusalCode,
    message: string,
    options: { hint?: string; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(code, message, options);
    this.status = status;
    this.headers = options.headers ?? {};
  }
}

/** The client left before its request was complete: there is nobody to answer. */
export class ClientGone extends SallyportError {
  constructor() {
    super('http.client_gone', 'the client closed the connection');
  }
}
