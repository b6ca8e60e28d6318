/** The bounds of the HTTP edge: one place, each with its reason. */
export const httpLimits = {
  /** Arguments are at most 1 MiB; escapes and the envelope can make a multiple of it on the wire. */
  bodyBytesMax: 4_194_304,
  /** Read from someone who has shown no credential, only to answer with the id of their request. */
  strangerBodyBytesMax: 65_536,
  /** Bodies of all requests under way together: what is parsed from one can be ten times as large in memory. */
  bodiesHeldBytesMax: 67_108_864,
  /** Of those, one credential's: eight of the longest. */
  bodiesOfOneBytesMax: 33_554_432,
  /** Answers of all connections together that their clients haven't read: eight of the longest. */
  answersHeldBytesMax: 134_217_728,
  /** Of those, one credential's: four of the longest. */
  answersOfOneBytesMax: 67_108_864,
  /** Bodies, and answers, of all who have shown no good credential. */
  strangersBytesHeldMax: 4_194_304,
  /** What a client is told to wait when there is no room for its body. */
  retryAfterS: 1,
  /** Name and value of all headers together; real clients send under 2 KiB. */
  headerBytesMax: 16_384,
  headerCountMax: 100,
  /** A client that sends one header byte a second holds a socket no longer than this. */
  headersTimeoutMs: 10_000,
  /** The same for a whole request, body included. */
  requestTimeoutMs: 60_000,
  /** How often both are looked at: a slow client has at most this much more. */
  slownessEveryMs: 2_000,
  /** A body that takes longer has its credential checked again when it is there. */
  credentialHoldsMs: 1_000,
  /** Longer than the usual 60 s of a load balancer, so that we are never the one who closes first. */
  keepAliveTimeoutMs: 65_000,
  /** A client that never reads its answer: after this the answer counts as undelivered. */
  deliveryTimeoutMs: 30_000,
  /** What a client has to read why its connection is closed. */
  lingerMs: 2_000,
  /** Refusals at the edge are recorded this often, as counts: a flood of them is 1,440 events a day. */
  refusalsEveryMs: 60_000,
  /** Pairs of a code and a credential that one record tells apart. */
  refusalLinesMax: 64,
  connectionsMax: 1_024,
  /** How long a closing server waits for calls in flight. */
  drainMs: 30_000,
} as const;
