/** The bounds of the MCP edge: one place, each with its reason. */
export const mcpLimits = {
  /** Echoed in every answer; real clients send integers and UUIDs. */
  idLengthMax: 256,
  methodLengthMax: 128,
  nameLengthMax: 256,
  uriLengthMax: 8_192,
  handleLengthMax: 256,
  progressTokenLengthMax: 256,
  /** Streams that only wait, of one credential; a further one is told that there is none. */
  standingStreamsMax: 64,
  /** Half of the shortest idle time-out that proxies commonly have. */
  heartbeatMs: 15_000,
  /** A standing stream whose client doesn't read keeps no more than this of ours. */
  unreadBytesMax: 16_384,
  /** Ended sessions that we still know by name; older ones count as alive again, which grants nothing. */
  endedSessionsMax: 10_000,
  /** Of what an agent says about itself to a person. */
  reasonLengthMax: 1_000,
  /** What we seal takes about 400. */
  requestStateLengthMax: 1_024,
  /** So often in a row is a client told to ask again: one less than SDKs bear, and each time it waits. */
  inputRoundsMax: 8,
  /** A state outlives its hold by so much: who comes a little late learns that nobody answered. */
  stateGraceMs: 60_000,
  /** Used states that are remembered of a hold; with more of them its clients are refused with a ticket instead. */
  statesOfHoldMax: 64,
  /** Holds whose settling somebody waits to hear of, and how many sessions of each. */
  toldHoldsMax: 10_000,
  toldSessionsMax: 64,
  /** How long a client may keep a list: what it misses meanwhile is refused or absent at the call. */
  listTtlMs: 30_000,
  discoverTtlMs: 3_600_000,
} as const;
